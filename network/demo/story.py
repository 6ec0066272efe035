"""Things that happened, one after another: each was done by somebody, so many days before the demo day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from network.activity.models import Activity
from network.spaces.actors import Actor
from network.spaces.models import Space
from profiles.models import User

CHUNK = 150  # happenings in one transaction: few enough that a running server waits no longer than a moment for the write lock


@dataclass(frozen=True, slots=True)
class Happening:
    """`do(actor, when)` acts as the person of this handle and gives the rows it wrote the date `when`."""

    days: float
    by: str
    do: Callable[[Actor, datetime], None]
    founding: bool = False  # done before anybody had a mandate that allows it


def tell(happenings: Iterable[Happening], *, today: datetime | None = None) -> int:
    """Let everything happen in the order of its days. Returns how much happened.

    The order matters: feeds follow the numbers of the activities, and these must follow their dates.
    """
    today = today or timezone.now()
    story = sorted(happenings, key=lambda happening: -happening.days)
    for start in range(0, len(story), CHUNK):
        with transaction.atomic():
            for happening in story[start : start + CHUNK]:
                _let(happening, day(today, happening.days))
    return len(story)


def day(today: datetime, days: float) -> datetime:
    """The moment so many days ago; on past days between seven in the morning and seven in the evening, in the same order."""
    moment = today - timedelta(days=days)
    if moment.date() >= today.date():
        return moment
    morning = moment.replace(hour=7, minute=0, second=0, microsecond=0)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return morning + (moment - midnight) / 2


def person(handle: str) -> User:
    return User.objects.select_related("page").get(page__handle=handle)


def place(handle: str) -> Space:
    return Space.objects.get(handle=handle)


def _let(happening: Happening, when: datetime) -> None:
    newest = Activity.objects.aggregate(newest=Max("pk"))["newest"] or 0
    user = person(happening.by)
    actor = Actor.of(user)
    if happening.founding:
        actor = founder(user)
    happening.do(actor, when)
    # Actions write the present, as they must; a world that was born a second ago would show nothing of a feed, a digest or
    # an archive. So the dates, and only the dates, are set back here, of what is newer than `newest`.
    # Visitors of public sites ask through an account that is nobody's.
    Activity.objects.filter(Q(actor=user) | Q(actor__is_active=False), pk__gt=newest).update(created_at=when)


def founder(user: User) -> Actor:
    """The first to act for the secretariat: somebody must name the first mandate before any mandate stands."""
    actor = Actor.of(user)
    actor.is_secretariat = True
    return actor
