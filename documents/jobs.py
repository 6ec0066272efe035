"""What the queue does of this room."""

from __future__ import annotations

from documents import papers, steps
from network.activity.jobs import job


@job("documents.paper")
def paper(key: str) -> None:
    """Make a PDF that waits."""
    papers.make(key)


@job("documents.steps")
def notice_steps() -> None:
    """Write down, with the day, which first steps people have taken by what they did."""
    steps.notice()
