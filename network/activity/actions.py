"""What an administrator does with the queue."""

from django.db.models import QuerySet
from django.utils import timezone

from network.activity.models import Job


def retry(jobs: QuerySet[Job]) -> int:
    """Put parked or waiting jobs first in the queue again; returns how many."""
    return jobs.update(parked_at=None, attempts=0, due_at=timezone.now(), leased_until=None)
