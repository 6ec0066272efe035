"""What of the notices a reader still may see: rights are asked when a notice is shown and counted, not only when it was written."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from network import prepared
from network.activity.models import ActivityQuerySet
from network.spaces.actors import Actor
from notices.models import Notice

# What concerns the reader's own person, whatever they may see of the place: an invitation is for someone outside. A mention in a
# conversation has no space; its line is left out when the conversation is no longer theirs, and it is marked read when they go.
PERSONAL = ("invitation", "approved", "declined", "mandate", "named", "removed", "chat_mention")


def inbox(actor: Actor) -> QuerySet[Notice]:
    """The reader's notices that still lead somewhere they may go, newest first."""
    seen = Q(reason__in=PERSONAL) | ActivityQuerySet.audience_of(actor, "activity__")
    return Notice.objects.filter(seen, recipient=actor.user_id).order_by("-timestamp", "-pk")


def unread_count(actor: Actor) -> int:
    """The bell's number; 100 stands for more."""
    return len(prepared.rows(actor, "unread", lambda actor: inbox(actor).filter(unread=True).order_by().values_list("pk")[:100]))
