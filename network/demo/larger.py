"""The same world N times larger, for measuring: copies of the invented people, institutions, topics, posts and conversations, written in bulk."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import TypeVar

from allauth.account.models import EmailAddress
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q

from chat.models import Attachment, Conversation, Message, MessageReaction, Participant, Seat
from forums.models import Board, Post, Reaction, Topic, Watch
from network.activity.models import Activity
from network.demo.reading import WORLD, read
from network.entities.models import Entity
from network.spaces.models import Mandate, Membership, Space
from profiles.models import Profile, User

BATCH = 1_000
_KEYS = ("id", "space_ptr_id")
Row = TypeVar("Row", bound=models.Model)


def grow(size: int) -> str:
    """Add the copies 2 to `size` that are missing. A copy's handles end in `.2`, its e-mail names in `+2`, its titles in `(2)`."""
    people = [row["handle"] for row in read("people")["people"]]
    added = 0
    for number in range(2, size + 1):
        if Space.objects.filter(handle=f"{people[0]}.{number}").exists():
            continue
        with transaction.atomic():
            _Copy(number, people).make()
        added += 1
    return f"Larger world: {added} copies added, {size} in all."


class _Copy:
    """One copy: `users`, `spaces`, `topics` and `posts` lead from the number of an original to its copy."""

    def __init__(self, number: int, people: list[str]) -> None:
        self.number = number
        self.people = people
        self.users: dict[int, User] = {}
        self.spaces: dict[int, Space] = {}
        self.topics: dict[int, Topic] = {}
        self.posts: dict[int, Post] = {}

    def make(self) -> None:
        self._institutions()
        self._people()
        self._members()
        self._topics()
        self._posts()
        self._talks()
        _recount()

    def _institutions(self) -> None:
        for entity in Entity.objects.filter(handle__in=[row["code"] for row in read("fictional")["entities"]]):
            fields = {field.attname: getattr(entity, field.attname) for field in entity._meta.concrete_fields if field.attname not in _KEYS}
            made = Entity(**fields)
            self._rename(made)
            made.save(force_insert=True)  # a child of Space: no bulk insert exists for it
            self.spaces[entity.pk] = made

    def _people(self) -> None:
        originals = list(User.objects.filter(page__handle__in=self.people).select_related("page", "profile").order_by("pk"))
        made = _insert(User, originals, email=lambda user: user.email.replace("@", f"+{self.number}@"))
        self.users = {old.pk: new for old, new in zip(originals, made, strict=True)}
        pages = [_fresh(user.page, user=self.users[user.pk]) for user in originals]
        for page in pages:
            self._rename(page)
        Space.objects.bulk_create(pages, batch_size=BATCH)
        self.spaces |= {user.page.pk: page for user, page in zip(originals, pages, strict=True)}
        Profile.objects.bulk_create([_fresh(user.profile, user=self.users[user.pk]) for user in originals])
        EmailAddress.objects.bulk_create([EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in made])

    def _members(self) -> None:
        mandates = Mandate.objects.filter(user__in=list(self.users))
        Mandate.objects.bulk_create([_fresh(row, user=self.users[row.user_id], entity_id=self._space(row.entity_id)) for row in mandates])
        people = Membership.objects.filter(user__in=list(self.users))
        bodies = Membership.objects.filter(entity__in=list(self.spaces))
        Membership.objects.bulk_create(
            [_fresh(row, user=self.users[row.user_id]) for row in people if row.user_id]
            + [_fresh(row, entity_id=self._space(row.entity_id)) for row in bodies],
            batch_size=BATCH,
        )

    def _topics(self) -> None:
        originals = list(Topic.objects.filter(author__in=list(self.users)).order_by("pk"))
        copies = []
        for topic in originals:
            made = _fresh(
                topic,
                space_id=self._space(topic.space_id),
                author=self.users[topic.author_id],
                on_behalf_of_id=self._space(topic.on_behalf_of_id),
                last_author=self.users.get(topic.last_author_id or 0),
                last_on_behalf_of_id=self._space(topic.last_on_behalf_of_id),
                answer=None,
                title=f"{topic.title[:190]} ({self.number})" if topic.title else "",
            )
            copies.append(made)
        Topic.objects.bulk_create(copies, batch_size=BATCH)
        self.topics = {old.pk: new for old, new in zip(originals, copies, strict=True)}

    def _posts(self) -> None:
        originals = list(Post.objects.filter(topic__in=list(self.topics), author__in=list(self.users)).order_by("pk"))
        copies = [
            _fresh(
                post,
                topic=self.topics[post.topic_id],
                author=self.users[post.author_id],
                on_behalf_of_id=self._space(post.on_behalf_of_id),
                reply_to=None,
                client_id=uuid.uuid5(WORLD, f"{post.client_id}:{self.number}"),
            )
            for post in originals
        ]
        Post.objects.bulk_create(copies, batch_size=BATCH)
        self.posts = {old.pk: new for old, new in zip(originals, copies, strict=True)}
        self._answers()
        watchers = {(post.topic_id, post.author_id) for post in copies}
        Watch.objects.bulk_create([Watch(topic_id=topic, user_id=user) for topic, user in sorted(watchers)], batch_size=BATCH)
        reactions = Reaction.objects.filter(post__in=list(self.posts), user__in=list(self.users))
        Reaction.objects.bulk_create(
            [_fresh(row, post=self.posts[row.post_id], user=self.users[row.user_id]) for row in reactions], batch_size=BATCH
        )
        self._activities()

    def _answers(self) -> None:
        answered = []
        for topic in Topic.objects.filter(pk__in=list(self.topics)).exclude(answer=None):
            made = self.topics[topic.pk]
            made.answer = self.posts[topic.answer_id or 0]
            answered.append(made)
        Topic.objects.bulk_update(answered, ["answer"])

    def _activities(self) -> None:
        rows = Activity.objects.filter(actor__in=list(self.users), verb__in=["opened", "posted", "replied"]).order_by("pk")
        made = []
        for row in rows.select_related("object_type"):
            copies: dict[int, Topic] | dict[int, Post] = self.topics if row.object_type.model == "topic" else self.posts
            if row.object_id not in copies:
                continue
            made.append(
                _fresh(
                    row,
                    actor=self.users[row.actor_id],
                    on_behalf_of_id=self._space(row.on_behalf_of_id),
                    space_id=self._space(row.space_id),
                    object_id=copies[row.object_id].pk,
                    target_id=self.topics[row.target_id].pk if row.target_id else None,
                    data={},
                )
            )
        Activity.objects.bulk_create(made, batch_size=BATCH)

    def _talks(self) -> None:
        """Each conversation anew between the copies; in a group's room, and between institutions that exist once, it is said once more."""
        theirs = Conversation.objects.filter(Q(created_by__in=list(self.users)) | Q(messages__author__in=list(self.users))).distinct()
        for talk in theirs.with_participants().order_by("pk"):
            people = [(held, self._user(held.user_id), self._space(held.entity_id)) for held in talk.participants.all()]
            stays = all((held.user_id, held.entity_id) == (user, entity) for held, user, entity in people)
            seats = Seat.objects.filter(conversation=talk, user__in=list(self.users))
            if stays:
                self._say_again(talk, talk, list(talk.messages.filter(author__in=list(self.users)).order_by("number")))
            else:
                made = self._talk(talk)
                Participant.objects.bulk_create(
                    [
                        _fresh(held, conversation=made, user_id=user, entity_id=entity, added_by_id=self._user(held.added_by_id))
                        for held, user, entity in people
                    ]
                )
                self._say_again(talk, made, list(talk.messages.order_by("number")))
                seats = Seat.objects.filter(conversation=talk)
            home = talk if stays else made
            Seat.objects.bulk_create(
                [_fresh(row, conversation=home, user_id=self._user(row.user_id)) for row in seats], ignore_conflicts=True
            )

    def _talk(self, talk: Conversation) -> Conversation:
        kind, _, rest = (talk.key or "").partition(":")
        if kind == "direct":
            rest = ":".join(map(str, sorted(self._user(int(pk)) or 0 for pk in rest.split(":"))))
        elif kind == "entities":
            rest = ":".join(map(str, sorted(self._space(int(pk)) or 0 for pk in rest.split(":"))))
        elif kind == "start":
            beginner, _, number = rest.partition(":")
            rest = f"{self._user(int(beginner))}:{uuid.uuid5(WORLD, f'{number}:{self.number}')}"
        made = _fresh(
            talk,
            key=f"{kind}:{rest}" if kind else None,
            name=f"{talk.name[:90]} ({self.number})" if talk.name else "",
            picture="",  # a file has one owner
            last_number=0,
            version=0,
            last_message=None,
            created_by_id=self._user(talk.created_by_id),
        )
        made.save(force_insert=True)
        return made

    def _say_again(self, talk: Conversation, home: Conversation, originals: list[Message]) -> None:
        """The messages at the end of `home`: with their numbers and versions in a new one, after what is there in the same one."""
        copies = []
        for place, message in enumerate(originals, 1):
            copies.append(
                _fresh(
                    message,
                    conversation=home,
                    number=home.last_number + place if home is talk else message.number,
                    version=home.version + place if home is talk else message.version,
                    author_id=self._user(message.author_id),
                    on_behalf_of_id=self._space(message.on_behalf_of_id),
                    client_id=uuid.uuid5(WORLD, f"{message.client_id}:{self.number}"),
                    reply_to=None,
                    data={**message.data, "spaces": [self._space(pk) for pk in message.data.get("spaces", ())]} if message.data else {},
                    # Numbers and days go the same way, also where something was said since.
                    created_at=home.last_at + timedelta(seconds=place) if home is talk else message.created_at,
                    deleted_by_id=self._user(message.deleted_by_id),
                    pinned_by_id=self._user(message.pinned_by_id),
                    reported_at=None,
                )
            )
        Message.objects.bulk_create(copies, batch_size=BATCH)
        if not copies:
            return
        made = {old.pk: new for old, new in zip(originals, copies, strict=True)}
        answers = [old for old in originals if old.reply_to_id in made]
        for old in answers:
            made[old.pk].reply_to = made[old.reply_to_id or 0]
        files = Attachment.objects.filter(message__in=list(made))
        papers = [self._paper(file, made[file.message_id or 0]) for file in files]
        Attachment.objects.bulk_create(papers)
        Message.objects.bulk_update([made[old.pk] for old in answers] + [one for one in copies if one.files], ["reply_to", "files"])
        reactions = MessageReaction.objects.filter(message__in=list(made))
        MessageReaction.objects.bulk_create(
            [_fresh(row, message=made[row.message_id], user_id=self._user(row.user_id)) for row in reactions], batch_size=BATCH
        )
        last = copies[-1]
        version = last.version if home is talk else talk.version
        Conversation.objects.filter(pk=home.pk).update(
            last_number=last.number, version=version, last_message=last, last_at=last.created_at if home is talk else talk.last_at
        )

    def _paper(self, file: Attachment, message: Message) -> Attachment:
        key = secrets.token_urlsafe(32)
        message.files = [{**one, "key": key} if one["key"] == file.key else one for one in message.files]
        with default_storage.open(file.stored) as content:
            stored = default_storage.save(file.stored, content)
        return _fresh(file, key=key, message=message, uploader_id=self._user(file.uploader_id), stored=stored)

    def _user(self, pk: int | None) -> int | None:
        return self.users[pk].pk if pk in self.users else pk

    def _space(self, pk: int | None) -> int | None:
        return self.spaces[pk].pk if pk in self.spaces else pk

    def _rename(self, space: Space) -> None:
        space.handle = f"{space.handle}.{self.number}"
        for name in ("name_ar", "name_fr", "name_en"):
            if value := getattr(space, name):
                setattr(space, name, f"{value} {self.number}")
        space.skeleton = f"{space.skeleton[:190]}{self.number}"


def _fresh(row: Row, **changes: object) -> Row:
    """An unsaved copy of a row."""
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    for name, value in changes.items():
        field = row._meta.get_field(name) if not name.endswith("_id") else None
        fields.pop(getattr(field, "attname", name), None)
        fields[name] = value
    return type(row)(**fields)


def _insert(model: type[Row], originals: Iterable[Row], **changes: object) -> list[Row]:
    copies = [_fresh(row, **{name: change(row) if callable(change) else change for name, change in changes.items()}) for row in originals]
    return model._default_manager.bulk_create(copies, batch_size=BATCH)


def _recount() -> None:
    for space in Space.objects.groups():
        Space.objects.filter(pk=space.pk).update(members_count=space.memberships.count())
    for board in Board.objects.all():
        topics = Topic.objects.kept().filter(board=board)
        Board.objects.filter(pk=board.pk).update(
            topics_count=topics.count(), posts_count=Post.objects.kept().filter(topic__in=topics).count()
        )
