"""The parts of a site's front page. Other rooms add theirs by name (settings.SITE_BLOCKS): `(place, request) -> SiteBlock | None`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from network.entities.tabs import SiteBlock as Block

if TYPE_CHECKING:
    from network.requests import Request
    from network.sites.places import Place

# What every site has, in the usual order; `key` is what officers move and hide.
OWN: dict[str, str | Promise] = {
    "about": _("About"),
    "mandate": _("Mandate"),
    "structure": _("Structure"),
    "news": _("News"),
    "institutions": _("Institutions around it"),
    "map": _("By country"),
    "contact": _("Contact"),
}


def others(place: Place, request: Request) -> list[Block]:
    """What other rooms show on this site: only what everyone may see."""
    made: Iterable[Callable[[Place, Request], Block | None]] = map(import_string, settings.SITE_BLOCKS)
    return [block for make in made if (block := make(place, request)) is not None]


def arranged(place: Place, blocks: Iterable[Block], *, all_of_them: bool = False) -> list[Block]:
    """In the order its officers chose, without what they hide; what is new since then stands last."""
    order = {key: at for at, key in enumerate(place.site.order)}
    kept = [block for block in blocks if all_of_them or block.key not in place.site.hidden]
    return sorted(kept, key=lambda block: order.get(block.key, len(order)))
