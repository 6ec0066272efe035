"""A reader's own clock: two years of days in zones that change their hour in summer, in Ramadan, by half of the year, or never."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from network.spaces.models import Country, Space
from notices import hours
from notices.hours import Hours
from notices.mail.rounds import _window
from notices.models import Preferences
from profiles.models import User

FRIDAY, SATURDAY = [5, 6], [6, 7]
PLACES = [
    ("Africa/Tunis", SATURDAY),
    ("Asia/Riyadh", FRIDAY),
    ("Africa/Cairo", FRIDAY),  # summer time again since 2023, at midnight of a Friday
    ("Africa/Casablanca", SATURDAY),  # an hour back in Ramadan
    ("Asia/Beirut", SATURDAY),  # summer time begins at midnight: that hour of that day does not exist
    ("Asia/Muscat", FRIDAY),
    ("Africa/Nouakchott", FRIDAY),
]


def reader(zone: str, weekend: list[int], **chosen: object) -> Preferences:
    user = User(pk=1, email="reader@example.org")
    user.page = Space(kind="person", user=user, country=Country(code="XX", zone=zone, weekend=weekend))
    return Preferences(user=user, **chosen)


@pytest.mark.parametrize(("zone", "weekend"), PLACES, ids=[zone for zone, _weekend in PLACES])
@pytest.mark.parametrize("at", [time(7, 30), time(0, 30), time(2, 30)], ids=["morning", "at the jump of midnight", "at the jump of two"])
def test_two_years_have_exactly_one_digest_each_working_day(zone: str, weekend: list[int], at: time) -> None:
    row, here = reader(zone, weekend, digest_at=at), ZoneInfo(zone)
    first = datetime(2026, 1, 1, tzinfo=UTC)
    row.next_digest_at = hours.of(row.user, row).next_digest(first)
    told: list[date] = []
    now, end = first, first + timedelta(days=730)
    while now < end:
        if row.next_digest_at <= now:
            mail = _window(row, now)
            assert mail is not None
            told.append(date.fromisoformat(mail.about["day"]))
            local = now.astimezone(here)
            assert local.date() == told[-1]
            # Within a quarter of an hour of what its reader chose; where the clock jumped over that hour, an hour later.
            late = datetime.combine(local.date(), local.time()) - datetime.combine(local.date(), at)
            assert timedelta(0) <= late <= timedelta(minutes=75), local
        now += timedelta(minutes=15)
    days = [(first + timedelta(days=n)).date() for n in range(-1, 732)]
    working = [day for day in days if day.isoweekday() not in weekend and told[0] <= day <= told[-1]]
    assert told == working
    assert len(told) > 515


@pytest.mark.parametrize(("zone", "weekend"), PLACES, ids=[zone for zone, _weekend in PLACES])
def test_each_week_has_one_weekly_digest_on_its_first_working_day(zone: str, weekend: list[int]) -> None:
    row = reader(zone, weekend)
    row.next_digest_at = hours.of(row.user, row).next_digest(datetime(2026, 1, 1, tzinfo=UTC))
    weeks = []
    for _turn in range(500):
        mail = _window(row, row.next_digest_at)
        assert mail is not None
        if mail.about["weekly"]:
            weeks.append(date.fromisoformat(mail.about["day"]))
    assert {day.isoweekday() for day in weeks[1:]} == {weekend[-1] % 7 + 1}
    assert {(after - before).days for before, after in itertools.pairwise(weeks[1:])} == {7}


def test_a_week_whose_first_day_was_missed_is_told_on_the_next() -> None:
    row = reader("Africa/Tunis", SATURDAY)
    row.last_digest_at = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)  # a Friday; then the machine slept over Monday
    mail = _window(row, datetime(2026, 11, 24, 6, 30, tzinfo=UTC))
    assert mail is not None
    assert mail.about["weekly"] is True


def test_who_chose_a_later_hour_after_the_digest_came_gets_no_second_one_that_day() -> None:
    row = reader("Africa/Tunis", SATURDAY)
    assert _window(row, datetime(2026, 11, 24, 6, 30, tzinfo=UTC)) is not None
    row.digest_at = time(18, 0)
    assert _window(row, datetime(2026, 11, 24, 17, 0, tzinfo=UTC)) is None
    assert row.next_digest_at == datetime(2026, 11, 25, 17, 0, tzinfo=UTC)


def test_who_moved_is_told_by_the_new_clock() -> None:
    row = reader("Asia/Muscat", FRIDAY)
    row.next_digest_at = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)
    row.user.zone = "Africa/Nouakchott"  # there it is half past three in the night
    assert _window(row, row.next_digest_at) is None
    assert row.next_digest_at == datetime(2026, 11, 24, 7, 30, tzinfo=UTC)


def week(**fields: object) -> Hours:
    return Hours(ZoneInfo("Africa/Tunis"), frozenset(SATURDAY), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-25 10:00", "2026-11-25 10:00"),  # a Wednesday's morning
        ("2026-11-25 20:00", "2026-11-26 07:00"),
        ("2026-11-26 06:59", "2026-11-26 07:00"),
        ("2026-11-26 07:00", "2026-11-26 07:00"),
        ("2026-11-27 20:30", "2026-11-30 07:00"),  # Friday evening: after the weekend, in the morning
        ("2026-11-28 12:00", "2026-11-30 07:00"),
        ("2026-11-29 23:00", "2026-11-30 07:00"),
    ],
)
def test_quiet_hours_end_when_one_works_again(at: str, opens: str) -> None:
    assert week().open(here(at)) == here(opens)


def test_quiet_hours_in_the_middle_of_the_day_and_none_at_all() -> None:
    nap = week(quiet_from=time(13, 0), quiet_until=time(15, 0), quiet_weekend=False)
    assert nap.open(here("2026-11-28 14:00")) == here("2026-11-28 15:00")
    assert nap.open(here("2026-11-28 15:00")) == here("2026-11-28 15:00")
    assert week(quiet=False).open(here("2026-11-28 03:00")) == here("2026-11-28 03:00")
    assert week(quiet_from=time(7), quiet_until=time(7), quiet_weekend=False).open(here("2026-11-28 03:00")) == here("2026-11-28 03:00")


def test_a_person_rests_as_their_country_does_unless_they_say_otherwise(world: SimpleNamespace) -> None:
    world.tn.weekend, world.jo.weekend = SATURDAY, FRIDAY
    world.carmen.page.country = world.tn
    user = world.carmen.user
    user.page.country = world.tn
    assert hours.of(user, None).weekend == {6, 7}
    assert hours.of(user, Preferences(user=user, weekend="5,6")).weekend == {5, 6}
    user.page.country = Country(code="XX", zone="Asia/Riyadh", weekend=None)
    assert hours.of(user, None).weekend == {5, 6}
    assert hours.of(user, None).zone == ZoneInfo("Asia/Riyadh")
    user.zone = "Europe/Paris"
    assert hours.of(user, None).zone == ZoneInfo("Europe/Paris")
    user.zone = "Nowhere/Else"
    assert hours.of(user, None).zone == ZoneInfo("Asia/Riyadh")


def here(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Africa/Tunis"))
