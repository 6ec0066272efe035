"""What a site shows, always as nobody sees it: also for whoever is signed in."""

from __future__ import annotations

from django.db.models import Count, Q

from forums.models import Topic, TopicQuerySet
from network.entities.models import Entity, EntityQuerySet, Kind
from network.permissions import can
from network.sites.models import Section, SitePage
from network.sites.places import BODIES, GATHERS, Place
from network.spaces.actors import Actor
from network.spaces.models import Mandate

FEW = 6


def menu(place: Place) -> list[SitePage]:
    """The published pages of its own menu."""
    if place.site._state.adding:
        return []
    return list(SitePage.objects.published().filter(site=place.site).select_related("published"))


def news(place: Place) -> TopicQuerySet:
    """Public topics and wall posts of the institution, the newest first; of a section, of all institutions it gathers."""
    topics = Topic.objects.visible_to(Actor.nobody()).kept().filter(space__kind="entity")
    if place.entity is not None:
        topics = topics.filter(space=place.entity.pk)
    else:
        topics = topics.filter(space__in=gathered(place).values("pk"), board=None)
    return topics.select_related("space").order_by("-pk")


def gathered(place: Place) -> EntityQuerySet:
    """The institutions of a section; around an institution, what it oversees and what is part of it."""
    found = Entity.objects.visible_to(Actor.nobody()).select_related("entity_kind", "country").in_protocol_order()
    if place.entity is not None:
        return found.filter(Q(parent=place.entity) | Q(overseer=place.entity))
    if kinds := GATHERS.get(place.section):
        return found.filter(entity_kind__code__in=kinds)
    body = BODIES.get(place.section, "")
    return found.filter(Q(handle=body) | Q(parent__handle=body))


def kinds_around(place: Place) -> list[tuple[Kind, int]]:
    """How many of each kind it gathers."""
    rows = dict(gathered(place).order_by().values_list("entity_kind").annotate(n=Count("pk")))
    return [(kind, rows[kind.pk]) for kind in Kind.objects.filter(pk__in=rows)]


def team(place: Place) -> list[Mandate]:
    """Titles of who speaks for it now; the person only where their page is everyone's."""
    if place.entity is None:
        return []
    found = list(Mandate.objects.current().filter(entity=place.entity.pk).select_related("user__page"))
    for mandate in found:
        mandate.page = mandate.user.page if can(Actor.nobody(), "space.view", mandate.user.page) else None
    return found


__all__ = ["FEW", "Section", "gathered", "kinds_around", "menu", "news", "team"]
