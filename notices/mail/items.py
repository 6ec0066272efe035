"""What stands in a mail: lines made of notices and topics, through the door of their reader, as they are now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.models import Conversation, Message
from forums.models import Post, ReadMark, Topic, Watch
from network.spaces.models import Follow, Space
from notices import lines
from notices.models import Level, Notice, SpaceMail

if TYPE_CHECKING:
    from network.spaces.actors import Actor

EXCERPT = 200
MOST_TOLD = 1_000


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
        path=here[0].path if here else newest.path,
        meta=[*meta, topic.space.name],
        excerpt=cut(here[0].text) if here else "",
        texts=[(post.on_behalf_of.name if post.on_behalf_of else post.author.name, post.html, post.direction) for post in reversed(here)],
        thread=newest.thread,
        speaker=who,
    )


def _of_talk(actor: Actor, talk: Conversation | None, told: list[Notice], messages: dict[int, Message], bareness: Bareness) -> Item | None:
    if talk is None:
        return None
    newest = told[0]
    here = [messages[number] for number in _numbers(told, Message) if number in messages]
    who = _speaker(newest)
    if bareness.hides(talk.space_id):
        return Item(_("A new message in a conversation"), talk.path, thread=newest.thread, bare=True)
    return Item(
        title=Truncator(talk.title_for(actor)).chars(140),
        path=here[0].conversation.path if here else talk.path,
        meta=[who, _why(newest.reason)],
        excerpt=cut(here[0].text) if here else "",
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
    title = (
        _("Something new in %(place)s") % {"place": space.name}
        if space is not None and space.listed
        else _("Something new in one of your groups")
    )
    return Item(title, path, thread=notice.thread, bare=True)


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
def in_my_places(actor: Actor, since: datetime) -> QuerySet[Topic]:
    """Topics and posts of the reader's spaces with something new from somebody else, the newest first; not of what they muted."""
    if not actor.roles:
        return Topic.objects.none()
    return _news(actor, since).filter(space__in=list(actor.roles))


def of_followed(actor: Actor, since: datetime) -> QuerySet[Topic]:
    """Topics and posts opened by people and institutions whom the reader follows, outside of the reader's own spaces."""
    followed = Follow.objects.filter(user=actor.user_id).values("space")
    mine = Q(space__in=followed) | Q(on_behalf_of__in=followed) | Q(author__page__in=followed)
    return _news(actor, since).filter(mine, created_at__gt=since).exclude(space__in=list(actor.roles)).exclude(author=actor.user_id)


def of_topics(topics: QuerySet[Topic], since: datetime, bareness: Bareness, actor: Actor) -> list[Item]:
    rows = list(topics.select_related("space", "author__page", "on_behalf_of"))
    fresh = _fresh(actor, since).filter(topic__in=rows).order_by()
    counts = dict(fresh.values_list("topic").annotate(n=Count("pk"))) if rows else {}
    items, barely = [], set()
    for topic in rows:
        if bareness.hides(topic.space_id):
            if topic.space_id not in barely:  # one line for all that a silent place has
                barely.add(topic.space_id)
                items.append(
                    Item(
                        _("Something new in %(place)s") % {"place": topic.space.name}
                        if topic.space.listed
                        else _("Something new in one of your groups"),
                        topic.space.path,
                        bare=True,
                    )
                )
            continue
        who = topic.on_behalf_of or topic.author.page
        count = counts.get(topic.pk, 0)
        if topic.created_at > since and topic.author_id != actor.user_id:
            said = _("new topic") if topic.board_id else _("new post")
            words = [who.name, said]
        else:
            words = [ngettext("%(count)d new reply", "%(count)d new replies", count) % {"count": count}]
        items.append(
            Item(Truncator(str(topic)).chars(140), topic.path, [*words, topic.space.name], cut(topic.excerpt) if topic.board_id else "")
        )
    return items


def _news(actor: Actor, since: datetime) -> QuerySet[Topic]:
    muted_here = Watch.objects.filter(topic=OuterRef("pk"), user=actor.user_id, level=Watch.Level.MUTED)
    muted_there = Level.objects.filter(space=OuterRef("space"), user=actor.user_id, level=Level.Of.MUTED)
    by_others = _fresh(actor, since).filter(topic=OuterRef("pk"))
    return (
        Topic.objects.visible_to(actor)
        .kept()
        .filter(Exists(by_others), ~Exists(muted_here), ~Exists(muted_there), last_post_at__gt=since)
        .exclude(author__blocked_by__user=actor.user_id)
        .order_by("-last_post_at", "-pk")
    )


def _fresh(actor: Actor, since: datetime) -> QuerySet[Post]:
    """Posts of others since then that the reader has not read on the page, and that no mail has told them of."""
    mailed = Notice.objects.filter(recipient=actor.user_id, mail__isnull=False, timestamp__gt=since, thread__startswith="topic.")
    told = _numbers(list(mailed.select_related("activity")[:MOST_TOLD]), Post)
    read = ReadMark.objects.filter(topic=OuterRef("topic"), user=actor.user_id).values("number")[:1]
    fresh = Post.objects.kept().filter(created_at__gt=since, number__gt=Coalesce(Subquery(read), 0)).exclude(author=actor.user_id)
    return fresh.exclude(pk__in=told).exclude(author__blocked_by__user=actor.user_id)


def cut(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(EXCERPT)


def plain(html: object) -> str:
    """A sentence of ours without its marks."""
    return unescape(strip_tags(str(html)))


__all__ = ["Bareness", "Item", "cut", "in_my_places", "of_followed", "of_notices", "of_topics", "plain"]
