"""What an institution publishes on its site, for feeds and widgets (settings.FEED_SOURCES), and the sections with feeds (settings.FEED_SECTIONS)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from network.entities.news import Item
from network.entities.news import Section as Gathered
from network.sites import queries
from network.sites.models import PageVersion, Section, SitePage
from network.sites.places import addresses, find
from network.spaces.actors import Actor
from network.text import text_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from network.entities.models import Entity


def pages(entities: QuerySet[Entity], language: str, most: int) -> list[Item]:
    """The pages of their sites, and of the sections that the secretariat looks after, as they were published."""
    found = SitePage.objects.visible_to(Actor.nobody()).published().filter(site__space__in=entities.values("pk"))
    if language:
        found = found.exclude(**{f"published__title_{language}": ""}).exclude(**{f"published__body_{language}": ""})
    found = found.with_words().select_related("site__space__entity__entity_kind").order_by("-published_at", "-pk")
    shown = list(found[:most])
    at = addresses(page.space for page in shown if not page.site.section)
    return [_item(page, page.published, at.get(page.space_id, ""), language) for page in shown if page.published is not None]


def _item(page: SitePage, said: PageVersion, at: str, language: str) -> Item:
    language = language or said.language
    body = getattr(said, f"body_{language}")
    at = page.site.section or at
    return Item(
        key=f"page.{page.pk}",
        path=f"/{at}/pages/{page.pk}/",
        title=getattr(said, f"title_{language}"),
        html=body,
        text=text_of(body),
        language=language,
        published=page.published_at or said.at,
        updated=max(page.published_at or said.at, said.at),
        by=str(page.site),
        by_path=f"/{at}/",
    )


def section(code: str) -> Gathered | None:
    """The section of this code, whose feed is the list on its page of news."""
    if code not in Section.values:
        return None
    place = find(code)
    return Gathered(place.name, place.path, queries.gathered(place))
