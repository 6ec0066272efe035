"""The search page, and the suggestions behind @."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import HttpResponse, JsonResponse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from documents.models import Guide
from network import rates
from network.fragments import page
from network.names import fold
from network.requests import Request
from network.spaces.models import Space, in_language
from network.text import text_of
from search import queries
from search.queries import Query

KINDS: dict[str, str | Promise] = {
    "entity": _("Institutions"),
    "group": _("Groups"),
    "person": _("People"),
    "topics": _("Topics"),
    "posts": _("Posts"),
    "guides": _("Guides"),
}
FEW = 4


@dataclass(slots=True)
class Hit:
    thing: Any
    entity: Any
    person: Any
    title: str
    url: str
    snippet: SafeString | str
    where: str
    at: Any


@dataclass(slots=True)
class Section:
    kind: str
    name: str | Promise
    hits: list[Hit]
    more: bool


@require_safe
def search(request: Request) -> HttpResponse:
    """`?q=` words, `?kind=` one kind with its pages; without a kind, the first few of each."""
    query = Query.of(request.GET.get("q", ""))
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    sections: list[Section] = []
    paged: Page[Any] | None = None
    if query.words:
        rates.spend("search", request.actor.user_id or rates.address_of(request))
        if kind:
            paged = Paginator(_found(request, query, kind), settings.PAGE_SIZE).get_page(request.GET.get("page"))
            sections = [Section(kind, KINDS[kind], [_hit(row, query) for row in paged], False)]
        else:
            for code, name in KINDS.items():
                rows = list(_found(request, query, code)[: FEW + 1])
                if rows:
                    sections.append(Section(code, name, [_hit(row, query) for row in rows[:FEW]], len(rows) > FEW))
    found = any(section.hits for section in sections)
    return page(
        request,
        "search/results.html",
        nav="search",
        search=query,
        query=query.asked,
        kind=kind,
        kinds=KINDS,
        sections=sections,
        paged=paged,
        found=found,
    )


@require_safe
def mentions(request: Request) -> JsonResponse:
    """Whom `@…` may mean: people and institutions the writer may see, at most eight."""
    if request.actor.user_id is None:
        return JsonResponse([], safe=False)
    rates.spend("lookup", request.actor.user_id)
    start = fold(request.GET.get("q", "").strip()[:60])
    found = (
        Space.objects.visible_to(request.actor).reachable().exclude(kind=Space.Kind.GROUP).exclude(handle=None).select_related("country")
    )
    for word in start.split()[:4]:
        found = found.filter(folded__contains=word)
    rows = sorted(found.order_by("kind", "-members_count", "pk")[:40], key=lambda space: not (space.handle or "").startswith(start))[:8]
    return JsonResponse(
        [
            {
                "handle": space.handle,
                "name": space.name,
                "kind": space.avatar_kind,
                "tone": space.tone,
                "monogram": space.monogram,
                "detail": " · ".join(filter(None, [f"@{space.handle}", space.country.name if space.country else ""])),
            }
            for space in rows
        ],
        safe=False,
        headers={"Cache-Control": "private, no-store"},
    )


def _found(request: Request, query: Query, kind: str) -> Any:
    if kind == "topics":
        return queries.topics(request.actor, query)
    if kind == "posts":
        return queries.posts(request.actor, query)
    if kind == "guides":
        return queries.guides(request.actor, query)
    return queries.spaces(request.actor, query, kind)


def _hit(row: Any, query: Query) -> Hit:
    if isinstance(row, Space):
        where = str(Space.Kind(row.kind).label) + (f" · {row.country.name}" if row.country else "")
        return Hit(row, None, row, row.name, row.get_absolute_url(), queries.highlighted(row.about, query), where, None)
    if isinstance(row, Guide) and row.newest is not None:
        snippet = queries.highlighted(f"{row.newest.summary} {text_of(in_language(row.newest, 'body'))}", query)
        return Hit(row, row.space, None, row.name, row.get_absolute_url(), snippet, row.space.name, row.newest.published_at)
    topic = getattr(row, "topic", row)
    text = row.text if hasattr(row, "text") else row.excerpt
    return Hit(
        row,
        row.on_behalf_of,
        row.author,
        Truncator(str(topic)).chars(120),
        row.get_absolute_url(),
        queries.highlighted(text, query),
        topic.space.name,
        row.created_at,
    )
