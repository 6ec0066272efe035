"""A post as every page, answer and frame shows it: rendered once a version and language, without knowing who reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.cache import caches
from django.template.loader import get_template
from django.utils import translation

from forums.models import Post, Topic
from network.files.shown import shown_files
from network.reactions import reactions_given


def post_html(post: Post, language: str) -> str:
    """The fragment of one post, root `<article id="post-7">`. Reads its topic, author, institution and what it answers (`with_author()`)."""
    return posts_html([post], language)[0]


def posts_html(posts: Sequence[Post], language: str) -> list[str]:
    """The fragments of these posts, in order; kept ones are not rendered again."""
    keys = [_key(post.pk, post.version, language, is_answer=post.topic.answer_id == post.pk) for post in posts]
    kept = caches["fragments"].get_many(keys)
    fresh = {key: _render(post, language) for key, post in zip(keys, posts, strict=True) if key not in kept}
    if fresh:
        caches["fragments"].set_many(fresh)
    return [kept.get(key) or fresh[key] for key in keys]


def fragments_of(rows: Iterable[tuple[int, int]], topics: Mapping[int, Topic] | Topic, language: str) -> dict[int, str]:
    """Fragments by post number for rows of (number, version): one query for those not kept, none when all are.

    `topics` is the one topic of all rows, or the topics by post number.
    """

    def topic_of(pk: int) -> Topic:
        return topics if isinstance(topics, Topic) else topics[pk]

    keys = {pk: _key(pk, version, language, is_answer=topic_of(pk).answer_id == pk) for pk, version in rows}
    kept = caches["fragments"].get_many(keys.values())
    missing = [pk for pk, key in keys.items() if key not in kept]
    found = {pk: kept[key] for pk, key in keys.items() if key in kept}
    if missing:
        posts = list(Post.objects.filter(pk__in=missing).with_author())
        for post in posts:
            post.topic = topic_of(post.pk)
        found.update(zip((post.pk for post in posts), posts_html(posts, language), strict=True))
    return found


def _key(post_id: int, version: int, language: str, *, is_answer: bool) -> str:
    return f"post:{post_id}:{version}:{language}:{int(is_answer)}"


def _render(post: Post, language: str) -> str:
    with translation.override(language):
        return _template().render(_context(post, language)).strip()


def _template() -> Any:
    return get_template("forums/_post.html")


def _context(post: Post, language: str) -> dict[str, Any]:
    if post.deleted_at is not None:
        return {"post": post, "removed": True, "language": language}
    return {
        "post": post,
        "language": language,
        "page": post.author.page,
        "entity": post.on_behalf_of,
        "title": _title(post),
        "is_answer": post.topic.answer_id == post.pk,
        "reactions": reactions_given("post", post.pk, {"heart": 0, **post.reactions}),
        "files": shown_files(post.files),
    }


def _title(post: Post) -> str:
    """The office in which it was written; "" when the person's name says it already, in any language ("Liaison officer – Morocco")."""
    page = post.author.page
    said = set(map(_plain, f"{page.name_ar} {page.name_fr} {page.name_en}".split()))
    return "" if said.issuperset(map(_plain, post.author_title.split())) else post.author_title


def _plain(word: str) -> str:
    return word.casefold().removeprefix("ال")
