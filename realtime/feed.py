"""The feed is a query, not a copy: what happened, newest first, one line a topic, and the door is asked once more when it is shown."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.utils.translation import get_language

from forums.models import Post, Topic
from forums.rows import faces_of
from network import prepared
from network.activity.models import Activity
from network.files.shown import shown_files
from network.spaces.models import Follow, Space
from network.ties.models import Offer, Tie

if TYPE_CHECKING:
    from network.spaces.actors import Actor

TALK = ("opened", "replied", "answered")
WALL = ("posted",)
TIES = ("tie_accepted", "offered")
PLACES = ("opened_group", "registered", "welcomed", *TIES)
KINDS: dict[str, tuple[str, ...]] = {"": TALK + WALL + PLACES, "topics": TALK, "wall": TALK + WALL, "places": PLACES}


class Row(NamedTuple):
    """What is read of an activity before it is known whether its line must be rendered."""

    pk: int
    verb: str
    object_type: int
    object: int
    target_type: int | None
    target: int | None
    data: dict[str, Any]

    @property
    def post(self) -> int | None:
        """The post that this line shows: the topic's first, or the one that was written or accepted."""
        return self.data.get("post") if self.verb in ("opened", "posted") else self.object


_GONE = Exists(Post.objects.filter(pk=OuterRef("object_id")).exclude(deleted_at=None))
NEWEST = 2**60  # older than this is everything
# As the columns are called; the JSON comes last.
FIELDS = ("pk", "verb", "object_type_id", "object_id", "target_type_id", "target_id", "data")


class Item(NamedTuple):
    """One line of the feed, ready to show."""

    pk: int
    html: str


def activities(actor: Actor, *, scope: str = "following", kind: str = "") -> QuerySet[Activity]:
    """What this actor may see of what happened. `scope`: "following" (my spaces, and whom I follow) or "network" (all of it)."""
    told = Activity.objects.exclude(_GONE, verb__in=("replied", "answered"))
    if actor.user_id is not None:
        told = told.exclude(actor__blocked_by__user=actor.user_id)
        if scope == "following":
            own = Q(user=actor.user_id)
            if actor.mandates:
                own |= Q(entity__in=list(actor.mandates))
            followed = Follow.objects.filter(own).values("space")
            mine = Q(space__in=followed) | Q(on_behalf_of__in=followed) | Q(actor__page__in=followed)
            if actor.roles:
                mine |= Q(space__in=list(actor.roles))
            told = told.filter(mine)
    seen = told.visible_to(actor).filter(verb__in=KINDS.get(kind, KINDS[""]))
    if kind in ("topics", "wall"):
        # A reply on a wall is news of the wall.
        on_wall = Exists(Topic.objects.walls().filter(pk=OuterRef("target_id")))
        seen = seen.filter(on_wall if kind == "wall" else ~on_wall)
    # One line a topic, the newest that this reader is told: what they do not hear must not hide what they do.
    newer = told.filter(target_type=OuterRef("target_type"), target_id=OuterRef("target_id"), pk__gt=OuterRef("pk"), verb__in=TALK + WALL)
    return seen.filter(~Exists(newer)).order_by("-pk")


def page_of(actor: Actor, *, scope: str, kind: str, before: int | None = None) -> tuple[list[Item], int | None]:
    """A page of the feed older than `before`, and the number to ask for the next one with (None: that was all)."""
    found = prepared.rows(actor, f"feed:{scope}:{kind}", partial(_older, scope=scope, kind=kind), before if before is not None else NEWEST)
    rows = [Row._make((*values[:-1], json.loads(values[-1]) if isinstance(values[-1], str) else values[-1])) for values in found]
    more = rows[settings.PAGE_SIZE - 1].pk if len(rows) > settings.PAGE_SIZE else None
    return items(actor, rows[: settings.PAGE_SIZE]), more


def _older(actor: Actor, before: int, *, scope: str, kind: str) -> QuerySet[Activity, Any]:
    return activities(actor, scope=scope, kind=kind).filter(pk__lt=before).values_list(*FIELDS)[: settings.PAGE_SIZE + 1]


def count_after(actor: Actor, after: int, *, scope: str, kind: str) -> int:
    """How many lines are new since `after`, one's own left out; 99 is the most it says."""
    found = activities(actor, scope=scope, kind=kind).filter(pk__gt=after)
    if actor.user_id is not None:
        found = found.exclude(actor=actor.user_id)
    return found[:99].count()


def items(actor: Actor, rows: list[Row]) -> list[Item]:
    """The rows as HTML, in order; what the actor may no longer see is left out.

    Asks for the versions first, through the door, and only for what no reader before has seen in this language loads the rest:
    a fixed number of queries, whatever is shown.
    """
    topic_type = ContentType.objects.get_for_model(Topic).pk
    talk = [row for row in rows if row.target_type == topic_type]
    wanted = sorted({row.target or 0 for row in talk})
    topics: dict[int, int] = dict(prepared.rows(actor, "feed:topics", _versions, among=wanted))
    keys = {row.pk: f"feed:{row.pk}:{topics[row.target]}:{get_language()}" for row in talk if row.target in topics}
    for name, seen in (("spaces", _seen), ("ties", _seen_ties), ("offers", _seen_offers)):
        those = [row for row in rows if row.target_type != topic_type and _sort(row) == name]
        found = prepared.rows(actor, f"feed:{name}", seen, among=sorted({row.object for row in those}))
        there = {pk: ":".join(f"{part}:".replace(" ", "T") for part in rest) for pk, *rest in found}
        keys |= {row.pk: f"feed:{row.pk}:{there[row.object]}{get_language()}" for row in those if row.object in there}
    cache = caches["fragments"]
    kept = cache.get_many(keys.values())
    if missing := [row for row in rows if row.pk in keys and keys[row.pk] not in kept]:
        fresh = {keys[pk]: html for pk, html in _rendered(missing, topic_type).items()}
        cache.set_many(fresh)
        kept |= fresh
    return [Item(row.pk, kept[keys[row.pk]]) for row in rows if row.pk in keys and kept[keys[row.pk]]]


def _versions(actor: Actor) -> QuerySet[Topic, tuple[int, int]]:
    return Topic.objects.visible_to(actor).kept().filter(pk__in=[prepared.AMONG]).values_list("pk", "version")


def _sort(row: Row) -> str:
    return {"tie_accepted": "ties", "offered": "offers"}.get(row.verb, "spaces")


def _seen(actor: Actor) -> QuerySet[Space, tuple[int]]:
    return Space.objects.visible_to(actor).filter(pk__in=[prepared.AMONG]).values_list("pk")


def _seen_ties(actor: Actor) -> QuerySet[Tie, tuple[int]]:
    return Tie.objects.visible_to(actor).standing().filter(pk__in=[prepared.AMONG]).values_list("pk")


def _seen_offers(actor: Actor) -> QuerySet[Offer, tuple[int, Any]]:
    return Offer.objects.visible_to(actor).kept().filter(pk__in=[prepared.AMONG]).values_list("pk", "edited_at")


def _rendered(rows: list[Row], topic_type: int) -> dict[int, str]:
    """A line knows no viewer and is the same for all who may see it; "" for a post that was taken down."""
    topics = Topic.objects.with_author().in_bulk({row.target for row in rows if row.target_type == topic_type})
    wanted = {row.post for row in rows if row.target_type == topic_type} | {topic.answer_id for topic in topics.values()}
    posts = Post.objects.kept().filter(topic__in=list(topics)).with_author().in_bulk(wanted - {None})
    things: dict[str, dict[int, Any]] = {
        name: query.in_bulk({row.object for row in rows if row.target_type != topic_type and _sort(row) == name})
        for name, query in (
            ("spaces", Space.objects.select_related("country")),
            ("ties", Tie.objects.with_sides()),
            ("offers", Offer.objects.select_related("space__country")),
        )
    }
    done = Activity.objects.select_related("actor__page", "on_behalf_of", "space").in_bulk([row.pk for row in rows])
    faces = faces_of(topics) if topics else {}
    lines: dict[int, str] = {}
    for row in rows:
        if row.target_type != topic_type:
            name = _sort(row)
            thing = things[name][row.object]
            folder = "spaces" if name == "spaces" else "ties"
            lines[row.pk] = render_to_string(
                f"{folder}/activity/{row.verb}.html", {"activity": done[row.pk], "space": thing, "tie": thing, "offer": thing}
            )
            continue
        topic, post, answer = topics[row.target or 0], posts.get(row.post or 0), posts.get(topics[row.target or 0].answer_id or 0)
        for each in filter(None, (post, answer)):
            each.topic = topic
        context: dict[str, Any] = {
            "activity": done[row.pk],
            "topic": topic,
            "post": post,
            "answer": answer,
            "faces": faces.get(topic.pk, ()),
        }
        if post is not None:
            context |= {"liked": sum(post.reactions.values()), "files": shown_files(post.files)}
        lines[row.pk] = render_to_string(f"forums/activity/{row.verb}.html", context) if post is not None else ""
    return lines
