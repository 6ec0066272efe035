"""All institutions, in protocol order: never in that of the reader's alphabet."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from network import rates
from network.entities.models import Entity, Kind
from network.fragments import page
from network.names import fold
from network.permissions import can
from network.requests import Request
from network.spaces.actors import Actor
from network.spaces.models import Country

KIND = ("code", "name_ar", "name_fr", "name_en", "plural_ar", "plural_fr", "plural_en")


@dataclass(frozen=True, slots=True)
class Part:
    """One button of the bar: a kind, how many of it, and where it leads."""

    kind: Kind
    count: int
    address: str
    is_here: bool


@require_safe
def directory(request: Request) -> HttpResponse:
    """Search by name, filter by kind, country and, for the secretariat, status."""
    actor: Actor = request.actor
    asked = {name: request.GET.get(name, "").strip()[:100] for name in ("q", "country", "status", "kind")}
    if asked["q"]:
        rates.spend("lookup", request.actor.user_id or rates.address_of(request))
    found = Entity.objects.visible_to(actor)
    for word in fold(asked["q"]).split()[:8]:
        found = found.filter(folded__contains=word)
    if asked["country"]:
        found = found.filter(country=asked["country"])
    if asked["status"] and actor.is_secretariat:
        found = found.filter(status=asked["status"])
    parts, total = _parts(found, asked)
    if asked["kind"]:
        found = found.filter(entity_kind__code=asked["kind"])
    paginator = Paginator(found.select_related("entity_kind", "country").with_follow(actor.user_id).in_protocol_order(), settings.PAGE_SIZE)
    # The bar has counted already.
    paginator.count = next((part.count for part in parts if part.is_here), 0) if asked["kind"] else total
    return page(
        request,
        "entities/directory.html",
        cache=not asked["q"],
        nav="entities",
        found=paginator.get_page(request.GET.get("page")),
        parts=parts,
        total=total,
        countries=Country.objects.all(),
        statuses=Entity.Status.choices if actor.is_secretariat else [],
        may_add=can(actor, "entity.create"),
        here=request.get_full_path(),
        asked=asked,
    )


def _parts(found, asked: dict[str, str]) -> tuple[list[Part], int]:  # type: ignore[no-untyped-def]
    """How many there are of each kind, in one query, and of all."""
    kept = {name: value for name, value in asked.items() if value and name != "kind"}
    rows = (
        found.order_by("entity_kind__position", "entity_kind__code")
        .values("entity_kind__position", *(f"entity_kind__{name}" for name in KIND))
        .annotate(found=Count("pk"))
    )
    parts = []
    for row in rows:
        kind = Kind(**{name: row[f"entity_kind__{name}"] for name in KIND})
        parts.append(Part(kind, row["found"], "?" + urlencode({**kept, "kind": kind.code}), kind.code == asked["kind"]))
    return parts, sum(part.count for part in parts)
