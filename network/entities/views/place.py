"""An institution's own pages: one address a tab, each reads only what it shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from network.declared import shown
from network.entities.models import Entity, EntityQuerySet, Kind
from network.entities.queries import contacts_seen
from network.entities.tabs import Tab, blocks_of, menu_of, tabs_of
from network.fragments import page
from network.permissions import can
from network.requests import Request
from network.spaces.models import FALLBACK, Mandate, Space

FEW = 6


def find(request: Request, code: str) -> Entity:
    """The institution of this code, as the actor may see it, with its counts: one query."""
    actor = request.actor
    found = Entity.objects.visible_to(actor).select_related("entity_kind", "country", "parent").with_follow(actor.user_id)
    return get_object_or_404(found.with_counts(actor), handle=code)


@require_safe
def overview(request: Request, code: str) -> HttpResponse:
    entity = find(request, code)
    return show(
        request,
        entity,
        "overview",
        team=_team(request, entity),
        below=_below(request, entity)[:FEW] if entity.under_count else [],
        blocks=blocks_of(request, entity),
        details=shown(entity.entity_kind.spec, entity.details, public_only=not can(request.actor, "entity.edit", entity)),
    )


@require_safe
def wall(request: Request, code: str) -> HttpResponse:
    return show(request, find(request, code), "wall")


@require_safe
def topics(request: Request, code: str) -> HttpResponse:
    return show(request, find(request, code), "topics")


@require_safe
def people(request: Request, code: str) -> HttpResponse:
    """Who speaks for it now."""
    entity = find(request, code)
    return show(request, entity, "people", team=_team(request, entity))


@require_safe
def under(request: Request, code: str) -> HttpResponse:
    """Schools, clubs and chairs it oversees, and what is part of it."""
    entity = find(request, code)
    below = _below(request, entity)
    if kind := request.GET.get("kind", ""):
        below = below.filter(entity_kind__code=kind)
    kinds = Kind.objects.filter(Q(entities__parent=entity) | Q(entities__overseer=entity)).distinct()
    paginator = Paginator(below, settings.PAGE_SIZE)
    if not kind:
        paginator.count = entity.under_count
    return show(request, entity, "under", found=paginator.get_page(request.GET.get("page")), kinds=kinds, kind=kind)


@require_safe
def groups(request: Request, code: str) -> HttpResponse:
    """The groups it owns, as far as the actor may know of them."""
    entity = find(request, code)
    owned = Space.objects.groups().visible_to(request.actor).filter(group__owner=entity).order_by("-members_count", "pk")
    return show(request, entity, "groups", groups=owned[:100])


def show(request: Request, entity: Entity, tab: str, template: str = "", **context: Any) -> HttpResponse:
    """One tab of the institution's page; other rooms show theirs with a `template` that extends entities/place.html."""
    actor = request.actor
    path = entity.get_absolute_url()
    tabs = [
        Tab("overview", path, _("Overview")),
        Tab("wall", f"{path}wall/", _("Wall")),
        Tab("topics", f"{path}topics/", _("Topics")),
        Tab("people", f"{path}people/", _("Representatives"), entity.team_count),
    ]
    if entity.under_count:
        label = _("Schools, clubs and chairs") if entity.entity_kind.oversees else _("Parts")
        tabs.append(Tab("under", f"{path}network/", label, entity.under_count))
    if entity.groups_count:
        tabs.append(Tab("groups", f"{path}groups/", _("Groups"), entity.groups_count))
    may_edit = can(actor, "entity.edit", entity)
    return page(
        request,
        template or f"entities/{tab}.html",
        cache=True,
        streams=(f"space.{entity.pk}",),
        # Whoever looks after it is no visitor of it.
        visit="platform" if can(actor, "site.edit", entity) else f"entity.{entity.pk}",
        nav="entities",
        here_space_id=entity.pk,
        space=entity,
        entity=entity,
        tab=tab,
        tabs=tabs + tabs_of(actor, entity),
        menu=menu_of(actor, entity),
        other_names=other_names(entity),
        contacts=contacts_seen(actor, entity),
        may_edit=may_edit,
        may_converse=entity.listed and entity.pk not in actor.mandates and can(actor, "conversation.start"),
        may_read=can(actor, "space.read", entity),
        may_post=can(actor, "space.post", entity),
        here=request.path,
        **context,
    )


def other_names(space: Space) -> list[tuple[str, str]]:
    """Its names in the languages that the reader does not see above, with their codes."""
    shown = space.name
    return [(code, name) for code in FALLBACK if (name := getattr(space, f"name_{code}")) and name != shown]


def _team(request: Request, entity: Entity) -> list[Mandate]:
    """Current mandates. `mandate.page` is the person, where the actor may see them; a title alone otherwise."""
    team = list(Mandate.objects.current().filter(entity=entity).select_related("user__page"))
    for mandate in team:
        shown = can(request.actor, "space.view", mandate.user.page)
        mandate.page = mandate.user.page if shown else None
    return team


def _below(request: Request, entity: Entity) -> EntityQuerySet:
    found = Entity.objects.visible_to(request.actor).filter(Q(parent=entity) | Q(overseer=entity))
    return found.select_related("entity_kind", "country").in_protocol_order()
