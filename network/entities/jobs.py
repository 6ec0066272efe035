"""What the queue does of this room."""

from __future__ import annotations

from network.activity.jobs import job
from network.entities import actions


@job("entities.ask_to_confirm")
def ask_to_confirm() -> None:
    """Once a year each institution is asked whether its data still holds."""
    actions.ask_to_confirm()


@job("entities.work_out")
def work_out(kind_id: int) -> None:
    """A kind asks other questions now: what is derived from the answers follows."""
    actions.work_out_all(kind_id)
