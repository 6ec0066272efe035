"""Days and hours as their reader writes them: their calendar, their digits. On pages a script does it; mail has none."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils import formats
from django.utils.dateformat import format as format_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from hijridate import Gregorian

if TYPE_CHECKING:
    from notices.hours import Hours
    from profiles.models import User

_EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_FRENCH_MONTHS = (
    "mouharram",
    "safar",
    "rabia al awal",
    "rabia ath-thani",
    "joumada al oula",
    "joumada ath-thania",
    "rajab",
    "chaabane",
    "ramadan",
    "chawwal",
    "dhou al qi`da",
    "dhou al hijja",
)
_ENGLISH_MONTHS = (
    "Muharram",
    "Safar",
    "Rabiʻ I",
    "Rabiʻ II",
    "Jumada I",
    "Jumada II",
    "Rajab",
    "Shaʻban",
    "Ramadan",
    "Shawwal",
    "Dhuʻl-Qiʻdah",
    "Dhuʻl-Hijjah",
)


def day_of(day: date, user: User) -> str:
    """`Sunday 22 November 2026 – 12 Jumada II 1448`, in the calendar or calendars that the person chose."""
    weekday, gregorian = format_date(day, "l"), format_date(day, "j F Y")
    if user.calendar == "hijri":
        words = f"{weekday} {hijri_of(day)}"
    elif user.calendar == "both":
        words = f"{weekday} {gregorian} – {hijri_of(day)}"
    else:
        words = f"{weekday} {gregorian}"
    return digits(words, user)


def moment_of(at: datetime, user: User, hours: Hours) -> str:
    """`Thursday 26 November, 16:00` on the person's own clock."""
    local = hours.local(at)
    day = f"{format_date(local, 'l')} {hijri_of(local.date()) if user.calendar == 'hijri' else format_date(local, 'j F')}"
    return digits(_("%(day)s, %(hour)s") % {"day": day, "hour": format_date(local, "H:i")}, user)


def hijri_of(day: date) -> str:
    """The day of the Umm al-Qura calendar, with the month's name in the language of the text."""
    hijri = Gregorian(day.year, day.month, day.day).to_hijri()
    language = (get_language() or "ar")[:2]
    if language == "ar":
        name = hijri.month_name("ar")
    else:
        name = (_FRENCH_MONTHS if language == "fr" else _ENGLISH_MONTHS)[hijri.month - 1]
    return f"{hijri.day} {name} {hijri.year}"


def digits(words: str, user: User) -> str:
    """The words with the digits that the person chose."""
    return words.translate(_EASTERN) if user.digits == "eastern" and (get_language() or "ar").startswith("ar") else words


def number_of(value: int, user: User) -> str:
    return digits(formats.number_format(value, use_l10n=True), user)
