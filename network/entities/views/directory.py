"""The registers: all institutions, or those of one kind, in protocol order: never in that of the reader's alphabet."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from network import declared, rates
from network.declared import said
from network.entities.models import Entity, Kind
from network.entities.queries import Asked, Filter, filters_of, may_ask_status, narrowed, search, tiles
from network.entities.standing import LAPSED, with_affiliations
from network.fragments import page
from network.permissions import can
from network.requests import Request
from network.spaces.actors import Actor
from network.spaces.models import Country

TABLE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Part:
    """One button of the bar: a register, how many stand in it, how complete they are, and where it leads."""

    kind: Kind
    count: int
    filled: int
    address: str
    is_here: bool


@require_safe
def directory(request: Request) -> HttpResponse:
    """Search by name, filter by kind, country, language, the kind's own fields and, for those who keep a register, status; cards, table or picture."""
    actor: Actor = request.actor
    kinds = list(Kind.objects.all())
    filters = filters_of(kinds, request.GET.get("kind", ""))
    asked = Asked.of(request.GET, actor, filters)
    if asked.q:
        rates.spend("lookup", actor.user_id or rates.address_of(request))
    found, counts = narrowed(search(actor, asked), asked)
    parts = _parts(kinds, counts, asked)
    here = next((part for part in parts if part.is_here), None)
    if asked.kind:
        found = found.filter(entity_kind__code=asked.kind)
    countries = list(Country.objects.all())
    shown = found.select_related("entity_kind", "country").with_follow(actor.user_id).in_protocol_order()
    paginator = Paginator(shown, TABLE_SIZE if asked.view == "table" else settings.PAGE_SIZE)
    # The bar has counted already.
    paginator.count = (here.count if here else 0) if asked.kind else sum(part.count for part in parts)
    columns = [one for one in here.kind.spec if one.column and one.public] if here else []
    rows = paginator.get_page(request.GET.get("page")) if asked.view != "map" else None
    if rows is not None:
        rows.object_list = with_affiliations(list(rows.object_list))
    return page(
        request,
        "entities/directory.html",
        cache=not asked.q,
        nav="entities",
        found=rows,
        count=paginator.count,
        table=[(entity, _cells(entity, columns)) for entity in rows] if rows is not None and asked.view == "table" else [],
        columns=columns,
        parts=parts,
        register=here,
        total=sum(part.count for part in parts),
        tiles=tiles(found, countries, lambda one, _n: asked.address(country=one.code, view="cards"), here=asked.country)
        if asked.view == "map"
        else [],
        elsewhere=found.filter(country=None).count() if asked.view == "map" else 0,
        countries=countries,
        filters=[
            Filter(one.code, one.name, [(v, said(words)) for v, words in one.choices], asked.chosen.get(one.code, "")) for one in filters
        ],
        languages_asked=settings.LANGUAGE_NAMES.items(),
        statuses=[*Entity.Status.choices, (LAPSED, _("Affiliation lapsed"))] if may_ask_status(actor) else [],
        may_add=can(actor, "entity.create"),
        may_import=_may_import(actor),
        here=request.get_full_path(),
        asked=asked,
        views=[(name, asked.address(view=name)) for name in ("cards", "table", "map")],
        everything=asked.address(kind="", q=asked.q),
        exports=[(ending, f"export.{ending}{asked.address(view='cards')}") for ending in ("xlsx", "csv", "pdf")],
    )


def _may_import(actor: Actor) -> bool:
    own = Entity.objects.filter(pk__in=list(actor.mandates)).select_related("entity_kind") if actor.mandates else ()
    return any(can(actor, "import.start", entity) for entity in own)


def _parts(kinds: list[Kind], counts: dict[int, tuple[int, int]], asked: Asked) -> list[Part]:
    """The bar: the kinds of which something was found, and the one that is asked for, were it empty."""
    return [
        Part(kind, *counts.get(kind.pk, (0, 0)), address=asked.address(kind=kind.code), is_here=kind.code == asked.kind)
        for kind in kinds
        if kind.pk in counts or kind.code == asked.kind
    ]


def _cells(entity: Entity, columns: list[declared.Declared]) -> list[tuple[str, str]]:
    answers = {line.code: line.text for line in declared.shown(columns, entity.details, public_only=True)}
    return [(column.name, answers.get(column.code, "")) for column in columns]
