"""What the clock asks of this room."""

from network.activity.jobs import job
from network.spaces import actions


@job("spaces.mandates_turn")
def mandates_turn() -> None:
    """Whoever's mandate began or ended in the last minutes reads with their new rights, on open pages too."""
    actions.mandates_turn()
