"""The only writer of boards, topics, posts and what hangs on them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from forums.models import Attachment, Board, Closure, Draft, Edit, Mention, Post, Tag, Topic, Watch
from network import compiled, content, text
from network.activity.recording import record
from network.content import Audience, realign
from network.names import fold, tidy_name
from network.permissions import check
from network.spaces.models import Space
from network.spaces.writing import Body, prepare

if TYPE_CHECKING:
    from network.spaces.actors import Actor


# --- Boards --------------------------------------------------------------------------------------------------------------
@transaction.atomic
def open_board(
    actor: Actor, space: Space, *, name: str, about: str = "", parent: Board | None = None, audience: int = Audience.PUBLIC
) -> Board:
    """Set up a board in a space; a board stands in a board once, not deeper."""
    space = space.locked()
    check(actor, "board.create", space)
    if parent is not None and (parent.parent_id is not None or parent.space_id != space.pk):
        raise ValidationError({"parent": _("A board stands inside a board of the same space, once, not deeper.")})
    board = Board(space=space, parent=parent, name=tidy_name(name), about=about, audience=audience)
    board.reach = max(audience, space.audience, parent.reach if parent else Audience.PUBLIC)
    board.full_clean()
    board.save()
    record(actor, "opened_board", board, reach=Audience.MANAGERS)
    return board


@transaction.atomic
def edit_board(actor: Actor, board: Board, **fields: object) -> Board:
    """Change a board; a narrower audience narrows its topics at once."""
    board = board.locked()
    check(actor, "board.edit", board)
    for name, value in fields.items():
        setattr(board, name, value)
    board.full_clean()
    board.save()
    realign(board.space_id)
    board.refresh_from_db()
    record(actor, "edited_board", board, reach=Audience.MANAGERS)
    return board


# --- Topics --------------------------------------------------------------------------------------------------------------
def open_topic(  # noqa: PLR0913 -- what the form says, each by its name
    actor: Actor,
    place: Board | Space,
    *,
    body: str,
    title: str = "",
    client_id: uuid.UUID | None = None,
    audience: int = Audience.PUBLIC,
    tags: Iterable[str] = (),
    attachments: Iterable[Attachment] = (),
) -> Topic:
    """Open a topic on a board, or write on the wall of a space. The same `client_id` again answers with the first topic."""
    ready = prepare(actor, body)
    with transaction.atomic():
        if again := _again(actor, client_id):
            return _first(again)
        board = place.locked() if isinstance(place, Board) else None
        space = board.space if board is not None else place.space.locked()
        if again := _again(actor, client_id):  # a twin request held the lock before us
            return _first(again)
        check(actor, "topic.open" if board is not None else "space.post", board or space)
        if board is not None and not tidy_name(title):
            raise ValidationError({"title": _("Write a title.")})
        if audience >= Audience.PARTICIPANTS:
            raise ValidationError({"audience": _("Choose who may see it.")})
        topic = Topic(
            space=space,
            board=board,
            author=actor.person,
            on_behalf_of=actor.entity,
            title=tidy_name(title)[:200],
            language=ready.language,
            audience=audience,
            reach=max(audience, board.reach if board is not None else space.audience),
        )
        topic.folded = fold(topic.title)[:200]
        chosen = _tags(tags)
        topic.labels = [[tag.pk, tag.name] for tag in chosen]
        topic.save()
        topic.tags.set(chosen)
        topic.first_post = post = _write(actor, topic, ready, client_id, None, attachments)
        if board is not None:
            Board.objects.filter(pk=board.pk).update(topics_count=F("topics_count") + 1)
        record(
            actor,
            "opened" if board is not None else "posted",
            topic,
            target=topic,
            space=space,
            post=post.pk,
            mentioned=list(ready.mentioned),
        )
        return topic


@transaction.atomic
def edit_topic(actor: Actor, topic: Topic, *, title: str, tags: Iterable[str] = ()) -> Topic:
    topic = topic.locked()
    check(actor, "topic.edit", topic)
    if topic.board_id and not tidy_name(title):
        raise ValidationError({"title": _("Write a title.")})
    topic.title, topic.folded = tidy_name(title)[:200], fold(title)[:200]
    chosen = _tags(tags)
    topic.labels = [[tag.pk, tag.name] for tag in chosen]
    topic.next_version()
    topic.save(update_fields=["title", "folded", "labels", "version"])
    topic.tags.set(chosen)
    record(actor, "retitled", topic, reach=Audience.MANAGERS)
    return topic


@transaction.atomic
def close(actor: Actor, topic: Topic, *, reason: str = "") -> Closure:
    """Close a topic to new replies; closing twice is quiet."""
    topic = topic.locked()
    check(actor, "topic.close", topic)
    closure, made = Closure.objects.get_or_create(topic=topic, defaults={"by": actor.person, "reason": reason})
    if made:
        topic.closed_at = closure.at
        topic.next_version()
        topic.save(update_fields=["closed_at", "version"])
        record(actor, "closed", topic, reason=reason)
    return closure


@transaction.atomic
def reopen(actor: Actor, topic: Topic) -> None:
    topic = topic.locked()
    check(actor, "topic.close", topic)
    if Closure.objects.filter(topic=topic).delete()[0]:
        topic.closed_at = None
        topic.next_version()
        topic.save(update_fields=["closed_at", "version"])
        record(actor, "reopened", topic)


@transaction.atomic
def pin(actor: Actor, topic: Topic, *, pinned: bool = True) -> None:
    topic = topic.locked()
    check(actor, "topic.pin", topic)
    if bool(topic.pinned_at) != pinned:
        topic.pinned_at = timezone.now() if pinned else None
        topic.next_version()
        topic.save(update_fields=["pinned_at", "version"])
        record(actor, "pinned" if pinned else "unpinned", topic, reach=Audience.MANAGERS)


@transaction.atomic
def accept_answer(actor: Actor, topic: Topic, post: Post | None) -> None:
    """Mark a post as the answer, or, with None, none; both posts change on open pages."""
    topic = topic.locked()
    check(actor, "topic.answer", topic)
    if post is not None and (post.topic_id != topic.pk or post.deleted_at is not None):
        raise ValidationError(_("The answer must be a post of this topic."))
    before = topic.answer_id
    if before == (post.pk if post else None):
        return
    topic.answer = post
    topic.next_version()
    topic.save(update_fields=["answer", "version"])
    Post.objects.filter(topic=topic, pk__in=[pk for pk in (before, post.pk if post else None) if pk]).update(version=topic.version)
    if post is not None:
        # Subscribers of this process render what they are handed.
        post.topic, post.version = topic, topic.version
    record(actor, "answered" if post else "unanswered", post or topic, target=topic, before=before)


@transaction.atomic
def delete_topic(actor: Actor, topic: Topic) -> None:
    """Take a topic down; moderators still see it and can restore it."""
    topic = topic.locked()
    check(actor, "topic.delete", topic)
    if topic.deleted_at is None:
        topic.deleted_at = timezone.now()
        topic.next_version()
        topic.save(update_fields=["deleted_at", "version"])
        _recount_board(topic)
        record(actor, "deleted_topic", topic, reach=Audience.MANAGERS)


@transaction.atomic
def restore_topic(actor: Actor, topic: Topic) -> None:
    topic = topic.locked()
    check(actor, "topic.delete", topic)
    if topic.deleted_at is not None:
        topic.deleted_at = None
        topic.next_version()
        topic.save(update_fields=["deleted_at", "version"])
        _recount_board(topic)
        record(actor, "restored_topic", topic, reach=Audience.MANAGERS)


# --- Posts ---------------------------------------------------------------------------------------------------------------
def reply(
    actor: Actor,
    topic: Topic,
    *,
    body: str,
    client_id: uuid.UUID | None = None,
    reply_to: Post | None = None,
    attachments: Iterable[Attachment] = (),
) -> Post:
    """Write a post in a topic. The same `client_id` again answers with the first post; a topic closed meanwhile refuses."""
    ready = prepare(actor, body)
    with transaction.atomic():
        topic = topic.locked()
        if again := _again(actor, client_id):  # under the lock: a twin request may have held it before us
            return again
        check(actor, "topic.reply", topic)
        if reply_to is not None and reply_to.topic_id != topic.pk:
            reply_to = None
        post = _write(actor, topic, ready, client_id, reply_to, attachments)
        record(actor, "replied", post, target=topic, mentioned=list(ready.mentioned))
        return post


def edit(actor: Actor, post: Post, *, body: str) -> Post:
    """Change a text; what it said before, and who changed it, is kept in its history. The same text again is quiet."""
    ready = prepare(actor, body)
    with transaction.atomic():
        topic = post.topic.locked()
        post = Post.objects.select_for_update(of=("self",)).with_author().get(pk=post.pk)
        post.topic = topic
        check(actor, "post.edit", post)
        post.unknown = ready.unknown
        if post.html == ready.html:
            return post
        Edit.objects.create(post=post, by=actor.person, html=post.html)
        post.html, post.text, post.folded = ready.html, ready.text, fold(ready.text)
        post.language, post.direction, post.edited_at = ready.language, ready.direction, timezone.now()
        post.version = topic.next_version()
        if post.number == 1:
            topic.excerpt = text.excerpt(post.html, 280)
        post.save()
        topic.save(update_fields=["version", "excerpt"])
        known = set(post.mentions.values_list("space_id", flat=True))
        _mention(post, ready)
        record(actor, "edited", post, target=topic, mentioned=sorted(set(ready.mentioned) - known))
        return post


@transaction.atomic
def delete(actor: Actor, post: Post) -> None:
    """Take a post down; a tombstone stays in its place. The first post goes with its topic."""
    topic = post.topic.locked()
    post = Post.objects.select_for_update(of=("self",)).with_author().get(pk=post.pk)
    post.topic = topic
    if post.deleted_at is not None:
        return
    check(actor, "post.delete", post)
    if post.number == 1 and topic.posts_count > 1:
        raise ValidationError(_("The first post carries the topic. Close or delete the topic instead."))
    post.deleted_at, post.deleted_by = timezone.now(), actor.person
    _settle(topic, post)
    if post.number == 1:
        topic.deleted_at = post.deleted_at
        topic.save(update_fields=["deleted_at"])
        _recount_board(topic)
    record(actor, "deleted", post, target=topic)


@transaction.atomic
def restore(actor: Actor, post: Post) -> None:
    topic = post.topic.locked()
    post = Post.objects.select_for_update(of=("self",)).with_author().get(pk=post.pk)
    post.topic = topic
    if post.deleted_at is None:
        return
    check(actor, "post.restore", post)
    post.deleted_at = post.deleted_by = None
    _settle(topic, post)
    if post.number == 1 and topic.deleted_at is not None:
        topic.deleted_at = None
        topic.save(update_fields=["deleted_at"])
        _recount_board(topic)
    record(actor, "restored", post, target=topic)


@transaction.atomic
def react(actor: Actor, post: Post, kind: str, *, on: bool = True) -> Post:
    """Give or take back a reaction; both twice are quiet. The count is a recount, so it cannot drift."""
    topic = post.topic.locked()
    post = Post.objects.select_for_update(of=("self",)).with_author().get(pk=post.pk)
    post.topic = topic
    check(actor, "post.react", post)
    if content.react(post, actor.person, kind, on=on):
        post.version = topic.next_version()
        post.save(update_fields=["reactions", "version"])
        topic.save(update_fields=["version"])
        record(actor, "reacted" if on else "unreacted", post, target=topic, kind=kind)
    return post


# --- Files -----------------------------------------------------------------------------------------------------------------
def upload(actor: Actor, file: UploadedFile) -> Attachment:
    """Take in one file, which belongs to no post yet. UploadRefused with its sentence when it is not what it says, too large, or the store is full."""
    return Attachment.take_in(actor.person, file)


def sweep_files(*, older_than: timedelta = timedelta(hours=24)) -> int:
    """Forget files that came to belong to no post, and say how many; the clock asks daily."""
    return Attachment.sweep(older_than=older_than)


# --- What a reader keeps for oneself -------------------------------------------------------------------------------------
def watch(actor: Actor, topic: Topic, level: str) -> Watch:
    """Choose how much one hears of a topic. ValidationError for a level that does not exist."""
    check(actor, "topic.watch", topic)
    if level not in Watch.Level.values:
        raise ValidationError(_("Choose how much you want to hear."))
    watching, _made = Watch.objects.update_or_create(topic=topic, user=actor.person, defaults={"level": level})
    return watching


def unwatch(actor: Actor, topic: Topic) -> None:
    """Choose nothing for the topic itself: what holds for its place holds again. Twice is quiet."""
    check(actor, "topic.watch", topic)
    Watch.objects.filter(topic=topic, user=actor.person).delete()


def mark_read(actor: Actor, topic: Topic, number: int) -> None:
    """Remember how far one has read; it never goes back by itself."""
    compiled.run(_READ_TO, topic.pk, actor.person.pk, min(number, topic.last_number), timezone.now())


def save_draft(actor: Actor, place: str, *, body: str, title: str = "") -> Draft | None:
    """Keep what is being written; an empty text clears the place."""
    body, title = body.replace("\0", ""), title.replace("\0", "")  # no database keeps a NUL
    if not body.strip() and not title.strip():
        Draft.objects.filter(user=actor.person, place=place).delete()
        return None
    draft, _made = Draft.objects.update_or_create(
        user=actor.person, place=place[:60], defaults={"body": body[: 64 * 1024], "title": title[:200], "saved_at": timezone.now()}
    )
    return draft


# --- Helpers -------------------------------------------------------------------------------------------------------------
def _again(actor: Actor, client_id: uuid.UUID | None) -> Post | None:
    """The post this person wrote with this number before: a retry has one effect and one answer."""
    if client_id is None:
        return None
    # The narrow question first, and plainly: nearly always there is none, and this stands in the way of every post, under the lock.
    number = Post._meta.get_field("client_id").get_db_prep_value(client_id, connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM forums_post WHERE author_id = %s AND client_id = %s", [actor.user_id, number])
        found = cursor.fetchone()
    return Post.objects.with_author().select_related("topic__space").get(pk=found[0]) if found is not None else None


def _first(post: Post) -> Topic:
    post.topic.first_post = post
    return post.topic


def _write(
    actor: Actor, topic: Topic, ready: Body, client_id: uuid.UUID | None, reply_to: Post | None, attachments: Iterable[Attachment]
) -> Post:
    topic.last_number += 1
    mandate = actor.mandates.get(actor.entity_id) if actor.entity_id else None
    post = Post(
        topic=topic,
        number=topic.last_number,
        author=actor.person,
        on_behalf_of=actor.entity,
        author_title=mandate.title if mandate else "",
        html=ready.html,
        text=ready.text,
        folded=fold(ready.text),
        language=ready.language,
        direction=ready.direction,
        client_id=client_id or uuid.uuid4(),
        reply_to=reply_to,
        version=topic.next_version(),
    )
    compiled.insert(post)
    topic.posts_count += 1
    topic.last_post_at, topic.last_author, topic.last_on_behalf_of = post.created_at, actor.person, actor.entity
    if post.number == 1:
        topic.excerpt = text.excerpt(ready.html, 280)
    compiled.update(topic, "last_number", "posts_count", "version", "last_post_at", "last_author", "last_on_behalf_of", "excerpt")
    if topic.board_id:
        compiled.run(_ONE_MORE, post.created_at, topic.board_id)
    post.unknown = ready.unknown
    _mention(post, ready)
    _attach(actor, post, attachments)
    compiled.insert_quietly(Watch(topic=topic, user=actor.person))
    mark_read(actor, topic, post.number)  # one has read what one writes
    compiled.run(_NO_DRAFT, actor.user_id, f"topic.{topic.pk}" if post.number > 1 else _place_of(topic))
    return post


# Each post runs these under the topic's lock, where the ORM would take longer to put them together than the database to do them.
_ONE_MORE = "UPDATE forums_board SET posts_count = posts_count + 1, last_post_at = %s WHERE id = %s"
_NO_DRAFT = "DELETE FROM forums_draft WHERE user_id = %s AND place = %s"
_READ_TO = (
    "INSERT INTO forums_readmark (topic_id, user_id, number, at) VALUES (%s, %s, %s, %s) ON CONFLICT (topic_id, user_id)"
    " DO UPDATE SET number = excluded.number, at = excluded.at WHERE forums_readmark.number < excluded.number"
)


def _attach(actor: Actor, post: Post, attachments: Iterable[Attachment]) -> None:
    if files := list(attachments):
        post.files = Attachment.hang(actor.person, files, post)
        post.save(update_fields=["files"])


def _place_of(topic: Topic) -> str:
    return f"board.{topic.board_id}" if topic.board_id else f"space.{topic.space_id}"


def _mention(post: Post, ready: Body) -> None:
    if post.edited_at is not None:
        post.mentions.exclude(space__in=ready.mentioned).delete()
    Mention.objects.bulk_create([Mention(post=post, space_id=space_id) for space_id in ready.mentioned], ignore_conflicts=True)


def _settle(topic: Topic, post: Post) -> None:
    """After a post went or came back: its version, and counters by recount."""
    post.version = topic.next_version()
    post.save(update_fields=["deleted_at", "deleted_by", "version"])
    topic.posts_count = topic.posts.kept().count()
    if topic.answer_id == post.pk and post.deleted_at is not None:
        topic.answer = None
    topic.save(update_fields=["posts_count", "version", "answer"])
    if topic.board_id:
        _recount_board(topic)


def _recount_board(topic: Topic) -> None:
    if topic.board_id is None:
        return
    Board.objects.filter(pk=topic.board_id).update(
        topics_count=Topic.objects.kept().filter(board=topic.board_id).count(),
        posts_count=Post.objects.kept().filter(topic__board=topic.board_id, topic__deleted_at=None).count(),
    )


def _tags(names: Iterable[str]) -> list[Tag]:
    tags = []
    for name in list(dict.fromkeys(filter(None, (tidy_name(name)[:40] for name in names))))[:10]:
        tag, _made = Tag.objects.get_or_create(folded=fold(name)[:40], defaults={"name": name})
        tags.append(tag)
    return tags
