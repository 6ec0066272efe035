"""Why a row, or a cell of it, is refused: kept as a code with what it speaks of, said in the language of whoever reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# [code of the field (or ""), code of the reason, what it speaks of]
Reason = list[Any]

SENTENCES: dict[str, str | Promise] = {
    # The row
    "no_name": _("No name is given."),
    "no_letters": _("The name has no letters."),
    "no_kind": _("The kind of institution is not given."),
    "unknown_kind": _("No kind of institution is called “%(value)s”."),
    "unknown_country": _("No member state is called “%(value)s”."),
    "no_country": _("The country is not given; an institution of this kind needs one."),
    "other_country": _("It belongs to %(country)s. A commission brings in institutions of its own country only."),
    "not_overseen": _("A commission brings in only institutions that it oversees, such as schools, clubs and chairs; this is one of another kind."),
    "same_row": _("The same institution stands in row %(row)s of this file already."),
    "same_name": _("Another institution of this country has this name, or one that looks the same: “%(name)s” (%(code)s). Write its code into the row if it is meant."),
    "several": _("Several institutions of the register have this name: %(codes)s. Write the code of the one that is meant."),
    "second_commission": _("This country has its National Commission in the register: “%(name)s”. Write its code (%(code)s) into the row if it is meant."),
    "other_kind": _("The code “%(value)s” belongs to an institution of another kind (%(kind)s)."),
    "taken": _("The code “%(value)s” is taken by another page."),
    "bad_code": _("The code “%(value)s” may hold only small Latin letters, digits and hyphens."),
    "not_yours": _("The register keeps this institution outside the lists of your commission; ask the secretariat."),
    "unknown_parent": _("No institution has the code or name “%(value)s”."),
    "own_parent": _("An institution cannot be part of itself."),
    "moved": _("The register changed after this list was checked. Bring the row in once more."),
    "refused": _("The register refused it: %(value)s"),
    # The cell
    "formula": _("“%(value)s” is a formula. Write its result."),
    "too_long": _("It has more than %(most)s characters."),
    "too_short": _("It has fewer than %(least)s characters."),
    "too_small": _("%(value)s is less than %(least)s."),
    "too_large": _("%(value)s is more than %(most)s."),
    "not_email": _("“%(value)s” is not an e-mail address."),
    "not_url": _("“%(value)s” is not a web address."),
    "not_phone": _("“%(value)s” is not a telephone number."),
    "not_number": _("“%(value)s” is not a whole number."),
    "not_date": _("“%(value)s” is not a date. Write it as 2026-11-26."),
    "not_yes": _("“%(value)s” is neither yes nor no."),
    "not_choice": _("“%(value)s” is none of: %(choices)s."),
    "not_status": _("“%(value)s” is none of: %(choices)s."),
    "not_asked": _("An institution of this kind has no such field."),
    "not_accepted": _("“%(value)s” is not accepted."),
}  # fmt: skip


def sentence(reason: Sequence[Any], *, isolated: bool = False, **known: str) -> str:
    """The sentence, in the reader's language; `known` says in it what the reason keeps as a number or a code.

    `isolated`: what was read from the file keeps its own direction (for a page; in a file the signs would only be in the way).
    """
    _field, code, about = reason
    spoken = {name: f"\u2068{value}\u2069" if isolated and isinstance(value, str) else value for name, value in {**about, **known}.items()}
    return str(SENTENCES[code]) % spoken
