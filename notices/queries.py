"""What of the notices a reader still may see: rights are asked when a notice is shown and counted, not only when it was written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Case, CharField, Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Value, When, Window
from django.db.models.functions import Cast, Coalesce, Concat, RowNumber

from chat.models import Message
from network import prepared
from network.activity.models import ActivityQuerySet
from network.spaces.actors import Actor
from network.spaces.models import Space
from notices.models import Level, Notice, SpaceMail

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
SPEAKER = Concat(
    Cast("actor_content_type", CharField()), Value("."), "actor_object_id", output_field=CharField()
)  # a person, or an institution
POINTED = ("mention", "chat_mention", "quote")  # said to the reader, not only near them
FACES = 8  # notices of a line that are read for its names; the rest is counted
_FRESH = Q(unread=True)


class Thread(NamedTuple):
    """A line of the inbox, counted: what it is, its newest notice, when it came (or came back), the oldest that is new, how many by how many."""

    line: str
    newest: int
    at: datetime
    oldest: int | None
    told: int
    people: int
    fresh: int
    fresh_people: int


def threads(actor: Actor, chosen: str = "", *, apart: Iterable[str] = ()) -> QuerySet[Notice, Any]:
    """The lines of the inbox, newest first; `chosen` is "", mentions, later or done, `apart` what stands elsewhere on the page."""
    lines = _chosen(actor, chosen).exclude(thread__in=list(apart)).order_by().annotate(line=LINE).values("line")
    return lines.annotate(
        newest=Max("pk"),
        at=Max(Coalesce("came_back_at", "timestamp")),
        oldest=Min("pk", filter=_FRESH),
        told=Count("pk"),
        people=Count(SPEAKER, distinct=True),
        fresh=Count("pk", filter=_FRESH),
        fresh_people=Count(SPEAKER, distinct=True, filter=_FRESH),
    ).order_by("-at", "-newest")


def of_lines(actor: Actor, lines: Iterable[str], chosen: str = "") -> list[Notice]:
    """The first few notices of each of these lines, with speakers and spaces: what is new first, of that what names the reader; one query."""
    lines = list(lines)
    if not lines:
        return []
    alone = [int(line.partition(".")[2]) for line in lines if line.startswith("notice.")]
    found = _chosen(actor, chosen).filter(Q(thread__in=[line for line in lines if not line.startswith("notice.")]) | Q(pk__in=alone))
    pointed = Case(When(reason__in=POINTED, then=1), default=0)
    # A thread may have been told a thousand times: the page reads a handful of each.
    place = Window(RowNumber(), partition_by=LINE, order_by=[F("unread").desc(), pointed.desc(), F("pk").desc()])
    few = found.annotate(place=place).filter(place__lte=FACES).order_by("place")
    return list(few.select_related("activity__actor__page", "activity__on_behalf_of", "space"))


def _chosen(actor: Actor, chosen: str) -> QuerySet[Notice]:
    found = inbox(actor)
    if chosen == "done":
        return found.filter(done=True)
    if chosen == "later":
        return found.filter(snoozed_until__isnull=False)
    found = found.filter(done=False, snoozed_until=None)
    return found.filter(reason__in=POINTED) if chosen == "mentions" else found


def level_of(actor: Actor, space: Space) -> str:
    """How much the actor hears of a space: what they chose, else what is usual there."""
    chosen = Level.objects.filter(space=space, user=actor.user_id).values_list("level", flat=True).first()
    return chosen or SpaceMail.objects.filter(space=space).values_list("level", flat=True).first() or Level.Of.NORMAL


def unread(actor: Actor) -> QuerySet[Notice, Any]:
    """What the bell counts: unread lines, at most 100 of them, which stand for more."""
    return inbox(actor).filter(unread=True, snoozed_until=None).order_by().annotate(line=LINE).values_list("line").distinct()[:100]


def unread_count(actor: Actor) -> int:
    """The bell's number."""
    return prepared.counts(actor, unread)[0]
