"""What somebody wrote in an answer, without what they answered, their signature and their phone's greeting: in Arabic, French and English.

The library knows many mail programs in French and English; Arabic is ours.
"""

from __future__ import annotations

import re

from mailparser_reply.constants import MAIL_LANGUAGES, QUOTED_MATCH_INCLUDE
from mailparser_reply.parser import EmailMessage

# What mail programs write round an Arabic sentence: marks of direction, which stand between words and would hide them.
_MARKS = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_HEADER = "(?:من|المرسل|تم الإرسال|تاريخ الإرسال|أرسلت|أُرسلت|التاريخ|إلى|نسخة|نسخة إلى|الموضوع)"

MAIL_LANGUAGES["ar"] = {
    # Gmail: «في الأحد، 22 نوفمبر 2026 في 10:03 ص تمت كتابة ما يلي بواسطة كارمن …:»; Apple: «في 22 نوفمبر 2026، الساعة 10:03، كتب كارمن …:»
    "wrote_header": r"^("
    + QUOTED_MATCH_INCLUDE
    + r"(?:في|بتاريخ|يوم)\s[^\n]{3,90}\n?[^\n]{0,60}(?:كتب|كتبت|تمت كتابة ما يلي بواسطة|أرسل|أرسلت)[^\n]{0,120}\n?[^\n]{0,80}:)\s*$",
    "from_header": r"((?:(?:^|\n|\n" + QUOTED_MATCH_INCLUDE + r")[* ]*" + _HEADER + r"\s*:[ *]*(?:\s{,2}).*){2,}(?:\n.*){,1})",
    "disclaimers": ["تنبيه:", "إخلاء مسؤولية:", "سرّي:"],
    "signatures": [
        "مع أطيب التحيات",
        "مع خالص التحية",
        "مع التحية",
        "تحياتي",
        "أطيب التحيات",
        "وتفضلوا بقبول",
        "مع فائق الاحترام",
        "مع الشكر والتقدير",
    ],
    "sent_from": "أرسلت من|أُرسلت من|أرسل من|تم الإرسال من|مرسل من|الحصول على Outlook|احصل على Outlook",
}
# Outlook in French puts no-break spaces before its colons, and Yahoo and Android have their own words.
MAIL_LANGUAGES["fr"]["sent_from"] = r"Envoy\u00e9 depuis|Envoy\u00e9 de mon|T\u00e9l\u00e9charger Outlook|Obtenir Outlook"
MAIL_LANGUAGES["fr"]["from_header"] = (
    r"((?:(?:^|\n|\n"
    + QUOTED_MATCH_INCLUDE
    + r")[* ]*(?:De|Envoy\u00e9|Date|\u00c0|A|Objet|Cc)[\s\u00a0\u202f]*:[ *]*(?:\s{,2}).*){2,}(?:\n.*){,1})"
)
_QUOTED = re.compile(r"^\s*>")
_LONG_LINE = 500
_LONGEST = 30_000  # characters that are looked at: expressions that walk back and forth are not let loose on a hostile megabyte


def answer_of(text: str) -> str:
    """The answer in a mail's plain text; empty when nobody wrote anything. What stands below the quoted text counts too."""
    plain = _MARKS.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ").replace("\0", ""))[:_LONGEST]
    plain, long = _shortened(re.sub(r"\n\s*\n\s*\n", "\n\n", plain))
    return _restored(_answer(plain), long)


def _answer(plain: str) -> str:
    read = _read(plain)
    first = read.replies[0] if read.replies else None
    answer = _tidy(first.body or "") if first is not None and not first.headers else ""
    if answer:
        return answer
    # Written below, or between the lines of what is quoted.
    below = [line for line in plain.split("\n") if not _QUOTED.match(line)]
    kept = _read("\n".join(below))
    without = [_without_header(reply.full_body or "", reply.headers or "") for reply in kept.replies]
    return _tidy(max((_unsigned(text) for text in without), key=len, default=""))


def _shortened(text: str) -> tuple[str, list[str]]:
    """No header of a mail program is so long a line: such lines are set aside while the library looks."""
    long: list[str] = []

    def aside(line: str) -> str:
        if len(line) <= _LONG_LINE:
            return line
        long.append(line)
        return f"\ue000{len(long) - 1}\ue001"

    return "\n".join(aside(line.strip()) for line in text.replace("\ue000", "").split("\n")), long


def _restored(text: str, long: list[str]) -> str:
    return re.sub("\ue000(\\d+)\ue001", lambda found: long[int(found[1])], text)


def _read(text: str) -> EmailMessage:
    return EmailMessage(text=text, languages=["ar", "fr", "en"], keep_hyphen_lists=True).read()


def _without_header(text: str, header: str) -> str:
    return text.replace(header, "", 1) if header else text


def _unsigned(text: str) -> str:
    first = _read(text).replies
    return (first[0].body or "") if first else ""


def _tidy(text: str) -> str:
    lines = [line.rstrip() for line in text.split("\n") if not _QUOTED.match(line)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
