"""What is new and public, whoever wrote it: rooms give their items by name (settings.FEED_SOURCES), feeds and widgets show them."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from forums.models import Post, Topic
from network.entities.models import Entity
from network.entities.news import Item
from network.spaces.actors import Actor
from network.text.plain import excerpt

MOST = 30


def latest(entities: QuerySet[Entity], *, language: str = "", most: int = MOST) -> list[Item]:
    """The newest public items of these institutions, newest first, in all languages or in one. One query a source.

    `entities` must hold only what everybody sees: sources give what is public *in* them and do not ask again whether they are.
    """
    found = [item for name in settings.FEED_SOURCES for item in import_string(name)(entities, language, most)]
    return sorted(found, key=lambda item: (item.published, item.key), reverse=True)[:most]


def public_entities() -> QuerySet[Entity]:
    """The institutions that stand in the register for everybody."""
    return Entity.objects.visible_to(Actor.nobody())


def walls(entities: QuerySet[Entity], language: str, most: int) -> Sequence[Item]:
    """What stands on their walls, for everyone: their news."""
    topics = Topic.objects.visible_to(Actor.nobody()).kept().walls().filter(space__in=entities.values("pk"))
    if language:
        topics = topics.filter(language=language)
    posts = Post.objects.filter(topic__in=topics, number=1, deleted_at=None).select_related("topic__space").order_by("-pk")[:most]
    return [_item(post) for post in posts]


def _item(post: Post) -> Item:
    topic = post.topic
    return Item(
        key=topic.stream,
        path=topic.path,
        title=topic.title or excerpt(post.html, 100),
        html=post.html,
        text=post.text,
        language=post.language,
        published=post.created_at,
        updated=post.edited_at or post.created_at,
        by=topic.space.name,
        by_path=topic.space.path,
    )
