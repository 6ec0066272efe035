"""The only writer of figures."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from insights.models import DailyCount, DailySalt, DailyVisitor

KEEP_DAYS = 800  # two years and a bit, to compare a month with the same month before


def salt_of(day: date) -> bytes | None:
    """The day's salt, drawn when its first visit is written. None when the day is over and its salt is gone: it gets no second one."""
    row = DailySalt.objects.filter(day=day).first()
    if row is None:
        if day != timezone.localdate():
            return None
        DailySalt.objects.bulk_create(
            [DailySalt(day=day, salt=secrets.token_bytes(32))], ignore_conflicts=True
        )  # the first process's holds
        row = DailySalt.objects.get(day=day)
    return bytes(row.salt)


@transaction.atomic
def add(day: date, visits: Mapping[str, int], marks: Mapping[str, set[bytes]]) -> None:
    """Add what one process saw: pages looked at by key, and marks by key. The day's count of a key is locked first, always in the same order."""
    keys = sorted(visits)
    DailyCount.objects.bulk_create([DailyCount(day=day, key=key) for key in keys], ignore_conflicts=True)
    for key in keys:
        DailyCount.objects.filter(day=day, key=key).update(visits=F("visits") + visits[key])
        fresh = marks.get(key)
        if fresh:
            rows = [DailyVisitor(day=day, key=key, mark=one) for one in fresh]
            DailyVisitor.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
            different = DailyVisitor.objects.filter(day=day, key=key).count()
            DailyCount.objects.filter(day=day, key=key).update(visitors=different)


@transaction.atomic
def close_days() -> int:
    """Delete salts and marks of days that are over (a quarter of an hour ago, for what is still being written). How many marks went."""
    over = timezone.localdate(timezone.now() - timedelta(minutes=15))
    DailySalt.objects.filter(day__lt=over).delete()
    gone, _kinds = DailyVisitor.objects.filter(day__lt=over).delete()
    DailyCount.objects.filter(day__lt=over - timedelta(days=KEEP_DAYS)).delete()
    return gone
