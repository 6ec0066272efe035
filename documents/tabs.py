"""What guides add to an institution's page (settings.ENTITY_BLOCKS, ENTITY_MENU), to its public site
(settings.SITE_BLOCKS), to the sitemap (settings.SITEMAP_PARTS) and to feeds (settings.FEED_SOURCES)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from documents.models import LANGUAGES, Guide, GuideVersion
from network.entities.news import Item as Piece
from network.entities.tabs import Block, Item, SiteBlock
from network.permissions import can
from network.requests import language
from network.spaces.actors import Actor
from network.text import text_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from network.entities.models import Entity
    from network.requests import Request

FEW = 5
MOST = 10_000  # in the sitemap


def blocks(request: Request, entity: Entity) -> list[Block]:
    """On the overview: the guides that the institution published, as far as the reader may read them."""
    found = list(Guide.objects.visible_to(request.actor).published().filter(space=entity).with_words().order_by("-id")[:FEW])
    return [Block("documents/_block.html", {"entity": entity, "guides": found}, side=True)] if found else []


def menu(actor: Actor, entity: Entity) -> list[Item]:
    if not can(actor, "guide.create", entity) or entity.pk not in actor.mandates:
        return []
    return [Item(f"/{language()}/guides/new/?of={entity.handle}", "book", _("Write a guide"))]


def site(place: Any, request: Request) -> SiteBlock | None:
    """The guides that the institution published, for its public site: only what everyone may read."""
    public = Guide.objects.visible_to(Actor.nobody()).published()
    public = public.filter(space=place.entity.pk) if place.entity is not None else public.filter(space__sees_all=True)
    found = list(public.with_words().order_by("-newest__published_at", "-id")[:FEW])
    of = f"?of={place.entity.handle}" if place.entity is not None else ""
    return (
        SiteBlock("guides", _("Guides"), "documents/_site.html", {"guides": found, "all": f"/{language()}/guides/{of}"}) if found else None
    )


def news(entities: QuerySet[Entity], language: str, most: int) -> list[Piece]:
    """The public guides of these institutions, for feeds and widgets: each in its newest version."""
    found = Guide.objects.visible_to(Actor.nobody()).published().filter(space__in=entities.values("pk"))
    if language:
        found = found.exclude(**{f"newest__title_{language}": ""}).exclude(**{f"newest__body_{language}": ""})
    return [
        _piece(guide, guide.newest, language)
        for guide in found.with_words().order_by("-newest__published_at", "-pk")[:most]
        if guide.newest
    ]


def _piece(guide: Guide, said: GuideVersion, code: str) -> Piece:
    code = code or said.language_for(language())
    body, at = getattr(said, f"body_{code}"), said.published_at or said.written_at
    return Piece(
        key=f"guide.{guide.pk}",
        path=guide.path,
        title=getattr(said, f"title_{code}"),
        html=body,
        text=text_of(body),
        language=code,
        published=at,
        updated=at,
        by=guide.space.name,
        by_path=guide.space.path,
    )


def sitemap() -> Iterator[tuple[str, datetime | None, list[str]]]:
    """Each guide that everyone reads, in the languages it has."""
    yield "guides/", None, list(LANGUAGES)
    for guide in Guide.objects.visible_to(Actor.nobody()).published().select_related("newest").order_by("pk")[:MOST].iterator():
        if guide.newest is not None:
            yield f"guides/{guide.pk}/", guide.newest.published_at, guide.newest.languages
