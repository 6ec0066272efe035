"""What an institution's page shows of its ties (settings.ENTITY_TABS, ENTITY_BLOCKS)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

from network.entities.tabs import Block, Tab
from network.ties.models import Offer, Tie

if TYPE_CHECKING:
    from network.entities.models import Entity
    from network.requests import Request
    from network.spaces.actors import Actor

FEW = 5


def tabs(actor: Actor, entity: Entity) -> list[Tab]:
    """Without a count: it would cost every page of the institution a query."""
    return [Tab("ties", f"{entity.get_absolute_url()}ties/", pgettext_lazy("between institutions", "Ties"))]


def blocks(request: Request, entity: Entity) -> list[Block]:
    """On the overview: whom it is tied to, and what it offers or looks for."""
    found = []
    ties = list(Tie.objects.visible_to(request.actor).standing().of(entity).with_sides()[:FEW])
    if ties:
        rows = [(tie.other(entity), tie.relation_of(entity).label) for tie in ties]
        found.append(Block("ties/_block.html", {"entity": entity, "rows": rows}, side=True))
    offers = list(Offer.objects.visible_to(request.actor).open().filter(space=entity)[:FEW])
    if offers:
        found.append(Block("ties/_offers_block.html", {"entity": entity, "offers": offers}, side=True))
    return found
