"""What the clock asks of conversations."""

from chat import actions
from network.activity.jobs import job


@job("chat.sweep")
def sweep() -> int:
    """Files of no message, and conversations that everybody left, are forgotten."""
    return actions.sweep()
