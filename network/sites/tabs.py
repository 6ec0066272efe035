"""What an institution's page says of its site (settings.ENTITY_MENU, ENTITY_BLOCKS)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from network.entities.tabs import Block, Item
from network.permissions import can
from network.sites.places import at_of

if TYPE_CHECKING:
    from network.entities.models import Entity
    from network.requests import Request
    from network.spaces.actors import Actor


def menu(actor: Actor, entity: Entity) -> list[Item]:
    if not can(actor, "entity.edit", entity):
        return []
    return [Item(f"{_path(entity)}pages/", "globe", _("Public site"))]


def blocks(request: Request, entity: Entity) -> list[Block]:
    """The way to its public site; a suspended institution has none."""
    if not entity.listed:
        return []
    return [Block("sites/_link_block.html", {"path": _path(entity)}, side=True)]


def _path(entity: Entity) -> str:
    """Asked for twice on a page, found once: the row in hand is the request's own."""
    known = vars(entity)
    if "_site_path" not in known:
        known["_site_path"] = f"/{get_language() or 'ar'}/{at_of(entity)}/"
    return str(known["_site_path"])
