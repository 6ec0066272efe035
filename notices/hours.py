"""A person's own clock: their zone, their weekend, their quiet hours, and when their digest comes. Pure reckoning, no query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notices.models import Preferences

if TYPE_CHECKING:
    from network.spaces.models import Country
    from profiles.models import User

# Where nobody has said otherwise: most member states rest on these days (requirements, 0.9).
USUAL_WEEKEND = frozenset({5, 6})


EVENING = time(18)


class Moment(NamedTuple):
    """When something may come back: `code` in a form, its words, the instant."""

    code: str
    name: Promise
    at: datetime


@dataclass(frozen=True, slots=True)
class Hours:
    """The week of one person: `weekend` holds ISO weekdays (1 Monday … 7 Sunday)."""

    zone: ZoneInfo
    weekend: frozenset[int]
    digest_at: time = time(7, 30)
    quiet: bool = True
    quiet_from: time = time(20, 0)
    quiet_until: time = time(7, 0)
    quiet_weekend: bool = True

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def works(self, day: date) -> bool:
        return day.isoweekday() not in self.weekend

    def at(self, day: date, hour: time) -> datetime:
        """The instant of this hour of this day here; where summer time skips it, the instant that its clock would have shown."""
        return datetime.combine(day, hour, self.zone).astimezone(UTC)

    def next_digest(self, after: datetime) -> datetime:
        """The first digest hour of a working day that comes after this instant."""
        day = self.local(after).date()
        while not (self.works(day) and self.at(day, self.digest_at) > after):
            day += timedelta(days=1)
        return self.at(day, self.digest_at)

    def moments(self, now: datetime) -> list[Moment]:
        """When something may come back that is not for now: in an hour, this evening, on the next working morning, next week."""
        here = self.local(now)
        tomorrow = here.date() + timedelta(days=1)
        while not self.works(tomorrow):
            tomorrow += timedelta(days=1)
        week = self.week_began(here.date()) + timedelta(days=7)
        moments = [Moment("hour", _("In an hour"), now + timedelta(hours=1))]
        if here.hour < EVENING.hour - 1:
            moments.append(Moment("evening", _("This evening, 18:00"), self.at(here.date(), EVENING)))
        moments.append(Moment("morning", _("On the next working morning"), self.at(tomorrow, self.digest_at)))
        if week > tomorrow:
            moments.append(Moment("week", _("Next week"), self.at(week, self.digest_at)))
        return moments

    def week_began(self, day: date) -> date:
        """The first working day of the week in which `day` is: the day after the weekend."""
        first = {end % 7 + 1 for end in self.weekend} - self.weekend or {1}
        while day.isoweekday() not in first:
            day -= timedelta(days=1)
        return day

    def is_quiet(self, at: datetime) -> bool:
        return self.open(at) > at

    def open(self, at: datetime) -> datetime:
        """This instant, or the end of the quiet time in which it falls."""
        if not self.quiet:
            return at
        for _turn in range(2 * len(self.weekend) + 3):  # a night and a day for each day of rest
            end = self._quiet_end(self.local(at))
            if end is None or end <= at:
                return at
            at = end
        return at

    def _quiet_end(self, here: datetime) -> datetime | None:
        day, now = here.date(), here.time()
        if self.quiet_weekend and not self.works(day):
            return self.at(day + timedelta(days=1), time(0))
        if self.quiet_from > self.quiet_until and now >= self.quiet_from:
            # To the night's end; whether the next day is one of rest is asked then.
            return self.at(
                day + timedelta(days=1), time(0) if self.quiet_weekend and not self.works(day + timedelta(days=1)) else self.quiet_until
            )
        if now < self.quiet_until and (self.quiet_from > self.quiet_until or now >= self.quiet_from):
            return self.at(day, self.quiet_until)
        return None


def of(user: User, preferences: Preferences | None) -> Hours:
    """The hours of a person whose page and its country are at hand: their own zone, else their country's, else the secretariat's."""
    country: Country | None = user.page.country
    zone = _zone(user.zone) or (_zone(country.zone) if country is not None else None) or ZoneInfo(settings.TIME_ZONE)
    if preferences is None:
        return Hours(zone, _weekend("", country))
    return Hours(
        zone,
        _weekend(preferences.weekend, country),
        preferences.digest_at,
        preferences.quiet,
        preferences.quiet_from,
        preferences.quiet_until,
        preferences.quiet_weekend,
    )


def weekend_of(country: Country | None) -> frozenset[int]:
    """The days of rest of a country, as ISO weekdays."""
    return _weekend("", country)


def _weekend(chosen: str, country: Country | None) -> frozenset[int]:
    days: Iterable[object] = chosen.split(",") if chosen else (country.weekend if country is not None else None) or ()
    found = frozenset(int(str(day)) for day in days)
    return found if found and len(found) < 7 else USUAL_WEEKEND


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
