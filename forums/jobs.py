"""What this room does by the clock."""

from forums import actions
from network.activity.jobs import job


@job("forums.sweep_files")
def sweep_files() -> None:
    """Files that came with a form which was never sent leave the disk a day later."""
    actions.sweep_files()
