"""What other rooms add to an institution's page, by name (settings.ENTITY_TABS, ENTITY_BLOCKS, ENTITY_MENU): the page knows none of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from network.entities.models import Entity
    from network.requests import Request
    from network.spaces.actors import Actor


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of the page: its key, address, label and, where it helps, how much is in it."""

    key: str
    path: str
    label: str | Promise
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the overview: a template with what it needs; `side` puts it into the narrow column."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    side: bool = False


@dataclass(frozen=True, slots=True)
class SiteBlock:
    """One part of a public site's front page (settings.SITE_BLOCKS): what officers call it, and the template that shows it with its
    `context` (as `block`); `side`: in the narrow column."""

    key: str
    title: str | Promise
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    side: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the menu for those who look after the institution."""

    path: str
    icon: str
    label: str | Promise


def tabs_of(actor: Actor, entity: Entity) -> list[Tab]:
    return [tab for name in settings.ENTITY_TABS for tab in import_string(name)(actor, entity)]


def blocks_of(request: Request, entity: Entity) -> list[Block]:
    return [block for name in settings.ENTITY_BLOCKS for block in import_string(name)(request, entity)]


def menu_of(actor: Actor, entity: Entity) -> list[Item]:
    return [item for name in settings.ENTITY_MENU for item in import_string(name)(actor, entity)]
