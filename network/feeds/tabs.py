"""What an institution's page shows of feeds (settings.ENTITY_MENU, ENTITY_BLOCKS) and its public site (settings.SITE_BLOCKS)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.entities.tabs import Block, Item, SiteBlock
from network.feeds.calendar import entries_of
from network.feeds.models import ExternalItem
from network.permissions import can
from network.spaces.actors import Actor

if TYPE_CHECKING:
    from network.entities.models import Entity
    from network.requests import Request

FEW = 5


def menu(actor: Actor, entity: Entity) -> list[Item]:
    """For those who look after the institution."""
    if not can(actor, "feed.manage", entity):
        return []
    return [
        Item(reverse("entity_widget_code", args=[entity.handle]), "code", _("News on your own website")),
        Item(reverse("external_feeds", args=[entity.handle]), "globe", _("News from your website")),
    ]


def blocks(request: Request, entity: Entity) -> list[Block]:
    """On the overview: what its own website told lately."""
    items = list(ExternalItem.objects.visible_to(request.actor).filter(feed__entity=entity).newest_first()[: FEW + 1])
    if not items:
        return []
    return [Block("feeds/_external.html", {"entity": entity, "items": items[:FEW], "more": len(items) > FEW})]


def external(place: Any, request: Request) -> SiteBlock | None:
    """What the institution's own website told lately, on its public site."""
    if place.entity is None:
        return None
    items = list(ExternalItem.objects.visible_to(Actor.nobody()).filter(feed__entity=place.entity.pk).newest_first()[: FEW + 1])
    context = {"entity": place.entity, "items": items[:FEW], "more": len(items) > FEW}
    return SiteBlock("external", _("From its own website"), "feeds/_external.html", context) if items else None


def events(place: Any, request: Request) -> SiteBlock | None:
    """What the institution plans, from settings.CALENDAR_SOURCES; where nothing is planned only its officers read so."""
    if place.entity is None:
        return None
    today = timezone.localdate()
    coming = sorted(
        (entry for entry in entries_of(place.entity) if _day(entry.ends or entry.begins) >= today), key=lambda entry: _day(entry.begins)
    )
    if not coming and not can(request.actor, "site.edit", place.site):
        return None
    return SiteBlock("events", _("Events"), "feeds/_site_events.html", {"entries": coming[:FEW], "entity": place.entity}, side=True)


def _day(moment: datetime | date) -> date:
    return timezone.localdate(moment) if isinstance(moment, datetime) else moment
