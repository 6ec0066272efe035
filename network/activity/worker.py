"""The worker: takes due jobs one at a time under a lease, tries again with growing pauses, gives up after ten.

A killed worker's lease runs out and the row comes back by itself. Any number of workers, threads or processes, share the table.
"""

import logging
import random
import threading
import traceback
from datetime import timedelta

from django.db import close_old_connections, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from network.activity import jobs
from network.activity.models import Job

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)  # longer than any job may take (mail waits ten seconds)
MOST_ATTEMPTS = 10
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 3600.0
IDLE_SECONDS = 0.5


def run_worker(stop: threading.Event) -> None:
    """Work until `stop` is set; the job in hand is finished first. A database that is away is waited for."""
    pause = IDLE_SECONDS
    while not stop.is_set():
        try:
            close_old_connections()
            worked = work_one()
            pause = IDLE_SECONDS
        except Exception:
            logger.exception("The worker could not reach its table.")
            worked = False
            pause = min(pause * 2, 10.0)
        if not worked:
            stop.wait(pause)
    connection.close()


def work_one() -> bool:
    """Claim and do one due job. False when none is due."""
    job = claim()
    if job is None:
        return False
    try:
        jobs.handler_of(job.name)(**job.args)
    except Exception as error:
        _again(job, error)
    else:
        # Only while the lease is still ours: a job that outlived it may already be in other hands.
        Job.objects.filter(pk=job.pk, leased_until=job.leased_until).delete()
    return True


def claim() -> Job | None:
    """Take the next due job under a lease, or None. Two workers never get the same one at the same time."""
    now = timezone.now()
    until = now + LEASE
    due = Job.objects.filter(Q(leased_until=None) | Q(leased_until__lt=now), due_at__lte=now, parked_at=None).order_by("due_at", "id")
    if not connection.features.has_select_for_update_skip_locked:
        # SQLite: look without a lock, then take the row only if nobody has meanwhile.
        for job in due[:5]:
            if Job.objects.filter(pk=job.pk, leased_until=job.leased_until, parked_at=None).update(
                leased_until=until, attempts=F("attempts") + 1
            ):
                return _leased(job, until)
        return None
    with transaction.atomic():
        first = due.select_for_update(skip_locked=True).first()
        if first is None:
            return None
        Job.objects.filter(pk=first.pk).update(leased_until=until, attempts=F("attempts") + 1)
    return _leased(first, until)


def _leased(job: Job, until: object) -> Job | None:
    job.leased_until = until  # type: ignore[assignment]
    job.attempts += 1
    if job.attempts > MOST_ATTEMPTS:
        # It was leased ten times and never said why it failed: it kills its worker.
        _park(job, job.last_error or "The worker died each time.")
        return None
    return job


def _again(job: Job, error: Exception) -> None:
    """Try again later, a little later each time; after the last attempt the row stays, parked, with its error."""
    words = "".join(traceback.format_exception(error))[-4000:]
    if job.attempts >= MOST_ATTEMPTS:
        logger.error("Job %s (%s) is given up after %s attempts.", job.pk, job.name, job.attempts, exc_info=error)
        _park(job, words)
        return
    logger.warning("Job %s (%s) failed: %s", job.pk, job.name, error)
    seconds = min(FIRST_PAUSE * 2 ** (job.attempts - 1), LONGEST_PAUSE) * random.uniform(0.8, 1.2)  # noqa: S311 -- jitter
    Job.objects.filter(pk=job.pk, leased_until=job.leased_until).update(
        leased_until=None, due_at=timezone.now() + timedelta(seconds=seconds), last_error=words
    )


def _park(job: Job, words: str) -> None:
    # Its unique key is free again: the same work may be asked for anew.
    Job.objects.filter(pk=job.pk, leased_until=job.leased_until).update(
        leased_until=None, parked_at=timezone.now(), unique_key=None, last_error=words
    )
