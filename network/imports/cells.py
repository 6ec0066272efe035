"""What stands in a cell: read as what its column wants, tamed, or refused with a reason. No query."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils.functional import Promise
from django.utils.translation import override

from network.declared import Declared, form_field
from network.entities.models import Entity
from network.imports.columns import Column
from network.names import skeleton, tidy_name

_EMAIL, _URL = EmailValidator(), URLValidator(schemes=["http", "https"])
_PHONE = re.compile(r"[+\d][\d\s().\-/]{3,39}")
_FORMULA = re.compile(r"\s*(=|@[A-Za-z]+\(|[+\-][^|]*\|)")
_WESTERN = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_PARTS = re.compile(r"[،,;؛|/\n]+")
_YES, _NO = (
    frozenset(skeleton(word) for word in words.split()) for words in ("yes oui نعم true vrai 1 x ✓ y صح", "no non لا false faux 0 n خطأ")
)
_LIMITED = "name_ar name_fr name_en short_ar short_fr short_en about_ar about_fr about_en city address website email phone languages founded handle"
_MOST: dict[str, int] = {name: getattr(Entity._meta.get_field(name), "max_length", None) or 2_000 for name in _LIMITED.split()}


class Refused(Exception):
    """A cell that cannot be taken; `reason` is the code of a sentence, `about` what it speaks of."""

    def __init__(self, reason: str, **about: Any) -> None:
        self.reason, self.about = reason, about
        super().__init__(reason)


def read(column: Column, text: str) -> Any:
    """The value to keep. Raises Refused."""
    if column.code != "phone" and not (column.declared and column.declared.kind == "phone") and _FORMULA.match(text):
        raise Refused("formula", value=_short(text))
    if column.declared is not None:
        return _declared(column.declared, text)
    value = _READ.get(column.code, squeezed)(text)
    most = _MOST.get(column.code)
    if most and len(value) > most:
        raise Refused("too_long", most=most)
    return value


def squeezed(text: object) -> str:
    """A text as a table carries it: without the spaces that nobody meant."""
    return " ".join(str(text or "").split())


def bare(text: str) -> str:
    """A name as it is compared, without the Arabic article of each word: «اللجنة الوطنية» is «لجنة وطنية»."""
    return skeleton(" ".join(word[2:] if word.startswith("ال") and len(word) > 4 else word for word in text.split()))


def named(choices: Iterable[tuple[str, Iterable[str | Promise]]]) -> dict[str, str]:
    """Every way to write a value, in every language → the value."""
    found: dict[str, str] = {}
    for value, words in choices:
        found.setdefault(bare(value), value)
        for word in words:
            for code, _name in settings.LANGUAGES:
                with override(code):
                    found.setdefault(bare(str(word)), value)
    return found


def status(text: str, known: dict[str, str]) -> str:
    value = known.get(bare(text))
    if value is None:
        raise Refused("not_status", value=_short(text))
    return value


# --- Fields of every institution -----------------------------------------------------------------------------------------
def _handle(text: str) -> str:
    code = text.strip().lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", code) or code == "new":
        raise Refused("bad_code", value=_short(text))
    return code


def _name(text: str) -> str:
    name = tidy_name(text)
    if not skeleton(name):
        raise Refused("no_letters")
    return name


def _email(text: str) -> str:
    address = text.removeprefix("mailto:").strip().strip("<>;,")
    try:
        _EMAIL(address)
    except ValidationError:
        raise Refused("not_email", value=_short(text)) from None
    return address


def _url(text: str) -> str:
    address = text.strip()
    if "://" not in address:
        address = f"https://{address}"
    try:
        _URL(address)
    except ValidationError:
        raise Refused("not_url", value=_short(text)) from None
    return address


def _phone(text: str) -> str:
    number = squeezed(text.translate(_WESTERN))
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if not _PHONE.fullmatch(number):
        raise Refused("not_phone", value=_short(text))
    return number


def _founded(text: str) -> str:
    return squeezed(text.translate(_WESTERN))


_READ: dict[str, Callable[[str], str]] = {
    "handle": _handle,
    **dict.fromkeys(("name_ar", "name_fr", "name_en"), _name),
    "email": _email,
    "website": _url,
    "phone": _phone,
    "founded": _founded,
}


# --- Fields that a kind declares ----------------------------------------------------------------------------------------
_ERRORS = {"email": "not_email", "url": "not_url", "phone": "not_phone", "number": "not_number", "year": "not_number", "date": "not_date"}
_BOUNDS = {"max_length": "too_long", "min_length": "too_short", "max_value": "too_large", "min_value": "too_small"}


def _declared(field: Declared, text: str) -> Any:
    match field.kind:
        case "yes":
            word = skeleton(text) or text
            if word not in _YES | _NO:
                raise Refused("not_yes", value=_short(text))
            return word in _YES
        case "choice":
            return _choice(field, text)
        case "choices":
            return [_choice(field, part) for part in map(str.strip, _PARTS.split(text)) if part]
        case "number" | "year":
            text = re.sub(r"(?<=\d)[,٬\s](?=\d{3}\b)", "", text.translate(_WESTERN))
        case "date":
            text = _day(text)
        case "phone":
            return _phone(text)
        case "url":
            return _url(text)
    try:
        value = form_field(field, draft=True).clean(text)
    except ValidationError as error:
        wrong = error.error_list[0]
        reason = _BOUNDS.get(wrong.code or "", _ERRORS.get(field.kind, "not_accepted"))
        least, most = (getattr(wrong, "params", None) or {}).get("limit_value", field.least), field.most
        raise Refused(reason, value=_short(text), least=least, most=least if reason in ("too_long", "too_large") else most) from None
    return value.isoformat() if isinstance(value, date) else value


def _choice(field: Declared, text: str) -> str:
    known = {skeleton(word): value for value, label in field.choices for word in (value, *label.values())}
    value = known.get(skeleton(text))
    if value is None:
        raise Refused("not_choice", value=_short(text))
    return value


def _day(text: str) -> str:
    """2026-11-26, 26/11/2026, 26-11-2026 or 26.11.2026, in any digits; a day comes before its month here."""
    text = text.translate(_WESTERN).split(" ")[0]
    found = re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", text) or re.fullmatch(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})", text)
    if found:
        first, month, last = found.groups()
        day, year = (last, first) if len(first) == 4 else (first, last)
        return f"{int(year):04}-{int(month):02}-{int(day):02}"
    return text


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
