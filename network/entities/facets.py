"""What is worked out of an institution when it is written: what it can be filtered by, and how complete its entry is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from network.names import fold

if TYPE_CHECKING:
    from network.declared import Declared
    from network.entities.models import Entity

# How people write the languages they work in.
_LANGUAGES = {
    "ar": ("العربية", "عربي", "arabe", "arabic"),
    "fr": ("الفرنسية", "français", "french"),
    "en": ("الإنجليزية", "الإنكليزية", "anglais", "english"),
}
_SPOKEN = {fold(word): code for code, words in _LANGUAGES.items() for word in (*words, code, settings.LANGUAGE_NAMES[code])}


def token(code: str, value: object) -> str:
    """How a facet stands in the column: between spaces, so that it is found whole."""
    return f" {code}:{value} "


def languages_of(text: str) -> list[str]:
    """The codes of the languages named in a text: "العربية، Français" → ar, fr."""
    words = re.split(r"[\s,،;؛/|+-]+", text)
    return sorted({_SPOKEN[folded] for word in words for folded in (fold(word), fold(word).removeprefix("و")) if folded in _SPOKEN})


def facets_of(entity: Entity, spec: list[Declared]) -> str:
    """Every answer to a field that everybody sees and registers filter by, and the languages, as one text."""
    found = [("language", code) for code in languages_of(entity.languages)]
    for field in spec:
        # What only its own people see filters nothing: a filter would tell strangers who answered what.
        if field.filters and (value := entity.details.get(field.code)):
            found += [(field.code, one) for one in (value if isinstance(value, list) else [value])]
    return "".join(token(code, value) for code, value in found)


def missing(entity: Entity, spec: list[Declared]) -> list[str | Promise]:
    """What its entry still lacks, in words."""
    asked: list[tuple[object, str | Promise]] = [
        (entity.name_ar, _("name in Arabic")),
        (entity.name_fr, _("name in French")),
        (entity.name_en, _("name in English")),
        (entity.about_ar, _("about, in Arabic")),
        (entity.about_fr or entity.about_en, _("about, in French or English")),
        (entity.picture, _("logo")),
        (entity.city, _("city")),
        (entity.address, _("address")),
        (entity.phone, _("telephone")),
        (entity.email, _("e-mail")),
        (entity.website, _("website")),
        (entity.languages, _("languages")),
        (entity.founded, _("founded")),
    ]
    asked += [(entity.details.get(field.code), field.name) for field in spec if field.kind != "file"]
    return [label for value, label in asked if not value]


def completeness_of(entity: Entity, spec: list[Declared]) -> int:
    """How much of its entry is filled, in percent."""
    of = 13 + sum(field.kind != "file" for field in spec)
    return round(100 * (of - len(missing(entity, spec))) / of)
