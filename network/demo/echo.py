"""What the worker would do about all that happened: notices written, words indexed. Done here, so that the first start is quiet."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from network.activity.jobs import deliver
from network.activity.models import Job
from notices.models import Notice

logger = logging.getLogger(__name__)

CHUNK = 150
FRESH = timedelta(days=2)  # notices of the last two days are still to be read


def deliver_all(*, today: datetime | None = None) -> int:
    """Deliver what waits in the queue. What does not arrive stays in the queue for the worker, which tries again."""
    today = today or timezone.now()
    waiting = list(Job.objects.filter(name="activity.deliver", attempts=0).order_by("pk"))
    delivered = 0
    for start in range(0, len(waiting), CHUNK):
        with transaction.atomic():
            done = [job.pk for job in waiting[start : start + CHUNK] if _deliver(job)]
            Job.objects.filter(pk__in=done).delete()
        delivered += len(done)
    _remember(today)
    return delivered


def _deliver(job: Job) -> bool:
    try:
        with transaction.atomic():
            deliver(**job.args)
    except ExceptionGroup as failures:
        logger.info("Left to the worker: %s", failures.exceptions[0])
        return False
    return True


def _remember(today: datetime) -> None:
    """Nobody returns to a thousand unread notices: those of earlier days have been read."""
    Notice.objects.filter(unread=True, timestamp__lt=today - FRESH).update(unread=False)
