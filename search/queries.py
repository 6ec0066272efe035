"""One box over people, institutions, groups, topics, posts and guides: every word must be found, however its hamza is written.

The texts are compared as `network.names.fold` writes them; each kind asks its own door, so nothing hidden is found or counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from documents.models import Guide
from forums.models import Post, Topic
from network.names import fold
from network.spaces.models import Space

if TYPE_CHECKING:
    from network.spaces.actors import Actor

MOST_WORDS = 8
_WORD = re.compile(r"[\w'’.-]+")


@dataclass(slots=True)
class Query:
    """What was asked, and its words as the stored texts are compared."""

    asked: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, asked: str) -> Query:
        asked = asked.strip()[:200]
        return cls(asked, tuple(dict.fromkeys(_WORD.findall(fold(asked))))[:MOST_WORDS])


def spaces(actor: Actor, query: Query, kind: str) -> QuerySet[Space]:
    """People, institutions or groups by their names; names that begin with what was asked come first."""
    found = Space.objects.visible_to(actor).reachable().filter(_all_words("folded", query), kind=kind).select_related("country")
    begins = Case(When(folded__startswith=query.words[0], then=Value(0)), default=Value(1), output_field=IntegerField())
    return found.order_by(begins, "-members_count", "pk")


def topics(actor: Actor, query: Query) -> QuerySet[Topic]:
    """Topics by their titles, the latest first."""
    return (
        Topic.objects.visible_to(actor).kept().filter(_all_words("folded", query)).exclude(title="").with_author().order_by("-last_post_at")
    )


def posts(actor: Actor, query: Query) -> QuerySet[Post]:
    """Posts by what they say, the latest first."""
    found = Post.objects.visible_to(actor).kept().filter(_all_words("folded", query), topic__deleted_at=None)
    return found.with_author().select_related("topic__space").order_by("-pk")


def guides(actor: Actor, query: Query) -> QuerySet[Guide]:
    """Guides by their titles, summaries and texts, the latest first; only what was published, also for whoever writes them."""
    found = Guide.objects.visible_to(actor).published().filter(_all_words("newest__folded", query))
    return found.with_words().order_by("-newest__published_at", "-pk")


def highlighted(text: str, query: Query, length: int = 200) -> SafeString:
    """A piece of the text round the first word found, in its own spelling, with <mark> on what matched."""
    pieces = text.split()
    hits = [any(word in fold(piece) for word in query.words) for piece in pieces[:2000]]
    first = hits.index(True) if True in hits else 0
    start = max(0, first - 8)
    out, size = [], 0
    for piece, hit in zip(pieces[start:], hits[start:] + [False] * len(pieces), strict=False):
        size += len(piece) + 1
        if size > length:
            out.append("…")
            break
        out.append(f"<mark>{escape(piece)}</mark>" if hit else escape(piece))
    return mark_safe(("… " if start else "") + " ".join(out))  # noqa: S308  # nosec B703, B308 # every piece was escaped above


def _all_words(column: str, query: Query) -> Q:
    found = Q()
    for word in query.words:
        found &= Q(**{f"{column}__contains": word})
    return found
