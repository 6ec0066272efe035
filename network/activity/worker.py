"""The worker: takes due jobs one at a time under a lease, tries again with growing pauses, gives up after ten.

A killed worker's lease runs out and the row comes back by itself. Any number of workers, threads or processes, share the table.
"""

import logging
import random
import threading
import traceback
from datetime import timedelta

from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from network import compiled
from network.activity import jobs
from network.activity.models import Job

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)  # longer than any job may take (mail waits ten seconds)
MOST_ATTEMPTS = 10
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 3600.0
IDLE_SECONDS = 0.5


def run_worker(stop: threading.Event, lane: str = "") -> None:
    """Work in one lane until `stop` is set; the job in hand is finished first. A database that is away is waited for."""
    pause, done = IDLE_SECONDS, None
    while not stop.is_set():
        try:
            close_old_connections()
            job = claim(done, lane=lane)
            done = _do(job) if job is not None else None
            pause = IDLE_SECONDS
        except Exception:
            logger.exception("The worker could not reach its table.")
            job = None
            pause = min(pause * 2, 10.0)
        if job is None:
            stop.wait(pause)
    if done is not None:
        try:
            _finish(done)
        except Exception:
            logger.exception("Job %s was done, and will be done once more.", done.pk)
    connection.close()


def work_one(lane: str = "") -> bool:
    """Claim and do one due job of a lane. False when none is due."""
    job = claim(lane=lane)
    if job is None:
        return False
    if _do(job) is not None:
        _finish(job)
    return True


def claim(done: Job | None = None, *, lane: str = "") -> Job | None:
    """Take the next due job of a lane under a lease, or None. Two workers never get the same one at the same time.

    The row of a job that was `done` goes in the same transaction: one wait for the disk a job instead of two.
    """
    now = timezone.now()
    if done is None and not connection.features.has_select_for_update_skip_locked and not compiled.ask(_LOOK, lane, now, now):
        return None  # SQLite has one lock for all writers: it is not taken only to find nothing
    with transaction.atomic():
        if done is not None:
            _finish(done)
        first = f"{_FIRST} FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else _FIRST
        taken = compiled.ask(_TAKE.format(first), now + LEASE, lane, now, now)
        job = compiled.get(Job, taken[0][0]) if taken else None
    return _leased(job) if job is not None else None


# By hand, because each job runs them: through the ORM they took 1.5 ms of the 3 that telling a small topic costs.
_DUE = "parked_at IS NULL AND lane = %s AND due_at <= %s AND (leased_until IS NULL OR leased_until < %s)"
_LOOK = f"SELECT id FROM activity_job WHERE {_DUE} LIMIT 1"  # noqa: S608  # nosec B608 # words of ours
_FIRST = f"SELECT id FROM activity_job WHERE {_DUE} ORDER BY due_at, id LIMIT 1"  # noqa: S608  # nosec B608 # as above
_TAKE = "UPDATE activity_job SET leased_until = %s, attempts = attempts + 1 WHERE id = ({}) RETURNING id"
_FINISH = "DELETE FROM activity_job WHERE id = %s AND leased_until = %s"


def _do(job: Job) -> Job | None:
    """The job when it was done, its row still there; None when it failed and waits for another try."""
    try:
        jobs.handler_of(job.name)(**job.args)
    except Exception as error:
        _again(job, error)
        return None
    return job


def _finish(job: Job) -> None:
    # Only while the lease is still ours: a job that outlived it may already be in other hands.
    compiled.run(_FINISH, job.pk, job.leased_until)


def _leased(job: Job) -> Job | None:
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
