"""What a person does with a line of their inbox: done with it, or not now. A line is a thread, or a notice that stands alone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat import actions as chat
from chat.models import Conversation
from forums import actions as forums
from forums.models import Topic, Watch
from notices.actions.notices import ring
from notices.models import Notice

if TYPE_CHECKING:
    from network.spaces.actors import Actor


def line_of(actor: Actor, notice: Notice) -> QuerySet[Notice]:
    """The notices of the same line: all of its thread, or itself."""
    mine = Notice.objects.filter(recipient=actor.user_id)
    return mine.filter(thread=notice.thread) if notice.thread else mine.filter(pk=notice.pk)


@transaction.atomic
def finish(actor: Actor, notice: Notice, *, done: bool = True) -> None:
    """Put a line away, read; or take it back. What happens later in the same thread stands in the inbox again."""
    fields = {"done": True, "unread": False, "snoozed_until": None} if done else {"done": False}
    if line_of(actor, notice).update(**fields):
        ring([actor.user_id or 0])


@transaction.atomic
def snooze(actor: Actor, notice: Notice, until: datetime) -> None:
    """Not now: the line is away until then, or until something new happens in it. ValidationError for a time that is past."""
    if until <= timezone.now():
        raise ValidationError(_("Choose a time to come."))
    line_of(actor, notice).update(snoozed_until=until, done=False)
    ring([actor.user_id or 0])


@transaction.atomic
def wake(actor: Actor, notice: Notice) -> None:
    """Not put off after all."""
    line_of(actor, notice).update(snoozed_until=None)
    ring([actor.user_id or 0])


@transaction.atomic
def mute(actor: Actor, notice: Notice, *, muted: bool) -> bool:
    """Hear no more of the topic or conversation that a line is about; False when it is about neither. What was told of it is read."""
    kind, _dot, number = notice.thread.partition(".")
    if kind == "topic":
        topic = Topic.objects.visible_to(actor).select_related("space").get(pk=int(number))
        forums.watch(actor, topic, Watch.Level.MUTED if muted else Watch.Level.NORMAL)
    elif kind == "conversation":
        chat.mute(actor, Conversation.objects.visible_to(actor).with_participants().get(pk=int(number)), muted=muted)
    else:
        return False
    if muted:
        line_of(actor, notice).update(unread=False)
        ring([actor.user_id or 0])
    return True


def come_back() -> int:
    """What was put off until now stands in the inbox again, unread, and the bell rings; returns how many notices."""
    due = Notice.objects.filter(snoozed_until__lte=timezone.now())
    people = list(due.order_by().values_list("recipient", flat=True).distinct()[:1000])
    count = due.filter(recipient__in=people).update(snoozed_until=None, unread=True)
    if people:
        ring(people)
    return count
