"""The only writer of notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from network import compiled, live
from network.activity.models import Activity
from network.spaces.models import Space
from notices.models import Notice

if TYPE_CHECKING:
    from network.spaces.actors import Actor


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


def mark_thread_read(actor: Actor, thread: str) -> int:
    """Seeing the thing itself marks what was told about it."""
    done = Notice.objects.filter(recipient=actor.user_id, thread=thread, unread=True).update(unread=False)
    if done:
        _ring([actor.user_id or 0])
    return done


def forget_thread(user_ids: Iterable[int], thread: str) -> None:
    """These people no longer see the thing: what they were told of it is marked read."""
    users = list(user_ids)
    if Notice.objects.filter(recipient__in=users, thread=thread, unread=True).update(unread=False):
        _ring(users)


def _speaker(activity: Activity) -> tuple[int, int]:
    if activity.on_behalf_of_id:
        return ContentType.objects.get_for_model(Space).pk, activity.on_behalf_of_id
    return ContentType.objects.get_for_model(activity.actor).pk, activity.actor_id


def _ring(user_ids: list[int]) -> None:
    """The bell on each open page of these people asks for its count again."""
    live.publish_all([(f"user.{user_id}", {"type": "hint", "kind": "notices"}) for user_id in user_ids])
