"""Whose words a reply holds: what was quoted and what the mail program signed is left out, what was written stays.

mail-parser-reply finds where a quote begins, in English and by the patterns below; but it takes "On page 3 he wrote:" for a quote, a list of
hyphens for a signature, and whatever stands below the first quote for nothing. So its findings are asked for proof, and the rest is done here,
line by line. Where it is doubtful words stay: a signature too much is ugly, a sentence too little is a loss.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice

from mailparser_reply import EmailReplyParser
from mailparser_reply.constants import MAIL_LANGUAGES
from mailparser_reply.parser import EmailMessage

LOOKED_AT = 24_000  # characters of a mail in which the first quote is looked for: the library's patterns are slow on purpose-made text
LONG_LINE = 240  # no line of a head is longer; one that is stands for itself

_ARROWS = r"(?:> ?)*"
_MORE = r"[^\n]{1,240}?(?:\n[^\n]{1,240}?){0,2}?"  # a line, or one that was wrapped
_SAME_LINE = r"(?: {2,}[^\n]{0,240})?"  # Yahoo's telephones go on in the same line
_NAMES = r"[* ]*(?:%s)[* ]?:[* ]*.*\n?"
_HEADER = r"((?:^" + _ARROWS + _NAMES + r"){2,})"
_AR_FIELDS = "من|المرسل|تم الإرسال|أُرسلت|أرسلت|مُرسل|تاريخ الإرسال|التاريخ|بتاريخ|إلى|الى|نسخة|نسخة إلى|الموضوع|موضوع"
_FR_FIELDS = "De|Envoyé|Envoyé le|Date|À|A|Cc|Objet|Sujet|Répondre à"
_EN_FIELDS = "From|Sent|Date|To|Cc|Subject|Reply-To"
_SENT_AR = (
    r"(?:أُرسلت|أرسلت|ارسلت|أُرسل|أرسل|مُرسلة|مُرسل|مرسل|تم الإرسال|تم ارسالها|تم إرسالها|تم الارسال) (?:من|عبر|بواسطة|باستخدام)"
    r"|احصل على Outlook|الحصول على Outlook|تنزيل Outlook"
)
_SENT_FR = r"Envoyé(?:e)? (?:de mon|de ma|depuis|à partir d|avec|via)|Envoyé par|Obtenir Outlook|Télécharge[rz] Outlook|Obtenez Outlook"
_SENT_EN = r"Sent from|Sent with|Sent via|Get Outlook for|Get BlueMail|Get TypeApp|Yahoo Mail:|Download Outlook"
_CLOSINGS_AR = (
    "مع التحية|مع تحياتي|مع خالص التحية|مع خالص تحياتي|مع أطيب التحيات|مع أطيب تحياتي|تحياتي|وتفضلوا بقبول|وتفضّلوا بقبول|تفضلوا بقبول|"
    "مع فائق الاحترام|مع وافر التقدير|ودمتم|والسلام عليكم|مع الشكر والتقدير"
)
_CLOSINGS_FR = "Cordialement|Bien cordialement|Très cordialement|Bien à vous|Salutations|Sincères salutations|Meilleures salutations|Avec mes salutations|Respectueusement"
_CLOSINGS_EN = (
    "Best regards|Kind regards|Warm regards|Regards|Best wishes|All the best|Yours sincerely|Yours faithfully|Sincerely|Best,|Cheers"
)

# The library has neither Arabic nor French as mail programs write it today.
MAIL_LANGUAGES["ar"] = {
    "wrote_header": r"^("
    + _ARROWS
    + r"(?:في|بتاريخ|يوم) "
    + _MORE
    + r"(?:كتبت|كتب|كتب/كتبت|تمت كتابة ما يلي بواسطة|تمت كتابة)[^\n]{0,200}(?:\n[^\n]{1,120})?[:：]"
    + _SAME_LINE
    + r")$",
    "from_header": _HEADER % _AR_FIELDS,
    "signatures": [],
    "sent_from": _SENT_AR,
}
MAIL_LANGUAGES["fr-mail"] = {
    "wrote_header": r"^(" + _ARROWS + r"(?:Le|El) " + _MORE + r"(?:a|à|ha) (?:é|e)crit ?[:：]" + _SAME_LINE + r")$",
    "from_header": _HEADER % _FR_FIELDS,
    "signatures": [],
    "sent_from": _SENT_FR,
}
MAIL_LANGUAGES["en-mail"] = {
    "wrote_header": r"^(" + _ARROWS + r"(?:On|At) " + _MORE + r"wrote ?[:：]" + _SAME_LINE + r")$",
    "from_header": _HEADER % _EN_FIELDS,
    "signatures": [],
    "sent_from": _SENT_EN,
}
_LANGUAGES = EmailReplyParser(languages=["ar", "fr-mail", "en-mail"]).languages

_MARKS = re.compile("[\u200b\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")  # they stand before, after and inside what we look for
_ARROW = re.compile(r" {0,3}>")
_DATED = re.compile(r"\d{1,2}[:.h٫]\d{2}|\d{4}|\d{1,2}[/.-]\d{1,2}|@")
_FIELD = re.compile(rf"^[>* ]*(?:{_AR_FIELDS}|{_FR_FIELDS}|{_EN_FIELDS})[* ]?:", re.IGNORECASE)
_RULE = re.compile(
    r"^[>\s]*(?:-{2,}|_{2,}|—{2,})\s*(?:Original Message|Original message|Forwarded message|Message d'origine|Message d’origine|Message original|Message transféré"
    r"|Message initial|الرسالة الأصلية|رسالة أصلية|الرسالة الاصلية|الرسالة الأصليّة|رسالة معاد توجيهها|رسالة مُعاد توجيهها)\s*(?:-{2,}|_{2,}|—{2,})\s*$"
    r"|^_{20,}\s*$",
    re.IGNORECASE,
)
_DASHES = re.compile(r"^(?:--|__|—)\s*$")
_SENT = re.compile(rf"^\W{{0,3}}(?:{_SENT_AR}|{_SENT_FR}|{_SENT_EN})\b.{{0,120}}$", re.IGNORECASE)
_CLOSING = re.compile(rf"^(?:{_CLOSINGS_AR}|{_CLOSINGS_FR}|{_CLOSINGS_EN})(?=[\s,،.!]|$).{{0,40}}$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.?!؟…:]\s*$")
_SIGNATURE_LINES, _SIGNATURE_WIDTH, _FOOTER_LINES = 8, 90, 24
_QUOTE_KEPT = 10  # lines of a quote that stays because it was answered bit by bit


@dataclass(slots=True)
class _Part:
    """Lines one after the other that are all quoted, or all not."""

    quoted: bool
    lines: list[str] = field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        return not any(_bare(line) for line in self.lines)


def own_words(text: str) -> str:
    """What the writer of a reply wrote, above, below or between what they quoted; without what their mail program signed."""
    lines = _lines(text)
    cut, head = _first_quote(lines)
    above, below = lines[:cut], lines[cut + head :]
    if cut < len(lines) and not _has_arrows(below[:4]):
        below = []  # quoted as Outlook does: without a mark, down to the end
    parts = [*_parts(above), *_parts(below)]
    return _joined([_Part(False, _unsigned(part.lines)) if not part.quoted else part for part in parts])


def unsigned(text: str) -> str:
    """All of a mail but its signature: what was forwarded to a group is what it is about."""
    return "\n".join(_unsigned(_lines(text))).strip("\n")


def _lines(text: str) -> list[str]:
    lines = [line.rstrip().replace("\u00a0", " ") for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    first = next((number for number, line in enumerate(lines) if _bare(line)), len(lines))
    return lines[first:]


def _bare(line: str) -> str:
    return _MARKS.sub("", line).strip()


# --- Where the quote begins ---------------------------------------------------------------------------------------------------
def _first_quote(lines: list[str]) -> tuple[int, int]:
    """The line at which the head of the first quote stands, and of how many lines it is; (all lines, 0) when there is none."""
    bare = [line if len(line) <= LONG_LINE else "\ue000" for line in map(_bare, lines)]
    rule = next((number for number, line in enumerate(bare) if _RULE.match(line)), len(bare))
    cut, head = _found(bare[:rule])
    if cut < rule or rule == len(bare):
        return cut, head
    after = next((number for number in range(rule + 1, len(bare)) if bare[number] and not _FIELD.match(bare[number])), len(bare))
    return rule, after - rule


def _found(bare: list[str]) -> tuple[int, int]:
    """As the library finds it, where the head says when or whence: a sentence that ends in "wrote:" is none."""
    text, end = "", 0
    for end, line in enumerate(bare):  # noqa: B007 -- how far is what we want
        if len(text) > LOOKED_AT:
            break
        text += line + "\n"
    message = EmailMessage(text=text, languages=list(_LANGUAGES), keep_hyphen_lists=True)
    message.text = text  # as it is: the library would take rules of underscores out, and our lines would not be its lines
    position = 0
    for reply in message.read().replies:
        said = (reply.headers or "").strip("\n")
        if not said:
            continue
        at = text.find(said, position)
        if at < 0:
            continue
        position = at + 1
        lines = said.split("\n")
        if _is_head(lines):
            cut = text.count("\n", 0, at)
            return cut, sum(1 for _line in lines)
    return len(bare), 0


def _is_head(lines: list[str]) -> bool:
    fields = sum(1 for line in lines if _FIELD.match(line))
    if fields >= 2:
        # Somebody lists "To:" and "From:" of a journey: a mail's head has an address, a day or an hour.
        return any(_DATED.search(line) for line in lines)
    return bool(_DATED.search(" ".join(lines))) and re.search(r"[:：](?:$| {2,})", _bare(lines[-1])) is not None


def _has_arrows(lines: list[str]) -> bool:
    return any(_ARROW.match(_bare(line)) for line in lines)


# --- What stands round it -----------------------------------------------------------------------------------------------------
def _parts(lines: list[str]) -> list[_Part]:
    """Quoted and own lines by turns. A line before a quote that says when who wrote it belongs to the quote, in whichever language."""
    parts: list[_Part] = []
    for line in lines:
        quoted = _ARROW.match(_bare(line)) is not None
        if not parts or parts[-1].quoted != quoted:
            if quoted and parts:
                _drop_head(parts[-1].lines)
            parts.append(_Part(quoted))
        parts[-1].lines.append(line)
    return [part for part in parts if not part.is_blank]


def _drop_head(lines: list[str]) -> None:
    """A head that no pattern knows: it ends in a colon right above the quote, and says when and whose address."""
    last = len(lines) - 1
    while last >= 0 and not _bare(lines[last]):
        last -= 1
    if last < 0 or len(lines) - 1 - last > 1 or not _bare(lines[last]).endswith((":", "：", "-")):
        return
    for first in (last, last - 1):
        said = _bare(" ".join(lines[max(first, 0) : last + 1]))
        if first >= 0 and len(said) <= LONG_LINE and "@" in said and re.search(r"\d", said):
            del lines[first:]
            return


def _joined(parts: list[_Part]) -> str:
    parts = [part for part in parts if not part.is_blank]
    own = [number for number, part in enumerate(parts) if not part.quoted]
    if len(own) <= 1:
        return "\n".join(line for number in own for line in parts[number].lines).strip("\n")
    # Answered bit by bit: an answer means nothing without its question.
    out: list[str] = []
    for number, part in enumerate(parts[: own[-1] + 1]):
        if part.quoted:
            asked = [line for line in part.lines if not _bare(line).replace(" ", "").startswith(">>") and _bare(line).strip("> ")]
            if number:
                out += ["", *(f"> {_bare(line).lstrip('> ')}" for line in asked[-_QUOTE_KEPT:]), ""]
        else:
            out += part.lines
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip("\n")


# --- Signatures -----------------------------------------------------------------------------------------------------------------
def _unsigned(lines: list[str]) -> list[str]:
    """Without the signature: after a line of two dashes, from "Sent from my …", or from a closing that only a short name card follows."""
    bare = [_bare(line) for line in lines]
    for number, line in enumerate(bare):
        if line and (number or len(bare) > 1) and _begins_signature(line, bare, number):
            return lines[:number]
    return lines


def _begins_signature(line: str, bare: list[str], number: int) -> bool:
    if _DASHES.match(line):
        return len(_after(bare, number)) <= _FOOTER_LINES
    if _SENT.match(line):
        return _is_card(_after(bare, number))
    return number > 0 and _CLOSING.match(line) is not None and len(after := _after(bare, number)) > 0 and _is_card(after)


def _after(bare: list[str], number: int) -> list[str]:
    """The next lines that say something; a few more than any signature has are enough."""
    return list(islice((line for line in islice(bare, number + 1, number + 200) if line), _FOOTER_LINES + 1))


def _is_card(lines: list[str]) -> bool:
    """Names, posts and telephone numbers; no sentences."""
    return len(lines) <= _SIGNATURE_LINES and all(len(line) <= _SIGNATURE_WIDTH and not _SENTENCE_END.search(line) for line in lines)
