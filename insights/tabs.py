"""What an institution's page shows of its visitors (settings.ENTITY_MENU, ENTITY_BLOCKS), and its site of its own (settings.SITE_BLOCKS)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from insights import queries
from network.entities.tabs import Block, Item, SiteBlock
from network.permissions import can

if TYPE_CHECKING:
    from network.entities.models import Entity
    from network.requests import Request
    from network.spaces.actors import Actor


def menu(actor: Actor, entity: Entity) -> list[Item]:
    return [Item(reverse("entity_visits", args=[entity.handle]), "chart", _("Visitors"))] if can(actor, "visits.view", entity) else []


def blocks(request: Request, entity: Entity) -> list[Block]:
    """The counter."""
    number = queries.lately(f"entity.{entity.pk}")
    may_look = can(request.actor, "visits.view", entity)
    return [Block("insights/_counter.html", {"number": number, "entity": entity, "may_look": may_look}, side=True)] if number else []


def site(place: Any, request: Request) -> SiteBlock | None:
    """The counter of a public site; the days behind it are shown to those who may see them."""
    number = queries.lately(f"site.{place.section or place.space.pk}")
    may_look = can(request.actor, "visits.view", place.entity) if place.entity is not None else can(request.actor, "visits.survey")
    context = {"number": number, "entity": place.entity, "may_look": may_look}
    return SiteBlock("visitors", _("Visitors"), "insights/_counter.html", context, side=True) if number else None
