"""The languages people say they speak: codes in the database, names on the page."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SPOKEN = {
    "ar": _("Arabic"),
    "fr": _("French"),
    "en": _("English"),
    "ber": pgettext_lazy("language", "Amazigh"),
    "so": pgettext_lazy("language", "Somali"),
    "ku": pgettext_lazy("language", "Kurdish"),
    "sw": pgettext_lazy("language", "Swahili"),
    "es": pgettext_lazy("language", "Spanish"),
    "it": pgettext_lazy("language", "Italian"),
    "pt": pgettext_lazy("language", "Portuguese"),
    "de": pgettext_lazy("language", "German"),
    "tr": pgettext_lazy("language", "Turkish"),
    "fa": pgettext_lazy("language", "Persian"),
    "ru": pgettext_lazy("language", "Russian"),
    "zh": pgettext_lazy("language", "Chinese"),
}


def codes(kept: str) -> list[str]:
    """`"ar fr"` → `["ar", "fr"]`; commas do as well."""
    return [code for code in re.split(r"[\s,;،]+", kept) if code]


def names(kept: str) -> list[str]:
    """The names of the languages in the reader's; what is no code of ours stands as it was written."""
    return [str(SPOKEN.get(code, code)) for code in codes(kept)]
