"""What conversations do because something happened elsewhere. Called by the worker, at least once."""

from chat import actions
from network.activity.models import Activity
from network.spaces.models import Space


def open_room(activity: Activity) -> None:
    """A group that was just created has its room."""
    if activity.verb == "opened_group" and isinstance(activity.object, Space) and activity.object.kind == Space.Kind.GROUP:
        actions.open_room(activity.object)
