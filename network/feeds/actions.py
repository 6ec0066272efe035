"""The only writer of other websites' feeds and of what they bring."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from network import live
from network.activity.recording import record
from network.content import Audience
from network.entities.models import Entity
from network.feeds.fetch import Failed, Found, fetch, is_fetchable
from network.feeds.models import MOST_FEEDS, MOST_ITEMS, ExternalFeed, ExternalItem, Problem
from network.permissions import check
from network.text.clean import clean_html
from network.text.language import language_of
from network.text.plain import excerpt

if TYPE_CHECKING:
    from network.spaces.actors import Actor

EVERY = timedelta(hours=1)
LONGEST_WAIT = timedelta(hours=24)
GIVE_UP = 8  # failures in a row, over some three days


@transaction.atomic
def add(actor: Actor, entity: Entity, *, url: str) -> ExternalFeed:
    """Let an institution's own website tell its news here. ValidationError for an address that cannot be, is there, or is one too many."""
    entity = Entity.objects.select_for_update(of=("self",)).get(pk=entity.pk)
    check(actor, "feed.manage", entity)
    if not is_fetchable(url):
        raise ValidationError({"url": Problem.ADDRESS.label})
    if ExternalFeed.objects.filter(entity=entity, url=url).exists():
        raise ValidationError({"url": _("This feed is here already.")})
    if ExternalFeed.objects.filter(entity=entity).count() >= MOST_FEEDS:
        raise ValidationError(
            ngettext_lazy("An institution has at most %(n)s feed.", "An institution has at most %(n)s feeds.", MOST_FEEDS)
            % {"n": MOST_FEEDS}
        )
    feed = ExternalFeed.objects.create(entity=entity, url=url, added_by=actor.person)
    record(actor.in_office(entity), "feed_added", entity, space=entity, reach=Audience.MANAGERS, soon=False, url=url)
    return feed


@transaction.atomic
def pause(actor: Actor, feed: ExternalFeed, *, paused: bool) -> ExternalFeed:
    """Leave a feed alone, or ask it again, also one that was given up; twice is quiet."""
    feed = ExternalFeed.objects.select_for_update(of=("self",)).select_related("entity").get(pk=feed.pk)
    check(actor, "feed.manage", feed.entity)
    if paused == (not feed.is_on):
        return feed
    feed.paused_at = timezone.now() if paused else None
    if not paused:
        feed.stopped_at, feed.failures, feed.next_at = None, 0, timezone.now()
    feed.save()
    record(
        actor.in_office(feed.entity),
        "feed_paused" if paused else "feed_resumed",
        feed.entity,
        space=feed.entity,
        reach=Audience.MANAGERS,
        soon=False,
        url=feed.url,
    )
    return feed


@transaction.atomic
def remove(actor: Actor, feed: ExternalFeed) -> None:
    """Take a feed away, with all that it brought."""
    feed = ExternalFeed.objects.select_for_update(of=("self",)).select_related("entity").get(pk=feed.pk)
    check(actor, "feed.manage", feed.entity)
    entity = feed.entity
    feed.delete()
    record(actor.in_office(entity), "feed_removed", entity, space=entity, reach=Audience.MANAGERS, soon=False, url=feed.url)
    transaction.on_commit(lambda: live.publish(f"space.{entity.pk}", {"kind": "hint"}), robust=True)


def refresh(feed: ExternalFeed) -> int | None:
    """Ask the website, outside of any transaction, and keep what it says. How many were new; None when it failed (the feed says why)."""
    try:
        found = fetch(feed.url, etag=feed.etag, modified=feed.modified)
    except Failed as failed:
        _failed(feed.pk, failed)
        return None
    return _take(feed.pk, found)


@transaction.atomic
def _failed(feed_id: int, failed: Failed) -> None:
    feed = ExternalFeed.objects.select_for_update().filter(pk=feed_id).first()
    if feed is None:  # removed meanwhile
        return
    now = timezone.now()
    feed.failures += 1
    feed.problem, feed.status, feed.fetched_at = failed.problem, failed.status, now
    feed.next_at = now + min(EVERY * 2 ** min(feed.failures, 6), LONGEST_WAIT)
    if feed.failures >= GIVE_UP and feed.stopped_at is None:
        feed.stopped_at = now
    feed.save()


@transaction.atomic
def _take(feed_id: int, found: Found) -> int:
    feed = ExternalFeed.objects.select_for_update(of=("self",)).filter(pk=feed_id).select_related("entity").first()
    if feed is None:
        return 0
    now = timezone.now()
    feed.failures, feed.problem, feed.status, feed.stopped_at = 0, "", None, None
    feed.fetched_at, feed.next_at = now, now + EVERY
    new = 0
    if found.fresh:
        feed.etag, feed.modified = found.etag, found.modified
        feed.title = _words(found.title, 200)
        rows = [row for entry in found.entries if (row := _row(feed, entry, found.language, now)) is not None]
        held = set(feed.items.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
        new = len({row.key for row in rows} - held)
        # What was told before is told as it is now: its title may have been mended.
        ExternalItem.objects.bulk_create(
            list({row.key: row for row in reversed(rows)}.values()),
            update_conflicts=True,
            unique_fields=["feed", "key"],
            update_fields=["title", "link", "excerpt", "language"],
        )
        old = feed.items.order_by("-published", "-pk").values_list("pk", flat=True)[MOST_ITEMS : MOST_ITEMS + 1_000]
        feed.items.filter(pk__in=list(old)).delete()
    feed.save()
    if new:
        transaction.on_commit(lambda: live.publish(f"space.{feed.entity_id}", {"kind": "hint"}), robust=True)
    return new


def _row(feed: ExternalFeed, entry: dict[str, Any], language: str, now: datetime) -> ExternalItem | None:
    """What is kept of an entry; None for one that leads nowhere or says nothing."""
    title, link = _words(entry["title"], 300), entry["link"].strip()
    if not re.fullmatch(r"https?://[^\s<>\"'\\]{3,}", link) or len(link) > 1000:
        return None
    words = _words(entry["html"], 300)
    if not title and not words:
        return None
    at = entry["at"]
    published = datetime.fromtimestamp(at, UTC) if isinstance(at, int) and 0 < at < now.timestamp() else now
    return ExternalItem(
        feed=feed,
        key=hashlib.sha256((entry["id"] or link).encode("utf-8", "replace")).hexdigest(),
        title=title or words[:300],
        link=link,
        published=published,
        excerpt=words if words != title else "",
        language=language_of(f"{title} {words}", language or "ar"),
    )


def _words(html: str, length: int) -> str:
    """Plain words in one line, whether the website meant text or HTML."""
    try:
        return excerpt(clean_html(html).html, length)
    except ValidationError:  # nested or long beyond any text
        return ""
