"""What telling costs: digests composed and handed to a mail server that takes all, and one reply in a space of 5,000 watchers."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

PEOPLE, WATCHERS, FEW = 500, 5_000, 50


def notices(rounds: int, row: Callable[..., Any]) -> list[Any]:
    """The rows of the table; the world is left as it was."""
    from django.db import transaction  # noqa: PLC0415 -- after setup

    digests = row("building digests, CPU of 100", 2.0, "s")
    told = row(f"a reply told to {WATCHERS:,} watchers", 1.0, "s CPU")
    queries = row(f"queries for {WATCHERS:,} watchers, beyond {FEW}", 0, "queries")
    for _ in range(min(rounds, 3)):
        with transaction.atomic():
            digests.values.append(_digests(digests))
            transaction.set_rollback(True)
        with transaction.atomic():
            _seconds, few = _reply(FEW)
            transaction.set_rollback(True)
        with transaction.atomic():
            seconds, many = _reply(WATCHERS)
            told.values.append(seconds)
            queries.values.append(max(many - few, 0))
            queries.note = f"{many} and {few}"
            transaction.set_rollback(True)
    return [digests, told, queries]


def _digests(row: Any) -> float:
    """Everybody of the world gets one; CPU seconds for each hundred that had something to say."""
    from django.conf import settings  # noqa: PLC0415 -- after setup
    from django.utils import timezone  # noqa: PLC0415

    from notices.actions.preferences import meet  # noqa: PLC0415
    from notices.mail import outbox, rounds  # noqa: PLC0415
    from notices.models import Mail, Preferences  # noqa: PLC0415

    settings.MAIL_TRANSPORT = "django.core.mail.backends.dummy.EmailBackend"
    while meet():
        pass
    now = timezone.now()
    # A Wednesday noon: everybody's working day, behind everybody's hour; a month of the world is new.
    at = (now + timedelta(days=(2 - now.weekday()) % 7)).replace(hour=12, minute=0)
    Preferences.objects.update(next_digest_at=now - timedelta(days=1), last_digest_at=now - timedelta(days=30))
    while rounds.open_windows(at):
        pass
    waiting = list(Mail.objects.filter(kind="digest").values_list("pk", flat=True)[:PEOPLE])
    began = time.process_time()
    states = [outbox.send(mail_id) for mail_id in waiting]
    spent = time.process_time() - began
    sent = states.count("sent")
    row.note = f"{sent} of {len(states)} had something to say"
    return spent * 100 / max(sent, 1)


def _reply(watchers: int) -> tuple[float, int]:
    """CPU seconds and queries of telling so many watchers of one reply: the worker's part."""
    from django.db import connection  # noqa: PLC0415 -- after setup
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from forums import actions as forums  # noqa: PLC0415
    from forums.models import Topic  # noqa: PLC0415
    from network.activity.models import Activity  # noqa: PLC0415
    from network.content import Audience  # noqa: PLC0415
    from network.spaces.actors import Actor, forget  # noqa: PLC0415
    from network.spaces.models import Membership, Space  # noqa: PLC0415
    from notices.models import Level, Notice  # noqa: PLC0415
    from notices.subscribers import notify  # noqa: PLC0415
    from profiles.models import User  # noqa: PLC0415

    topic = Topic.objects.kept().filter(board__isnull=False, closed_at=None).order_by("-pk").select_related("space").first()
    assert topic is not None
    writer = Membership.objects.filter(space=topic.space_id, user__isnull=False).select_related("user__page").first()
    assert writer is not None
    users = User.objects.bulk_create(User(email=f"watcher{number}@example.org") for number in range(watchers))
    Space.objects.bulk_create(
        Space(kind="person", user=user, handle=f"watcher{number}", name_ar="مشاهد", monogram="م", audience=Audience.NETWORK)
        for number, user in enumerate(users)
    )
    Membership.objects.bulk_create(Membership(space=topic.space, user=user, approved_by=writer.user) for user in users)
    Level.objects.bulk_create(Level(space=topic.space, user=user, level="watching") for user in users)
    post = forums.reply(Actor.of(writer.user), topic, body="<p>خبر للجميع</p>")
    activity = Activity.objects.get(verb="replied", object_id=post.pk)
    forget()
    with CaptureQueriesContext(connection) as asked:
        notify(activity)
    forget()
    Notice.objects.filter(activity=activity).delete()
    began = time.process_time()
    notify(activity)
    spent = time.process_time() - began
    assert Notice.objects.filter(activity=activity).count() >= watchers
    return spent, len(asked)
