"""The same world N times larger, for measuring: copies of the invented people, institutions, topics and posts, written in bulk."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TypeVar

from allauth.account.models import EmailAddress
from django.db import models, transaction

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
