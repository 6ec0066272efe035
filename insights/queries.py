"""What the numbers say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.cache import cache
from django.db.models import Sum
from django.utils import timezone

from insights.models import DailyCount
from network.entities.models import Entity
from network.spaces.actors import Actor

DAYS = 60
MOST = 200  # sites in the survey
LATELY = 30
KEPT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    visits: int = 0
    visitors: int = 0


def lately(key: str) -> int:
    """Visitors of the last thirty days, today's included: each day counts anew, for nobody is known again. Kept for a minute."""
    kept = cache.get(name := f"visitors:{key}")
    if kept is not None:
        return int(kept)
    since = timezone.localdate() - timedelta(days=LATELY - 1)
    found = DailyCount.objects.filter(key=key, day__gte=since).aggregate(n=Sum("visitors"))["n"] or 0
    cache.set(name, found, KEPT_SECONDS)
    return found


def days(keys: Sequence[str], number: int = DAYS) -> dict[str, list[Day]]:
    """The last so many days of each key, oldest first, days without a visit included. One query."""
    today = timezone.localdate()
    since = today - timedelta(days=number - 1)
    rows = DailyCount.objects.filter(key__in=keys, day__gte=since)
    found = {(row.key, row.day): Day(row.day, row.visits, row.visitors) for row in rows}
    every = [since + timedelta(days=n) for n in range(number)]
    return {key: [found.get((key, day), Day(day)) for day in every] for key in keys}


@dataclass(frozen=True, slots=True)
class Reach:
    """How many came to an institution's own site."""

    entity: Entity
    visitors: int
    visits: int


def sites(actor: Actor) -> list[Reach]:
    """The institutions' own sites in the last thirty days, the most visited first. Two queries."""
    since = timezone.localdate() - timedelta(days=LATELY - 1)
    rows = DailyCount.objects.filter(key__startswith="site.", day__gte=since).values("key")
    summed = rows.annotate(came=Sum("visitors"), seen=Sum("visits")).order_by("-came", "key")[:MOST]
    counts = {int(number): row for row in summed if (number := row["key"].partition(".")[2]).isdecimal()}
    entities = Entity.objects.visible_to(actor).select_related("entity_kind", "country").in_bulk(counts)
    return [Reach(entities[pk], row["came"], row["seen"]) for pk, row in counts.items() if pk in entities]
