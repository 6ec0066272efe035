"""The only writer of notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from chat.models import Message
from forums.models import Post
from network import compiled, live
from network.activity.models import Activity
from network.spaces.models import Space
from notices.models import Notice

if TYPE_CHECKING:
    from network.spaces.actors import Actor


_TEXTS: Mapping[str, type[Model]] = {"conversation": Message, "topic": Post}  # what a thread is made of


@transaction.atomic
def tell(activity: Activity, reasons: Mapping[int, str], *, path: str, thread: str = "") -> int:
    """Write a notice of this activity for each person, once however often it is asked; returns how many were asked for.

    `reasons`: person's number → why they are told. Who may not see it must have been left out by the caller.
    """
    speaker_type, speaker_id = _speaker(activity)
    notice = Notice(
        activity=activity,
        verb=activity.verb,
        actor_content_type_id=speaker_type,
        actor_object_id=str(speaker_id),
        target_content_type_id=activity.target_type_id,
        target_object_id=str(activity.target_id) if activity.target_id else None,
        action_object_content_type_id=activity.object_type_id,
        action_object_object_id=str(activity.object_id),
        space_id=activity.space_id,
        path=path,
        thread=thread,
        public=False,
        timestamp=activity.created_at,
    )
    # A busy topic has dozens of watchers, told at every post: a row each through the ORM took most of what telling cost.
    compiled.insert_alike(notice, ("recipient", "reason"), reasons.items())
    transaction.on_commit(partial(_ring, list(reasons)), robust=True)
    return len(reasons)


def mark_read(actor: Actor, notice: Notice) -> None:
    """Seen; reading twice is quiet."""
    if Notice.objects.filter(pk=notice.pk, recipient=actor.user_id, unread=True).update(unread=False):
        _ring([actor.user_id or 0])


def mark_unread(actor: Actor, notice: Notice) -> None:
    if Notice.objects.filter(pk=notice.pk, recipient=actor.user_id, unread=False).update(unread=True):
        _ring([actor.user_id or 0])


def mark_all_read(actor: Actor) -> int:
    """All that stand in the inbox now, not what comes meanwhile."""
    done = Notice.objects.filter(recipient=actor.user_id, unread=True, timestamp__lte=timezone.now()).update(unread=False)
    if done:
        _ring([actor.user_id or 0])
    return done


def mark_thread_read(actor: Actor, thread: str, *, upto: int | None = None) -> int:
    """Seeing the thing itself marks what was told about it; with `upto`, what stands after that number there waits."""
    found = Notice.objects.filter(recipient=actor.user_id, thread=thread, unread=True)
    if upto is not None and (texts := _TEXTS.get(thread.partition(".")[0])) is not None:
        of_texts = found.filter(action_object_content_type=ContentType.objects.get_for_model(texts))
        numbers = [int(number) for number in of_texts.values_list("action_object_object_id", flat=True) if number]
        later = texts._default_manager.filter(pk__in=numbers, number__gt=upto).values_list("pk", flat=True)
        found = found.exclude(pk__in=of_texts.filter(action_object_object_id__in=[str(pk) for pk in later]).values("pk"))
    done = found.update(unread=False)
    if done:
        _ring([actor.user_id or 0])
    return done


def forget_thread(thread: str, user_ids: Iterable[int] | None = None) -> None:
    """These people, or all, no longer see the thing: what they were told of it is marked read."""
    found = Notice.objects.filter(thread=thread, unread=True)
    if user_ids is not None:
        found = found.filter(recipient__in=list(user_ids))
    if users := list(found.order_by().values_list("recipient", flat=True).distinct()):
        found.update(unread=False)
        _ring(users)


def _speaker(activity: Activity) -> tuple[int, int]:
    if activity.on_behalf_of_id:
        return ContentType.objects.get_for_model(Space).pk, activity.on_behalf_of_id
    return ContentType.objects.get_for_model(activity.actor).pk, activity.actor_id


def _ring(user_ids: list[int]) -> None:
    """The bell on each open page of these people asks for its count again."""
    live.publish_all([(f"user.{user_id}", {"type": "hint", "kind": "notices"}) for user_id in user_ids])
