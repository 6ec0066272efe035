"""Reads of the forum that are longer than a queryset's method."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import caches
from django.core.paginator import Page, Paginator
from django.db.models import CharField, F, FilteredRelation, Func, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.safestring import SafeString

from forums.fragments import fragments_of
from forums.models import Board, Draft, Post, ReadMark, Tag, Topic, TopicQuerySet, Watch
from forums.rows import Line, line_rows
from network import prepared
from network.content import Audience
from network.reactions import with_mine
from network.spaces.models import Space
from network.templatetags.house import avatar_pair

if TYPE_CHECKING:
    from network.spaces.actors import Actor

FILTERS = ("all", "following", "unanswered", "mine", "unread")
WALL_REPLIES = 3
WALL_PAGE = 10


# --- Lists --------------------------------------------------------------------------------------------------------------
def topic_list(
    actor: Actor, *, which: str = "all", tag: int | None = None, language: str = "", board: Board | int | None = None
) -> TopicQuerySet:
    """The visible topics of boards, pinned ones first (only on their own board's page), then by their last post."""
    topics = Topic.objects.visible_to(actor).kept()
    topics = topics.filter(board=board) if board is not None else topics.exclude(board=None)
    if tag is not None:
        topics = topics.filter(tags=tag)
    if language:
        topics = topics.filter(language=language)
    match which:
        case "following" if actor.user_id:
            topics = topics.filter(pk__in=Watch.objects.filter(user=actor.user_id, level=Watch.Level.WATCHING).values("topic"))
        case "unanswered":
            topics = topics.filter(posts_count__lte=1, closed_at=None)
        case "mine" if actor.user_id:
            topics = topics.filter(pk__in=Post.objects.kept().filter(author=actor.user_id).values("topic"))
        case "unread" if actor.user is not None:
            topics = topics.with_mark(actor.user_id).filter(last_number__gt=F("read_number"), last_post_at__gte=actor.user.joined_at)
    if which == "all" and tag is None and not language:
        return topics.order_by(F("pinned_at").desc(nulls_last=True), "-last_post_at", "-pk")
    return topics.order_by("-last_post_at", "-pk")


def page_of_topics(
    actor: Actor, page: str, *, which: str = "all", tag: int | None = None, language: str = "", board: Board | None = None
) -> tuple[Page[Any], list[Line]]:
    """A page of a list of topics (an odd page is the nearest one) and its lines: two queries, compiled once for the actor's rights."""

    def found(actor: Actor, board_id: int = 0, tag_id: int = 0) -> TopicQuerySet:
        return topic_list(actor, which=which, tag=tag_id if tag else None, language=language, board=board_id if board else None)

    name, values = f"topics:{which}:{language}:{bool(board)}:{bool(tag)}", (board.pk if board is not None else 0, tag or 0)
    [(count,)] = prepared.rows(
        actor,
        f"{name}:count",
        lambda *given: found(*given).order_by().values_list(Func(F("pk"), function="COUNT", output_field=IntegerField())),
        *values,
    ) or [(0,)]
    pages = Paginator(range(count), settings.PAGE_SIZE).get_page(page)
    start = (pages.number - 1) * settings.PAGE_SIZE
    rows = (
        prepared.rows(actor, f"{name}:{start}", lambda *given: line_rows(found(*given)[start : start + settings.PAGE_SIZE], actor), *values)
        if count
        else []
    )
    return pages, [Line(*row) for row in rows]


def boards_of(actor: Actor, space: Space) -> list[Board]:
    """The boards of a space that the actor sees, each with its own boards in `.inner`, in their order: one query."""
    found = list(Board.objects.visible_to(actor).filter(space=space))
    inner: dict[int, list[Board]] = defaultdict(list)
    for board in found:
        if board.parent_id:
            inner[board.parent_id].append(board)
    for board in found:
        board.inner = inner[board.pk]
    return [board for board in found if board.parent_id is None]


def boards_to_open_in(actor: Actor) -> list[Board]:
    """The boards of one's own spaces, on which one may open a topic."""
    mine = Board.objects.visible_to(actor).filter(space__in=list(actor.roles)).select_related("space", "parent")
    return sorted(mine, key=lambda board: (board.space.name, board.parent.position if board.parent else board.position, board.position))


def tags_in_use(actor: Actor, chosen: int | None = None, limit: int = 20) -> list[tuple[int, str]]:
    """Number and name of the tags of late public topics, kept some seconds; a chosen one is among them where the actor sees a topic with it."""
    cache = caches["fragments"]
    found: list[tuple[int, str]] | None = cache.get("tags")
    if found is None:
        newest = (
            Topic.objects.kept().filter(reach=Audience.PUBLIC, tags=OuterRef("pk")).order_by("-last_post_at").values("last_post_at")[:1]
        )
        tags = Tag.objects.annotate(newest=Subquery(newest)).exclude(newest=None).order_by("-newest")
        found = list(tags.values_list("pk", "name")[:limit])
        # Not for long: a topic that is made private takes its tag away from strangers' eyes.
        cache.set("tags", found, 5)
    # A tag's name may tell what a hidden place speaks of.
    if chosen is not None and all(pk != chosen for pk, _name in found) and Topic.objects.visible_to(actor).filter(tags=chosen).exists():
        found = found + list(Tag.objects.filter(pk=chosen).values_list("pk", "name"))
    return found


def places(actor: Actor, limit: int = 12) -> list[Board]:
    """Boards for the column beside the list: of one's own spaces for a member, the liveliest public ones for others."""
    boards = Board.objects.visible_to(actor).filter(parent=None).select_related("space")
    if actor.roles:
        boards = boards.filter(space__in=list(actor.roles))
    return list(boards.order_by(F("last_post_at").desc(nulls_last=True), "pk")[:limit])


def board_for(actor: Actor, board_id: int) -> tuple[Board, tuple[Any, ...]]:
    """The board with its space, and what it says of itself now; Http404 when the actor does not see it.

    The door is asked at each request; the row is kept under what the door's query read of it (the space's own name for a minute).
    """
    found = prepared.rows(actor, "forums.board", _board_door, board_id)
    if not found:
        raise Http404
    key = f"board:{board_id}:{found[0]}"
    board: Board | None = caches["fragments"].get(key)
    if board is None:
        board = Board.objects.select_related("space", "parent").get(pk=board_id)
        caches["fragments"].set(key, board, 60)
    return board, found[0]


def _board_door(actor: Actor, board_id: int) -> QuerySet[Board, Any]:
    boards = Board.objects.visible_to(actor).filter(pk=board_id).order_by()
    return boards.values_list("name", "about", "reach", "parent", "parent__name", "space__audience")


def boards_in(actor: Actor, board: Board) -> list[Board]:
    """The boards inside a board that the actor sees, as a list shows them."""
    if board.parent_id is not None:
        return []
    rows = prepared.rows(actor, "forums.boards_in", _boards_in, board.pk)
    return [Board(pk=pk, name=name, about=about, topics_count=count) for pk, name, about, count in rows]


def _boards_in(actor: Actor, board_id: int) -> QuerySet[Board, Any]:
    return Board.objects.visible_to(actor).filter(parent=board_id).values_list("pk", "name", "about", "topics_count")


@dataclass(slots=True)
class Placed:
    """A draft, what its place is called and where one goes on writing."""

    draft: Draft
    name: str
    url: str


def placed(actor: Actor, drafts: list[Draft]) -> list[Placed]:
    """The drafts with their places, as far as the actor still sees them: three queries at most."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for draft in drafts:
        kind, _dot, number = draft.place.partition(".")
        if number.isdigit():
            numbers[kind].append(int(number))
    language = translation.get_language()
    found: dict[str, tuple[str, str]] = {}
    for pk, title, said in Topic.objects.visible_to(actor).filter(pk__in=numbers["topic"]).values_list("pk", "title", "excerpt"):
        found[f"topic.{pk}"] = (title or said, f"/{language}/topics/{pk}/#reply")
    for pk, name in Board.objects.visible_to(actor).filter(pk__in=numbers["board"]).values_list("pk", "name"):
        found[f"board.{pk}"] = (name, f"/{language}/boards/{pk}/new/")
    for space in Space.objects.visible_to(actor).filter(pk__in=numbers["space"]):
        found[f"space.{space.pk}"] = (space.name, f"{space.get_absolute_url()}#wall-composer")
    found["topics.new"] = ("", f"/{language}/topics/new/")
    return [Placed(draft, *found.get(draft.place, ("", ""))) for draft in drafts]


# --- One topic --------------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Reader:
    """Where a person stands in a topic: the last number read (0: none), how much they want to hear, what they were writing."""

    read_number: int = 0
    level: str = Watch.Level.NORMAL
    draft: str = ""


def topic_for(actor: Actor, topic_id: int) -> tuple[Topic, Reader]:
    """The topic, with what its page shows of it, and its reader. Http404 when the actor does not see it.

    One small query asks the door and the reader's state; the row with its space, board, author and closure is kept a minute
    under its version. What may be done is asked again by the action that does it.
    """
    found = prepared.rows(actor, "forums.topic", _door, topic_id)
    if not found:
        raise Http404
    version, read_number, level, draft = found[0]
    key = f"topic:{topic_id}:{version}"
    topic: Topic | None = caches["fragments"].get(key)
    if topic is None:
        rows = Topic.objects.with_author().select_related("board__parent", "closure__by__page")
        topic = get_object_or_404(rows, pk=topic_id)
        caches["fragments"].set(key, topic, 60)
    return topic, Reader(read_number, level or Watch.Level.NORMAL, draft or "")


def topic_to_act_on(actor: Actor, topic_id: int) -> Topic:
    """The topic by its numbers alone, for an action, which reads the row again under its lock; Http404 when the actor does not see it."""
    found = prepared.rows(actor, "forums.topic_to_act_on", _numbers, topic_id)
    if not found:
        raise Http404
    space_id, board_id = found[0]
    return Topic(pk=topic_id, space_id=space_id, board_id=board_id)


def _numbers(actor: Actor, topic_id: int) -> QuerySet[Topic, tuple[int, int | None]]:
    return Topic.objects.visible_to(actor).filter(pk=topic_id).order_by().values_list("space", "board")


def _door(actor: Actor, topic_id: int) -> QuerySet[Topic, tuple[int, int, str, str]]:
    user = actor.user_id or 0
    place = Concat(Value("topic."), Cast(OuterRef("pk"), CharField()))
    return (
        Topic.objects.visible_to(actor)
        .filter(pk=topic_id)
        .order_by()
        .values_list(
            "version",
            Coalesce(Subquery(ReadMark.objects.filter(topic=OuterRef("pk"), user=user).values("number")[:1]), 0),
            Subquery(Watch.objects.filter(topic=OuterRef("pk"), user=user).values("level")[:1]),
            Subquery(Draft.objects.filter(user=user, place=place).values("body")[:1]),
        )
    )


@dataclass(slots=True)
class Shown:
    """A post on a page: its number in the topic, its fragment with the reader's own reactions marked."""

    pk: int
    topic_id: int
    number: int
    html: SafeString


def posts_of_page(topic: Topic, page: int, actor: Actor, language: str) -> list[Shown]:
    """The posts of one page of a topic, tombstones too; numbers, not counts, say on which page a post stands, so links stay true."""
    first = (page - 1) * settings.PAGE_SIZE
    return _shown(prepared.rows(actor, "forums.posts", _page_rows, topic.pk, first, first + settings.PAGE_SIZE), topic, language)


def _page_rows(actor: Actor, topic_id: int, first: int, last: int) -> QuerySet[Post, Any]:
    # Value: a bare stand-in would be larger than PostgreSQL's integer, and the ORM would answer "nothing" by itself.
    return _rows(Post.objects.filter(topic=topic_id, number__gt=Value(first), number__lte=Value(last)).order_by("number"), actor)


@dataclass(frozen=True, slots=True)
class Side:
    """What stands beside a topic: tags, who took part, and the addresses and titles of related topics."""

    tags: list[tuple[int, str]] = field(default_factory=list)
    faces: list[SafeString] = field(default_factory=list)
    others: int = 0
    related: tuple[tuple[str, str], ...] = ()
    numbers: tuple[int, ...] = ()  # of the related topics


def side_of(topic: Topic, actor: Actor, language: str) -> Side:
    """Kept a while under the topic's version, the same for all who see it; but related topics ask the door each time: one that
    was narrowed or taken down meanwhile has no title here."""
    key = f"side:{topic.pk}:{topic.version}:{language}"
    side: Side | None = caches["fragments"].get(key)
    if side is None:
        with translation.override(language):
            side = _side(topic)
        caches["fragments"].set(key, side, 600)
        return side  # now they are of the same space, and no narrower than the topic
    seen = {pk for (pk,) in prepared.rows(actor, "forums.related", _kept_and_seen, among=side.numbers)}
    return replace(side, related=tuple(one for pk, one in zip(side.numbers, side.related, strict=True) if pk in seen))


def _kept_and_seen(actor: Actor) -> QuerySet[Topic, tuple[int]]:
    return Topic.objects.visible_to(actor).kept().filter(pk__in=[prepared.AMONG]).order_by().values_list("pk")


def _side(topic: Topic) -> Side:
    tags = [(pk, name) for pk, name in topic.labels]
    written = (
        Post.objects.kept()
        .filter(topic=topic)
        .values_list(
            "author__page",
            "author__page__monogram",
            "author__page__picture",
            "on_behalf_of",
            "on_behalf_of__monogram",
            "on_behalf_of__picture",
        )
        .annotate(last=Max("number"))
        .order_by("-last")[:200]
    )
    faces = [_face(*row[:6]) for row in written]
    near = Topic.objects.kept().filter(space=topic.space_id, reach__lte=topic.reach).exclude(board=None).exclude(pk=topic.pk)
    if tags:
        near = (
            near.filter(Q(tags__in=[pk for pk, _name in tags]) | Q(board=topic.board_id))
            .annotate(shared=Max("tags"))
            .order_by(F("shared").desc(nulls_last=True), "-last_post_at")
        )
    else:
        near = near.filter(board=topic.board_id).order_by("-last_post_at")
    found = list(near.values_list("pk", "title")[:4])
    related = tuple((f"/{translation.get_language()}/topics/{pk}/", title) for pk, title in found)
    return Side(tags, faces[:10], max(len(faces) - 10, 0), related, tuple(pk for pk, _title in found))


def _face(
    page: int, monogram: str, picture: str, entity: int | None, entity_monogram: str | None, entity_picture: str | None
) -> SafeString:
    person = Space(pk=page, kind="person", monogram=monogram, picture=picture)
    speaks = Space(pk=entity, kind="entity", monogram=entity_monogram or "", picture=entity_picture or "") if entity is not None else None
    face = avatar_pair(speaks, person, size="small")
    return SafeString(face.replace(' aria-hidden="true"', ""))  # nosec B703 # our own; the row of faces is hidden as one


def shown(posts: Any, topics: Topic | dict[int, Topic], actor: Actor, language: str) -> list[Shown]:
    """Posts as their reader sees them: one query for what is there and what the reader gave, one more for fragments not kept."""
    return _shown(_rows(posts, actor), topics, language)


def _rows(posts: Any, actor: Actor) -> Any:
    if actor.user_id is None:
        return posts.values_list("pk", "version", "number", "topic_id", Value(None, output_field=CharField()))
    mine = FilteredRelation("reactions_given", condition=Q(reactions_given__user=actor.user_id))
    return posts.annotate(mine=mine).values_list("pk", "version", "number", "topic_id", "mine__kind")


def _shown(rows: Iterable[Any], topics: Topic | dict[int, Topic], language: str) -> list[Shown]:
    own: dict[int, list[str]] = defaultdict(list)
    distinct: dict[int, tuple[int, int, int]] = {}
    for pk, version, number, topic_id, kind in rows:
        distinct[pk] = (version, number, topic_id)
        if kind:
            own[pk].append(kind)
    by_post = topics if isinstance(topics, Topic) else {pk: topics[topic_id] for pk, (_v, _n, topic_id) in distinct.items()}
    html = fragments_of([(pk, version) for pk, (version, _n, _t) in distinct.items()], by_post, language)
    # Safe: fragments are our template's, which escapes; their text was cleaned when it was stored.
    return [
        Shown(pk, topic_id, number, SafeString(with_mine(html.get(pk, ""), "post", pk, own[pk])))  # nosec B703 # our own template's words, and marks of ours
        for pk, (_v, number, topic_id) in distinct.items()
    ]


def joined(posts: Iterable[Shown]) -> SafeString:
    # Safe: each of them is.
    return SafeString("".join(post.html for post in posts))  # nosec B703 # see above


# --- Walls --------------------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class WallTopic:
    """A post on a wall with the last replies to it, in order."""

    topic: Topic
    posts: list[Shown]
    hidden: int  # replies between the first post and those shown
    fresh_id: uuid.UUID = field(default_factory=uuid.uuid4)  # of the reply that may be written here


def wall_topics(topics: list[Topic], actor: Actor, language: str) -> list[WallTopic]:
    """Each wall topic with its first post and its last replies: two queries at most, however many topics."""
    if not topics:
        return []
    wanted = (
        Post.objects.kept()
        .filter(topic__in=[topic.pk for topic in topics])
        .filter(Q(number=1) | Q(number__gt=F("topic__last_number") - WALL_REPLIES))
        .order_by("topic_id", "number")
    )
    by_topic: dict[int, list[Shown]] = defaultdict(list)
    for post in shown(wanted, {topic.pk: topic for topic in topics}, actor, language):
        by_topic[post.topic_id].append(post)
    return [WallTopic(topic, by_topic[topic.pk], max(topic.posts_count - len(by_topic[topic.pk]), 0)) for topic in topics]


def whole_draft(actor: Actor, place: str) -> Draft:
    """The draft at this place, an empty one when there is none."""
    return Draft.objects.filter(user=actor.user_id, place=place).first() or Draft(place=place)


def draft_of(actor: Actor, place: str) -> str:
    """What the actor was writing there, as it was typed; "" for nothing."""
    if actor.user_id is None:
        return ""

    def body(actor: Actor) -> QuerySet[Draft, tuple[str]]:
        return Draft.objects.filter(user=actor.user_id, place=place).values_list("body")

    return next((body for (body,) in prepared.rows(actor, f"draft:{place}", body)), "")
