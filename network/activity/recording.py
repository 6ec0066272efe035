"""record(): what happened becomes a row in the same transaction; the world is told only after commit."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils.module_loading import import_string

from network import compiled
from network.activity.jobs import lane_of
from network.activity.models import Activity, Job
from network.content import Audience

if TYPE_CHECKING:
    from network.spaces.actors import Actor


def record(  # noqa: PLR0913 -- a sentence has these parts, each by its name
    actor: Actor,
    verb: str,
    object: models.Model,
    *,
    target: models.Model | None = None,
    space: Any = None,
    reach: int | None = None,
    soon: bool = True,
    **data: Any,
) -> Activity:
    """Write down that `actor` did `verb` (past tense) to `object`; call it inside the action's transaction.

    `space` and `reach` default to those of the target, then of the object, so that the row is seen by whoever sees the thing,
    also when that changes later; a `reach` given here stays the widest it will ever have.
    Subscribers in ACTIVITY_NOW hear of it right after commit; those in ACTIVITY_SOON through the queue, at least once, unless `soon`
    says that none of them has anything to do.
    """
    thing: Any = target if target is not None and hasattr(target, "space_id") else object
    activity = Activity(
        actor=actor.person,
        on_behalf_of_id=actor.entity_id,
        verb=verb,
        object_type=ContentType.objects.get_for_model(object),
        object_id=object.pk,
        target_type=ContentType.objects.get_for_model(target) if target is not None else None,
        target_id=target.pk if target is not None else None,
        space_id=space.pk if space is not None else getattr(thing, "space_id", None),
        audience=reach if reach is not None else Audience.PUBLIC,
        reach=reach if reach is not None else getattr(thing, "reach", Audience.MANAGERS),
        data=data,
    )
    compiled.insert(activity)
    # The generic keys remember what the action holds, so that the subscribers of this process need not fetch it again.
    activity.object = object
    if target is not None:
        activity.target = target
    if soon:
        later("activity.deliver", activity_id=activity.pk)
    transaction.on_commit(partial(_announce, activity), robust=True)
    return activity


def later(name: str, *, unique_key: str | None = None, due_at: Any = None, **args: Any) -> None:
    """Put work in the queue, in the caller's transaction; with a `unique_key`, once however often it is asked for."""
    job = Job(name=name, args=args, unique_key=unique_key, lane=lane_of(name))
    if due_at is not None:
        job.due_at = due_at
    if unique_key is not None:
        compiled.insert_quietly(job)
    else:
        compiled.insert(job)


def later_all(name: str, work: Iterable[tuple[str, dict[str, Any]]]) -> None:
    """Put much work of one name in the queue at once: (unique key, arguments) of each."""
    lane = lane_of(name)
    Job.objects.bulk_create([Job(name=name, lane=lane, unique_key=key, args=args) for key, args in work], ignore_conflicts=True)


def _announce(activity: Activity) -> None:
    for name in settings.ACTIVITY_NOW:
        import_string(name)(activity)
