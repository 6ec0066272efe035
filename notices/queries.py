"""What of the notices a reader still may see: rights are asked when a notice is shown and counted, not only when it was written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, Exists, F, Max, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat

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


# One line a thread; a notice that stands alone is a line of its own.
LINE = Case(
    When(thread="", then=Concat(Value("notice."), Cast("pk", CharField()), output_field=CharField())),
    default=F("thread"),
    output_field=CharField(),
)
# Shown as they are now, on top (notices.waiting), while they wait: the list has them only when they are answered.
WAITING = ("request", "invitation")


def threads(actor: Actor, chosen: str = "") -> QuerySet[Notice, Any]:
    """The lines of the inbox, newest first, as (`line`, `newest`); `chosen` is "", mentions, later or done."""
    found = inbox(actor).exclude(reason__in=WAITING, unread=True)
    if chosen == "done":
        found = found.filter(done=True)
    elif chosen == "later":
        found = found.filter(snoozed_until__isnull=False)
    else:
        found = found.filter(done=False, snoozed_until=None)
    if chosen == "mentions":
        found = found.filter(reason__in=("mention", "chat_mention", "quote"))
    lines = found.order_by().annotate(line=LINE).values("line").annotate(newest=Max("pk"))
    return lines.order_by("-newest").values_list("line", "newest")


def of_lines(actor: Actor, lines: Iterable[str], *, most: int = 1_000) -> list[Notice]:
    """The notices of these lines, with speakers and spaces, newest first: one query."""
    lines = list(lines)
    if not lines:
        return []
    alone = [int(line.partition(".")[2]) for line in lines if line.startswith("notice.")]
    found = inbox(actor).filter(Q(thread__in=[line for line in lines if not line.startswith("notice.")]) | Q(pk__in=alone))
    return list(found.select_related("activity__actor__page", "activity__on_behalf_of", "space")[:most])


def unread(actor: Actor) -> QuerySet[Notice, Any]:
    """What the bell counts: unread lines, at most 100 of them, which stand for more."""
    return inbox(actor).filter(unread=True, snoozed_until=None).order_by().annotate(line=LINE).values_list("line").distinct()[:100]


def unread_count(actor: Actor) -> int:
    """The bell's number."""
    return prepared.counts(actor, unread)[0]
