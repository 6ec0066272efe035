"""What an institution's menu offers to those who keep registers (settings.ENTITY_MENU)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from network.entities.tabs import Item
from network.permissions import can

if TYPE_CHECKING:
    from network.entities.models import Entity
    from network.spaces.actors import Actor


def lists(actor: Actor, entity: Entity) -> list[Item]:
    """The way to bring lists in, from the page of the secretariat and of a commission."""
    return [Item(f"/{get_language() or 'ar'}/imports/", "download", _("Bring lists in"))] if can(actor, "import.start", entity) else []
