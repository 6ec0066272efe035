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
from chat.models import Conversation, Seat
from forums import actions as forums
from forums.models import Topic, Watch
from notices.actions.notices import ring
from notices.models import Notice

if TYPE_CHECKING:
    from network.spaces.actors import Actor


def line_of(actor: Actor, notice: Notice) -> QuerySet[Notice]:
    """The notices of the same line as far as the reader saw it: its thread up to this notice, or itself. What came meanwhile is not theirs yet."""
    mine = Notice.objects.filter(recipient=actor.user_id)
    return mine.filter(thread=notice.thread, pk__lte=notice.pk) if notice.thread else mine.filter(pk=notice.pk)


def mark(actor: Actor, notice: Notice, *, read: bool) -> None:
    """The whole line is read; or its newest is not, which brings the line back to the eye."""
    line = (
        line_of(actor, notice).filter(unread=True) if read else Notice.objects.filter(pk=notice.pk, recipient=actor.user_id, unread=False)
    )
    if line.update(unread=not read):
        ring([actor.user_id or 0])


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
def mute(actor: Actor, notice: Notice) -> str:
    """Hear no more of the topic or conversation that a line is about. What was told of it is read.

    Returns what held before, for `unmute`. ObjectDoesNotExist when it is about neither, or about one that the actor no longer sees.
    """
    thing = _thing(actor, notice)
    if isinstance(thing, Topic):
        was = Watch.objects.filter(topic=thing, user=actor.person).values_list("level", flat=True).first() or ""
        forums.watch(actor, thing, Watch.Level.MUTED)
    else:
        was = "muted" if Seat.objects.filter(conversation=thing, user=actor.person, muted_at__isnull=False).exists() else ""
        chat.mute(actor, thing, muted=True)
    if line_of(actor, notice).filter(unread=True).update(unread=False):
        ring([actor.user_id or 0])
    return was


@transaction.atomic
def unmute(actor: Actor, notice: Notice, was: str) -> None:
    """Hear of it as before: `was` is what `mute` returned. ObjectDoesNotExist as there; ValidationError for a level that does not exist."""
    thing = _thing(actor, notice)
    if not isinstance(thing, Topic):
        chat.mute(actor, thing, muted=was == "muted")
    elif was:
        forums.watch(actor, thing, was)
    else:
        forums.unwatch(actor, thing)


def come_back() -> int:
    """What was put off until now stands on top of the inbox again, unread, and the bell rings; returns how many notices."""
    now = timezone.now()
    due = Notice.objects.filter(snoozed_until__lte=now)
    people = list(due.order_by().values_list("recipient", flat=True).distinct()[:1000])
    count = due.filter(recipient__in=people).update(snoozed_until=None, unread=True, came_back_at=now)
    if people:
        ring(people)
    return count


def _thing(actor: Actor, notice: Notice) -> Topic | Conversation:
    kind, _dot, number = notice.thread.partition(".")
    if kind == "topic":
        return Topic.objects.visible_to(actor).select_related("space").get(pk=int(number))
    if kind == "conversation":
        return Conversation.objects.visible_to(actor).with_participants().get(pk=int(number))
    raise Notice.DoesNotExist(notice.thread)
