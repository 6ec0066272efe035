"""What the clock asks of this room."""

from network.activity.jobs import job
from network.spaces import actions


@job("spaces.mandates_turn")
def mandates_turn() -> None:
    """Whoever's mandate began or ended in the last minutes reads with their new rights, on open pages too."""
    actions.mandates_turn()


@job("spaces.remind_of_mandates")
def remind_of_mandates() -> None:
    """Thirty and seven days before a mandate lapses its holder and the head of the institution are told."""
    actions.remind_of_mandates()
