"""What stands in a mail: lines made of notices and topics, through the door of their reader, as they are now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.models import Conversation, Message
from forums.models import Post, Topic
from network import compiled
from network.spaces.models import Follow, Space
from notices import lines
from notices.models import Notice, SpaceMail

if TYPE_CHECKING:
    from forums.models import TopicQuerySet
    from network.spaces.actors import Actor

EXCERPT = 200
MOST_TOLD = 1_000
MOST_LOOKED_AT = 40  # topics, for the few lines of a section


@dataclass(slots=True)
class Item:
    """One line: `meta` says who and where, `texts` are the whole texts that it tells of, oldest first, for a mail of its own."""

    title: str
    path: str
    meta: list[str] = field(default_factory=list)
    excerpt: str = ""
    texts: list[tuple[str, str, str]] = field(default_factory=list)  # who, html, direction
    thread: str = ""
    kind: str = ""
    speaker: str = ""
    bare: bool = False  # its place keeps its words to itself


@dataclass(slots=True)
class Bareness:
    """Whose words no mail carries: the reader's wish, or that of the place."""

    everything: bool
    spaces: set[int]

    @classmethod
    def of(cls, everything: bool, space_ids: Iterable[int | None]) -> Bareness:
        wanted = {space_id for space_id in space_ids if space_id}
        found = SpaceMail.objects.filter(without_content=True, space__in=wanted).values_list("space_id", flat=True) if wanted else ()
        return cls(everything, set(found))

    def hides(self, space_id: int | None) -> bool:
        return self.everything or space_id in self.spaces


# --- Of notices --------------------------------------------------------------------------------------------------------------
def of_notices(actor: Actor, notices: Sequence[Notice], bareness: Bareness) -> list[Item]:
    """A line for each thing that these notices (newest first, with speakers and spaces at hand) tell of; what is no longer seen is left out."""
    threads: dict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        threads[notice.thread or f"notice.{notice.pk}"].append(notice)
    posts, messages = _texts(actor, Post, notices), _texts(actor, Message, notices)
    topics, talks = _in_bulk(Topic.objects.visible_to(actor).kept(), threads, "topic"), _talks(actor, threads)
    items: list[Item | None] = []
    for thread, told in threads.items():
        name, _dot, number = thread.partition(".")
        if name == "topic":
            items.append(_of_topic(topics.get(int(number)), told, posts, bareness))
        elif name == "conversation":
            items.append(_of_talk(actor, talks.get(int(number)), told, messages, bareness))
        else:
            items.extend(_alone(actor, told, bareness))
    return [item for item in items if item is not None]


def _of_topic(topic: Topic | None, told: list[Notice], posts: dict[int, Post], bareness: Bareness) -> Item | None:
    if topic is None:
        return None
    newest = told[0]
    here = [posts[number] for number in _numbers(told, Post) if number in posts]
    if not here:
        return None  # taken down meanwhile
    if bareness.hides(topic.space_id):
        return _bare(topic.space, newest, topic.path)
    who = _speaker(newest)
    said = len(told)
    people = len({(notice.activity.on_behalf_of_id, notice.activity.actor_id) for notice in told})
    if said == 1:
        meta = [who, _why(newest.reason)]
    else:
        counted = ngettext("%(count)d new post", "%(count)d new posts", said) % {"count": said}
        meta = [
            _("%(posts)s from %(people)s") % {"posts": counted, "people": _people(people)} if people > 1 else counted,
            *([] if people > 1 else [who]),
        ]
    return Item(
        title=Truncator(str(topic)).chars(140),
        path=here[0].path,
        meta=[*meta, topic.space.name],
        excerpt=cut(here[0].text),
        texts=[(post.on_behalf_of.name if post.on_behalf_of else post.author.name, post.html, post.direction) for post in reversed(here)],
        thread=newest.thread,
        speaker=who,
    )


def _of_talk(actor: Actor, talk: Conversation | None, told: list[Notice], messages: dict[int, Message], bareness: Bareness) -> Item | None:
    if talk is None:
        return None
    newest = told[0]
    here = [messages[number] for number in _numbers(told, Message) if number in messages]
    if not here:
        return None  # taken back meanwhile
    who = _speaker(newest)
    if bareness.hides(talk.space_id):
        return Item(_("A new message in a conversation"), talk.path, thread=newest.thread, bare=True)
    return Item(
        title=Truncator(talk.title_for(actor)).chars(140),
        path=here[0].path,
        meta=[who, _why(newest.reason)],
        excerpt=cut(here[0].text),
        texts=[
            (message.on_behalf_of.name if message.on_behalf_of else message.author.name, message.html, message.direction)
            for message in reversed(here)
        ],
        thread=newest.thread,
        speaker=who,
    )


def _alone(actor: Actor, told: list[Notice], bareness: Bareness) -> list[Item]:
    found = []
    for line in lines.of(actor, told):
        if bareness.hides(line.notice.space_id):
            found.append(_bare(line.notice.space, line.notice, line.notice.path))
        else:
            found.append(Item(plain(line.sentence), line.notice.path, excerpt=line.quote, speaker=_speaker(line.notice)))
    return found


def _bare(space: Space | None, notice: Notice, path: str) -> Item:
    """That there is something, and nothing of it; not even the name of a place that nobody may know of."""
    return Item(_something_new(space), path, thread=notice.thread, bare=True)


def _something_new(space: Space | None) -> str:
    if space is None or not space.listed:
        return _("Something new in one of your groups")
    return _("Something new in %(place)s") % {"place": space.name}


def _why(reason: str) -> str:
    return {
        "mention": _("mentioned you"),
        "chat_mention": _("mentioned you"),
        "quote": _("quoted you"),
        "reply": _("replied"),
        "post": _("replied"),
        "answer": _("marked your post as the answer"),
        "wall": _("wrote on the wall"),
        "topic": _("opened a topic"),
        "message": _("wrote to you"),
    }.get(reason, "")


def _people(count: int) -> str:
    return ngettext("%(count)d person", "%(count)d people", count) % {"count": count}


def _speaker(notice: Notice) -> str:
    speaker = notice.activity.on_behalf_of or notice.activity.actor.page
    return str(speaker.name)


def _texts(actor: Actor, model: Any, notices: Sequence[Notice]) -> dict[int, Any]:
    """The posts or messages themselves that these tell of, as far as they are still there and seen: one query, or none."""
    wanted = _numbers(notices, model)
    if not wanted:
        return {}
    related = ("author__page", "on_behalf_of", "topic" if model is Post else "conversation")
    return model.objects.visible_to(actor).kept().select_related(*related).in_bulk(wanted)


def _numbers(notices: Sequence[Notice], model: Any) -> list[int]:
    """The numbers of the texts; of a topic that was opened, its first post."""
    kind = ContentType.objects.get_for_model(model).pk
    numbers = []
    for notice in notices:
        if notice.action_object_content_type_id == kind:
            numbers.append(int(notice.action_object_object_id or 0))
        elif model is Post and (first := notice.activity.data.get("post")):
            numbers.append(int(first))
    return numbers


def _in_bulk(seen: QuerySet[Topic], threads: Iterable[str], name: str) -> dict[int, Topic]:
    wanted = [int(thread.partition(".")[2]) for thread in threads if thread.startswith(f"{name}.")]
    return seen.select_related("space").in_bulk(wanted) if wanted else {}


def _talks(actor: Actor, threads: Iterable[str]) -> dict[int, Conversation]:
    wanted = [int(thread.partition(".")[2]) for thread in threads if thread.startswith("conversation.")]
    return Conversation.objects.visible_to(actor).with_participants().in_bulk(wanted) if wanted else {}


# --- Of topics ---------------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Reading:
    """What a reader has read, muted and been mailed of: asked once a digest, in plain statements."""

    actor: Actor
    muted_topics: set[int]
    muted_spaces: set[int]
    blocked: set[int]
    followed: list[int]
    told: set[int]  # posts that a mail has told of

    @classmethod
    def of(cls, actor: Actor, since: datetime) -> Reading:
        me = actor.user_id

        def numbers(sql: str, *values: object) -> set[int]:
            return {number for (number,) in compiled.ask(sql, *values)}

        mailed = Notice.objects.filter(recipient=me, mail__isnull=False, timestamp__gt=since, thread__startswith="topic.")
        return cls(
            actor,
            numbers("SELECT topic_id FROM forums_watch WHERE user_id = %s AND level = %s", me, "muted"),
            numbers("SELECT space_id FROM notices_level WHERE user_id = %s AND level = %s", me, "muted"),
            numbers("SELECT blocked_id FROM profiles_block WHERE user_id = %s", me),
            sorted(
                numbers("SELECT space_id FROM spaces_follow WHERE user_id = %s", me)
                | (set(Follow.objects.filter(entity__in=list(actor.mandates)).values_list("space", flat=True)) if actor.mandates else set())
            ),
            set(_numbers(list(mailed.select_related("activity")[:MOST_TOLD]), Post)),
        )

    def in_my_places(self, since: datetime, seen: Iterable[int]) -> list[tuple[Topic, int]]:
        """Topics and posts of the reader's spaces with something new from somebody else, the newest first, and how many posts that is."""
        if not self.actor.roles:
            return []
        return self._fresh(Topic.objects.filter(space__in=list(self.actor.roles)), since, seen)

    def of_followed(self, since: datetime, seen: Iterable[int]) -> list[tuple[Topic, int]]:
        """Topics and posts opened by people and institutions whom the reader follows, outside of the reader's own spaces."""
        if not self.followed:
            return []
        theirs = Q(space__in=self.followed) | Q(on_behalf_of__in=self.followed) | Q(author__page__in=self.followed)
        opened = (
            Topic.objects.filter(theirs, created_at__gt=since).exclude(space__in=list(self.actor.roles)).exclude(author=self.actor.user_id)
        )
        return self._fresh(opened, since, seen)

    def _fresh(self, topics: TopicQuerySet, since: datetime, seen: Iterable[int]) -> list[tuple[Topic, int]]:
        found = topics.visible_to(self.actor).kept().filter(last_post_at__gt=since).order_by("-last_post_at", "-pk")
        left_out = self.muted_topics | set(seen)
        rows = [
            topic
            for topic in found.select_related("space", "author__page", "on_behalf_of")[:MOST_LOOKED_AT]
            if topic.pk not in left_out and topic.space_id not in self.muted_spaces and topic.author_id not in self.blocked
        ]
        counts = self._counts([topic.pk for topic in rows], since)
        return [(topic, counts[topic.pk]) for topic in rows if topic.pk in counts]

    def _counts(self, topics: list[int], since: datetime) -> dict[int, int]:
        """How many posts of others, unread on the page and told by no mail, each of these topics has: one statement."""
        if not topics:
            return {}
        nobody, nothing = ", ".join(map(str, self.blocked or {0})), ", ".join(map(str, self.told or {0}))
        sql = (
            "SELECT p.topic_id, COUNT(*) FROM forums_post p"  # noqa: S608  # nosec B608 # numbers of ours
            " LEFT JOIN forums_readmark r ON r.topic_id = p.topic_id AND r.user_id = %s"
            f" WHERE p.topic_id IN ({', '.join(map(str, topics))}) AND p.created_at > %s AND p.deleted_at IS NULL AND p.author_id <> %s"
            f" AND p.number > COALESCE(r.number, 0) AND p.author_id NOT IN ({nobody}) AND p.id NOT IN ({nothing})"
            " GROUP BY p.topic_id"
        )
        return dict(compiled.ask(sql, self.actor.user_id, since, self.actor.user_id))


def of_topics(found: Sequence[tuple[Topic, int]], since: datetime, bareness: Bareness, actor: Actor) -> list[Item]:
    """A line for each topic; for all that a silent place has, one."""
    items, barely = [], set()
    for topic, count in found:
        if bareness.hides(topic.space_id):
            if topic.space_id not in barely:
                barely.add(topic.space_id)
                items.append(Item(_something_new(topic.space), topic.space.path, bare=True))
            continue
        if topic.created_at > since and topic.author_id != actor.user_id:
            words = [(topic.on_behalf_of or topic.author.page).name, _("new topic") if topic.board_id else _("new post")]
        else:
            words = [ngettext("%(count)d new reply", "%(count)d new replies", count) % {"count": count}]
        title = Truncator(str(topic)).chars(140)
        items.append(Item(title, topic.path, [*words, topic.space.name], cut(topic.excerpt) if topic.board_id else "", thread=topic.stream))
    return items


def cut(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(EXCERPT)


def plain(html: object) -> str:
    """A sentence of ours without its marks."""
    return unescape(strip_tags(str(html)))


__all__ = ["Bareness", "Item", "Reading", "cut", "of_notices", "of_topics", "plain"]
