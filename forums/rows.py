"""A topic as lists show it: one line, rendered once a version and language, without knowing who reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.cache import caches
from django.db.models import Case, F, IntegerField, Max, Q, QuerySet, When
from django.template.loader import get_template
from django.utils import translation
from django.utils.safestring import SafeString

from forums.models import Post, Topic, TopicQuerySet
from network.spaces.models import Space
from network.templatetags.house import avatar

if TYPE_CHECKING:
    from network.spaces.actors import Actor

FACES = 3


@dataclass(frozen=True, slots=True)
class Line:
    """What a list must know of a topic before it asks whether its row is kept."""

    pk: int
    version: int
    read_number: int
    is_unread: bool  # something was written since this person last read here, and since they came into the network at all


def line_rows(topics: TopicQuerySet, actor: Actor) -> QuerySet[Any, Any]:
    """The columns of a Line, in the list's order."""
    topics = topics.with_mark(actor.user_id)
    unread = Q(pk__in=[]) if actor.user is None else Q(last_number__gt=F("read_number"), last_post_at__gte=actor.user.joined_at)
    return topics.annotate(unread=Case(When(unread, then=1), default=0, output_field=IntegerField())).values_list(
        "pk", "version", "read_number", "unread"
    )


def lines_of(topics: TopicQuerySet, actor: Actor) -> list[Line]:
    """One query: the topics of a page of a list, in its order."""
    return [Line(*row) for row in line_rows(topics, actor)]


def rows_html(lines: Sequence[Line], language: str, *, place: bool = False) -> SafeString:
    """The rows joined; with `place` each says its board. Two queries for those not kept, none when all are."""
    keys = {line.pk: f"row:{line.pk}:{line.version}:{language}:{int(place)}" for line in lines}
    kept = caches["fragments"].get_many(keys.values())
    missing = [pk for pk, key in keys.items() if key not in kept]
    if missing:
        fresh = {keys[pk]: html for pk, html in _render(missing, language, place=place).items()}
        caches["fragments"].set_many(fresh, 3600)  # a board or a person may take another name meanwhile
        kept.update(fresh)
    # Safe: made of our own template, which escapes; the marks added are ours.
    return SafeString("".join(_for_reader(kept.get(keys[line.pk], ""), line, language) for line in lines))  # nosec B703 # see above


def _for_reader(html: str, line: Line, language: str) -> str:
    if not line.is_unread:
        return html
    html = html.replace('class="topic-row"', 'class="topic-row is-unread"', 1)
    if line.read_number:
        html = html.replace(f'href="/{language}/topics/{line.pk}/"', f'href="/{language}/topics/{line.pk}/unread/"', 1)
    return html


def _render(topic_ids: Sequence[int], language: str, *, place: bool) -> dict[int, str]:
    topics = Topic.objects.filter(pk__in=topic_ids).with_author()
    faces = faces_of(topic_ids)
    template = get_template("forums/_topic_row.html")
    with translation.override(language):
        return {
            topic.pk: template.render({"topic": topic, "faces": faces.get(topic.pk, []), "place": place, "language": language}).strip()
            for topic in topics
        }


def faces_of(topic_ids: Iterable[int]) -> dict[int, list[SafeString]]:
    """The avatars of who wrote last in each topic, a few: one query, over the last dozen posts only."""
    written = (
        Post.objects.kept()
        .filter(topic__in=list(topic_ids), number__gt=F("topic__last_number") - 12)
        .values_list("topic_id", "author__page", "author__page__monogram", "author__page__picture")
        .annotate(last=Max("number"))
        .order_by("-last")
    )
    found: dict[int, list[SafeString]] = defaultdict(list)
    for topic_id, page_id, monogram, picture, _last in written:
        if len(found[topic_id]) < FACES:
            found[topic_id].append(avatar(Space(pk=page_id, kind="person", monogram=monogram, picture=picture), size="small"))
    return found
