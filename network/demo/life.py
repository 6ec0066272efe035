"""What was written in the demo world: topics, replies, walls, reactions, answers, closures, pins; and how far people have read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from uuid import UUID
from zlib import crc32

from django.db.models import OuterRef, Subquery

from forums import actions as forums
from forums.models import Board, Closure, Post, Reaction, ReadMark, Topic
from network import text
from network.demo.circles import AUDIENCES, group_rows, handle_of
from network.demo.reading import Row, first_sentence, number_of, read, to_html
from network.demo.story import Happening, person, place
from network.spaces.actors import Actor


def writings() -> Iterator[Happening]:
    """Everything said: what is missing of it."""
    known = set(Post.objects.values_list("client_id", flat=True))
    boards = {row["code"]: row for row in read("boards")["boards"]}
    for row in read("topics")["topics"]:
        yield from _topic(row, ("topic", row["board"], row["title"]), boards[row["board"]]["space"], known)
    for number, row in enumerate(read("walls")["posts"]):
        yield from _topic(row, ("wall", row["space"], number), row["space"], known)


def _topic(row: Row, key: tuple[object, ...], space: str, known: set[UUID]) -> Iterator[Happening]:
    new = number_of(*key, 0) not in known
    if new:
        yield Happening(row["days"], row["by"], partial(_open, row, key))
        yield from _turns(row, key, space)
    for number, reply in enumerate(row["replies"], start=1):
        if number_of(*key, number) not in known:
            yield Happening(reply["days"], reply["by"], partial(_reply, reply, key, number, [row, *row["replies"]]))
            yield from _reactions(reply, key, number)
    if new:
        yield from _reactions(row, key, 0)


def _turns(row: Row, key: tuple[object, ...], space: str) -> Iterator[Happening]:
    """What becomes of a topic: pinned at once, answered and closed after the last word."""
    last = row["replies"][-1]["days"] if row["replies"] else row["days"]
    soon = max(last - 0.2, last * 0.9)
    if row.get("pinned"):
        yield Happening(row["days"] - 0.01, group_rows()[space]["owner"], partial(_pin, key))
    if "accepted" in row:
        answered = row["replies"][row["accepted"] - 1]["days"]
        yield Happening(max(answered - 0.02, answered * 0.99), row["by"], partial(_accept, key, row["accepted"]))
    if "closed" in row:
        yield Happening(soon, row["by"], partial(_close, key, row["closed"]))


def _reactions(row: Row, key: tuple[object, ...], number: int) -> Iterator[Happening]:
    for kind, handles in row.get("reactions", {}).items():
        for handle in handles:
            chance = crc32(f"{key}:{number}:{kind}:{handle}".encode()) % 1000 / 1000
            yield Happening(row["days"] * (0.999 - chance * 0.1), handle, partial(_react, key, number, kind))


def _open(row: Row, key: tuple[object, ...], actor: Actor, when: datetime) -> None:
    names = {board["code"]: (handle_of(board["space"]), board["name"]) for board in read("boards")["boards"]}
    where = (
        place(handle_of(row["space"]))
        if "space" in row
        else Board.objects.get(space__handle=names[row["board"]][0], name=names[row["board"]][1])
    )
    topic = forums.open_topic(
        _writer(row, actor),
        where,
        title=row.get("title", ""),
        body=to_html(row["body"]),
        client_id=number_of(*key, 0),
        tags=row["tags"],
        audience=AUDIENCES[row.get("audience", "public")],
    )
    Topic.objects.filter(pk=topic.pk).update(created_at=when)
    _date(Post.objects.get(topic=topic, number=1), when)


def _reply(row: Row, key: tuple[object, ...], number: int, said: list[Row], actor: Actor, when: datetime) -> None:
    body, quoted = to_html(row["body"]), None
    if "quotes" in row:
        quoted = _post(key, row["quotes"])
        speaker = quoted.on_behalf_of or quoted.author.page
        words = to_html(first_sentence(said[row["quotes"]]["body"]))
        body = text.quote(words, author=speaker.name, path=quoted.path) + body
    post = forums.reply(_writer(row, actor), _post(key, 0).topic, body=body, client_id=number_of(*key, number), reply_to=quoted)
    _date(post, when)


def _react(key: tuple[object, ...], number: int, kind: str, actor: Actor, when: datetime) -> None:
    post = forums.react(actor, _post(key, number), kind)
    Reaction.objects.filter(post=post, user=actor.user, kind=kind).update(at=when)


def _pin(key: tuple[object, ...], actor: Actor, when: datetime) -> None:
    topic = _post(key, 0).topic
    forums.pin(actor, topic)
    Topic.objects.filter(pk=topic.pk).update(pinned_at=when)


def _accept(key: tuple[object, ...], number: int, actor: Actor, when: datetime) -> None:
    forums.accept_answer(actor, _post(key, 0).topic, _post(key, number))


def _close(key: tuple[object, ...], reason: str, actor: Actor, when: datetime) -> None:
    closure = forums.close(actor, _post(key, 0).topic, reason=reason)
    Closure.objects.filter(pk=closure.pk).update(at=when)
    Topic.objects.filter(pk=closure.topic_id).update(closed_at=when)


def _writer(row: Row, actor: Actor) -> Actor:
    return actor.speaking_for(place(row["on_behalf_of"]).pk) if "on_behalf_of" in row else actor


def _post(key: tuple[object, ...], number: int) -> Post:
    return Post.objects.select_related("topic").get(client_id=number_of(*key, number))


def _date(post: Post, when: datetime) -> None:
    Post.objects.filter(pk=post.pk).update(created_at=when)


def last_words() -> None:
    """Topics and boards remember when they were last written in: as their posts say, now that these have their dates."""
    posts = Post.objects.filter(topic=OuterRef("pk"), deleted_at=None).order_by("-number").values("created_at")[:1]
    Topic.objects.exclude(posts=None).update(last_post_at=Subquery(posts))
    topics = Topic.objects.filter(board=OuterRef("pk")).order_by("-last_post_at").values("last_post_at")[:1]
    Board.objects.exclude(topics=None).update(last_post_at=Subquery(topics))


def reading() -> int:
    """Whoever wrote in a topic has read it, some to the end and some not: pages then open at the first unread post."""
    if ReadMark.objects.exists():
        return 0
    marked = 0
    seen = Post.objects.values_list("topic", "author__page__handle").distinct().order_by("topic", "author__page__handle")
    topics = Topic.objects.in_bulk()
    for topic_id, handle in seen:
        topic = topics[topic_id]
        behind = crc32(f"{topic_id}:{handle}".encode()) % 3
        forums.mark_read(Actor.of(person(handle or "")), topic, max(topic.last_number - behind, 1))
        marked += 1
    ReadMark.objects.update(at=Subquery(Topic.objects.filter(pk=OuterRef("topic")).values("last_post_at")))
    return marked
