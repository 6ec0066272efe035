"""Days as both calendars count them."""

from __future__ import annotations

from datetime import date

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext
from hijridate import Gregorian

from network.templatetags.house import when

register = template.Library()

MONTHS = (
    "Muharram",
    "Safar",
    "Rabi al-Awwal",
    "Rabi al-Thani",
    "Jumada al-Ula",
    "Jumada al-Akhirah",
    "Rajab",
    "Shaban",
    "Ramadan",
    "Shawwal",
    "Dhu al-Qadah",
    "Dhu al-Hijjah",
)


def _spoken() -> None:
    """The names above, where the translators' tool finds them."""
    pgettext("hijri month", "Muharram")
    pgettext("hijri month", "Safar")
    pgettext("hijri month", "Rabi al-Awwal")
    pgettext("hijri month", "Rabi al-Thani")
    pgettext("hijri month", "Jumada al-Ula")
    pgettext("hijri month", "Jumada al-Akhirah")
    pgettext("hijri month", "Rajab")
    pgettext("hijri month", "Shaban")
    pgettext("hijri month", "Ramadan")
    pgettext("hijri month", "Shawwal")
    pgettext("hijri month", "Dhu al-Qadah")
    pgettext("hijri month", "Dhu al-Hijjah")


@register.filter
def hijri(day: date | None) -> str:
    """`1 Rajab 1447 AH` (Umm al-Qura); "" for no day, and for days that calendar does not know."""
    if day is None:
        return ""
    try:
        found = Gregorian(day.year, day.month, day.day).to_hijri()
    except OverflowError:
        return ""
    month = pgettext("hijri month", MONTHS[found.month - 1])
    return pgettext("hijri date", "%(day)s %(month)s %(year)s AH") % {"day": found.day, "month": month, "year": found.year}


@register.simple_tag
def both_calendars(day: date | None) -> SafeString:
    """A day in the Gregorian calendar with the Hijri day under it."""
    return (
        SafeString("")
        if day is None
        else format_html('<span class="block" data-both>{}</span><span class="faint block">{}</span>', when(day, "date"), hijri(day))
    )
