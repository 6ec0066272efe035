"""What of the notices a reader still may see: rights are asked when a notice is shown and counted, not only when it was written."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from chat.models import Message
from network import prepared
from network.activity.models import ActivityQuerySet
from network.spaces.actors import Actor
from notices.models import Notice

# What concerns the reader's own person, whatever they may see of the place: an invitation is for someone outside.
PERSONAL = ("invitation", "approved", "declined", "mandate", "named", "removed", "mail_paused", "colleague_paused")


def sayable(actor: Actor) -> QuerySet[Notice]:
    """The reader's notices that still lead somewhere they may go, for every channel."""
    seen = Q(reason__in=PERSONAL) | ActivityQuerySet.audience_of(actor, "activity__")
    # A mention in a conversation is asked at the message's door: nobody else's rights speak for those who take part.
    message = Cast(OuterRef("action_object_object_id"), BigIntegerField())
    seen |= Q(Exists(Message.objects.visible_to(actor).filter(pk=message)), reason__in=("chat_mention", "message"))
    return Notice.objects.filter(seen, recipient=actor.user_id)


def inbox(actor: Actor) -> QuerySet[Notice]:
    """What stands in the reader's inbox, newest first."""
    return sayable(actor).filter(shown=True).order_by("-timestamp", "-pk")


def unread(actor: Actor) -> QuerySet[Notice, Any]:
    """What the bell counts, at most 100 of them, which stand for more."""
    return inbox(actor).filter(unread=True, snoozed_until=None).order_by().values_list("pk")[:100]


def unread_count(actor: Actor) -> int:
    """The bell's number."""
    return prepared.counts(actor, unread)[0]
