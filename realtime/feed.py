"""The feed is a query, not a copy: what happened, newest first, one line a topic, and the door is asked once more when it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import get_language

from forums.models import Post, Topic
from network.activity.models import Activity
from network.spaces.models import Follow, Space

if TYPE_CHECKING:
    from network.spaces.actors import Actor

TALK = ("opened", "replied", "answered")
WALL = ("posted",)
PLACES = ("opened_group", "registered")
KINDS: dict[str, tuple[str, ...]] = {"": TALK + WALL + PLACES, "topics": TALK, "wall": WALL, "places": PLACES}


@dataclass(slots=True)
class Item:
    """One line of the feed, ready to show."""

    activity: Activity
    html: str


def activities(actor: Actor, *, scope: str = "following", kind: str = "") -> QuerySet[Activity]:
    """What this actor may see of what happened. `scope`: "following" (my spaces, and whom I follow) or "network" (all of it)."""
    seen = Activity.objects.visible_to(actor).filter(verb__in=KINDS.get(kind, KINDS[""]))
    if scope == "following" and actor.user_id is not None:
        followed = Follow.objects.filter(user=actor.user_id).values("space")
        mine = Q(space__in=followed) | Q(on_behalf_of__in=followed) | Q(actor__page__in=followed)
        if actor.roles:
            mine |= Q(space__in=list(actor.roles))
        seen = seen.filter(mine)
    if actor.user_id is not None:
        seen = seen.exclude(actor__blocked_by__user=actor.user_id)
    newer = Activity.objects.filter(
        target_type=OuterRef("target_type"), target_id=OuterRef("target_id"), pk__gt=OuterRef("pk"), verb__in=TALK + WALL
    )
    return seen.filter(~Exists(newer)).order_by("-pk")


def page_of(actor: Actor, *, scope: str, kind: str, before: int | None = None) -> tuple[list[Item], int | None]:
    """A page of the feed older than `before`, and the number to ask for the next one with (None: that was all)."""
    found = activities(actor, scope=scope, kind=kind).select_related("actor__page", "on_behalf_of")
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: settings.PAGE_SIZE + 1])
    more = rows[settings.PAGE_SIZE - 1].pk if len(rows) > settings.PAGE_SIZE else None
    return items(actor, rows[: settings.PAGE_SIZE]), more


def count_after(actor: Actor, after: int, *, scope: str, kind: str) -> int:
    """How many lines are new since `after`, one's own left out; 99 is the most it says."""
    found = activities(actor, scope=scope, kind=kind).filter(pk__gt=after)
    if actor.user_id is not None:
        found = found.exclude(actor=actor.user_id)
    return found[:99].count()


def items(actor: Actor, rows: Iterable[Activity]) -> list[Item]:
    """The rows as HTML, in order. What the actor may no longer see is left out; a fixed number of queries, whatever is shown."""
    rows = list(rows)
    topic_type, post_type = (ContentType.objects.get_for_model(model).pk for model in (Topic, Post))
    topics = (
        Topic.objects.visible_to(actor).kept().with_author().in_bulk([row.target_id for row in rows if row.target_type_id == topic_type])
    )
    wanted = {row.object_id for row in rows if row.object_type_id == post_type}
    wanted |= {row.data["post"] for row in rows if row.verb in ("opened", "posted") and "post" in row.data}
    wanted |= {topic.answer_id for topic in topics.values() if topic.answer_id}
    posts = {
        post.pk: post
        for post in Post.objects.kept().filter(pk__in=wanted, topic__in=list(topics)).with_author().prefetch_related("attachments")
    }
    places = {row.object_id for row in rows if row.verb in PLACES}
    spaces = Space.objects.visible_to(actor).select_related("country").in_bulk(places) if places else {}
    shown = []
    for row in rows:
        if row.target_type_id == topic_type:
            topic = topics.get(row.target_id or 0)
            post = posts.get(row.object_id if row.object_type_id == post_type else row.data.get("post", 0))
            if topic is None or post is None:
                continue
            for each in (post, posts.get(topic.answer_id or 0)):
                if each is not None:
                    each.topic = topic
            html = _kept(
                f"{row.pk}:{topic.version}:{post.version}",
                f"forums/activity/{row.verb}.html",
                {"activity": row, "topic": topic, "post": post, "answer": posts.get(topic.answer_id or 0)},
            )
        else:
            space = spaces.get(row.object_id)
            if space is None:
                continue
            html = _kept(f"{row.pk}:0", f"spaces/activity/{row.verb}.html", {"activity": row, "space": space})
        shown.append(Item(row, html))
    return shown


def _kept(key: str, template: str, context: dict[str, Any]) -> str:
    """A line of the feed knows no viewer and is the same for all who may see it: rendered once a language and version."""
    cache, key = caches["fragments"], f"feed:{key}:{get_language()}"
    html = cache.get(key)
    if html is None:
        html = render_to_string(template, context)
        cache.set(key, html)
    return html
