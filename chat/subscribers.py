"""What conversations do because something happened elsewhere. Called by the worker, at least once."""

from chat.models import Conversation
from network.activity.models import Activity
from network.spaces.models import Space


def open_room(activity: Activity) -> None:
    """A group that was just created has its room."""
    if activity.verb == "opened_group" and isinstance(activity.object, Space) and activity.object.kind == Space.Kind.GROUP:
        Conversation.objects.get_or_create(
            key=f"group:{activity.object.pk}", defaults={"kind": Conversation.Kind.GROUP, "space_id": activity.object.pk}
        )
