"""Telling people, and what they do with what they were told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from chat.models import Message
from forums.models import Post
from network import compiled, live
from network.activity.models import Activity
from network.activity.recording import later
from network.spaces.actors import Actor, actors
from network.spaces.models import Space
from notices import wishes
from notices.kinds import HOURLY, NOW, OF_REASON, role_of
from notices.models import Notice

if TYPE_CHECKING:
    from notices.kinds import Wish

PUSHED_AT_ONCE = 100  # people in one job: it outlives no lease

_TEXTS: Mapping[str, type[Model]] = {"conversation": Message, "topic": Post}  # what a thread is made of


@transaction.atomic
def tell(activity: Activity, reasons: Mapping[int, str], *, path: str, thread: str = "", people: Mapping[int, Actor] | None = None) -> int:
    """Tell each person of this activity as they wish, once however often it is asked; returns how many were asked for.

    `reasons`: person's number → why they are told. Who may not see it must have been left out by the caller, who may have the `people`
    at hand already. A fixed number of queries, however many they are.
    """
    if not reasons:
        return 0
    grids = _grids(reasons, people if people is not None else actors(reasons))
    pending = _pending(thread, reasons) if "message" in reasons.values() else set()
    rows, pushed, now = [], [], timezone.now()
    for user_id, reason in reasons.items():
        wish, has_device = grids[user_id]
        due = _mail_due(wish, now)
        is_pushed = wish.push and has_device
        if (wish.shown or wish.mail != "none" or is_pushed) and not (reason == "message" and user_id in pending):
            rows.append((user_id, reason, wish.shown, due))
        if is_pushed:
            pushed.append(user_id)
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
    if thread:
        _wake(activity, thread, [user_id for user_id, _reason, is_shown, _due in rows if is_shown])
    # A busy topic has dozens of watchers, told at every post: a row each through the ORM took most of what telling cost.
    compiled.insert_alike(notice, ("recipient", "reason", "shown", "mail_due"), rows)
    for first in range(0, len(pushed), PUSHED_AT_ONCE):
        some = pushed[first : first + PUSHED_AT_ONCE]
        # The activity may be told again: the same people are pushed once.
        later("push.send", unique_key=f"push:{activity.pk}:{some[0]}", activity_id=activity.pk, users=some, path=path, thread=thread)
    if shown := [user_id for user_id, _reason, is_shown, _due in rows if is_shown]:
        transaction.on_commit(partial(ring, shown), robust=True)
    return len(reasons)


def mark_read(actor: Actor, notice: Notice) -> None:
    """Seen; reading twice is quiet."""
    if Notice.objects.filter(pk=notice.pk, recipient=actor.user_id, unread=True).update(unread=False):
        ring([actor.user_id or 0])


def mark_all_read(actor: Actor) -> int:
    """All that stand in the inbox now, not what comes meanwhile."""
    done = Notice.objects.filter(recipient=actor.user_id, unread=True, timestamp__lte=timezone.now()).update(unread=False)
    if done:
        ring([actor.user_id or 0])
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
        ring([actor.user_id or 0])
    return done


def forget_thread(thread: str, user_ids: Iterable[int] | None = None, *, before: datetime | None = None) -> None:
    """These people, or all, no longer see the thing: what they were told of it (`before` that moment) is marked read."""
    found = Notice.objects.filter(thread=thread, unread=True)
    if before is not None:
        found = found.filter(timestamp__lt=before)
    if user_ids is not None:
        found = found.filter(recipient__in=list(user_ids))
    if users := list(found.order_by().values_list("recipient", flat=True).distinct()):
        found.update(unread=False)
        ring(users)


def _grids(reasons: Mapping[int, str], people: Mapping[int, Actor]) -> dict[int, tuple[Wish, bool]]:
    """How each is to be told, and whether they have a device: one query."""
    numbers = _numbers(reasons)
    found = compiled.ask(
        "SELECT p.user_id, p.choices, EXISTS (SELECT 1 FROM notices_device d WHERE d.user_id = p.user_id)"  # noqa: S608  # nosec B608 # numbers
        f" FROM notices_preferences p WHERE p.user_id IN ({numbers})"
    )
    chosen = {user_id: (json.loads(kept) if isinstance(kept, str) else kept, bool(has)) for user_id, kept, has in found}
    grids: dict[int, tuple[Wish, bool]] = {}
    for user_id, reason in reasons.items():
        choices, has_device = chosen.get(user_id, ({}, False))
        actor = people.get(user_id)
        grids[user_id] = wishes.of(choices, role_of(actor) if actor is not None else "fresh", OF_REASON[reason]), has_device
    return grids


def _wake(activity: Activity, thread: str, user_ids: Iterable[int]) -> None:
    """What these people put off of a thread stands in their inbox again: something new happened in it. Told twice, it wakes once."""
    compiled.run(
        "UPDATE notices_notice SET snoozed_until = NULL WHERE thread = %s AND snoozed_until IS NOT NULL"  # noqa: S608  # nosec B608 # numbers
        f" AND recipient_id IN ({_numbers(user_ids)})"
        " AND NOT EXISTS (SELECT 1 FROM notices_notice told WHERE told.recipient_id = notices_notice.recipient_id AND told.activity_id = %s)",
        thread,
        activity.pk,
    )


def _pending(thread: str, user_ids: Iterable[int]) -> set[int]:
    """For whom an earlier message of this conversation waits already: one line a conversation is enough."""
    rows = compiled.ask(
        "SELECT recipient_id FROM notices_notice WHERE thread = %s AND reason = %s AND unread AND mail_id IS NULL"  # noqa: S608  # nosec B608 # numbers
        f" AND recipient_id IN ({_numbers(user_ids)})",
        thread,
        "message",
    )
    return {user_id for (user_id,) in rows}


def _numbers(user_ids: Iterable[int]) -> str:
    return ", ".join(str(int(user_id)) for user_id in user_ids) or "NULL"


def _mail_due(wish: Wish, now: datetime) -> datetime | None:
    """When it may be mailed by itself; quiet hours are asked for then. None: in the digest, or never."""
    if wish.mail == NOW:
        return now + timedelta(seconds=settings.MAIL_GRACE_SECONDS)
    if wish.mail == HOURLY:
        return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return None


def _speaker(activity: Activity) -> tuple[int, int]:
    if activity.on_behalf_of_id:
        return ContentType.objects.get_for_model(Space).pk, activity.on_behalf_of_id
    return ContentType.objects.get_for_model(activity.actor).pk, activity.actor_id


def ring(user_ids: list[int]) -> None:
    """The bell on each open page of these people asks for its count again."""
    live.publish_all([(f"user.{user_id}", {"type": "hint", "kind": "notices"}) for user_id in user_ids])
