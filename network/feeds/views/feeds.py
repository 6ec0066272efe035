"""Feeds of public news: of an institution, of a kind of institution, of the whole network. The same for everybody who asks."""

from __future__ import annotations

import hashlib
from calendar import timegm
from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from network.entities.models import Entity, Kind
from network.entities.news import Section
from network.feeds import calendar
from network.feeds.items import MOST, latest, public_entities, walls
from network.feeds.written import FORMS, Channel, write
from network.fragments import page
from network.requests import Request

View = Callable[..., HttpResponse]
FOUNDED = datetime(2026, 1, 1, tzinfo=UTC)  # an empty feed has not changed since


def entity_feed(form: str) -> View:
    """An institution's public news as `form`."""

    @require_safe
    def view(request: Request, code: str) -> HttpResponse:
        entity = get_object_or_404(public_entities(), handle=code)
        title = _("News: %(name)s") % {"name": entity.name}
        return _feed(request, form, entity, title=title, about=entity.about, path=entity.get_absolute_url())

    return view


def kind_feed(form: str) -> View:
    """Public news of all institutions of a kind, or of a section of the public sites, as `form`."""

    @require_safe
    def view(request: Request, kind: str) -> HttpResponse:
        found = Kind.objects.filter(code=kind).first() or import_string(settings.FEED_SECTIONS)(kind)
        if found is None:
            raise Http404
        if isinstance(found, Section):
            return _feed(request, form, found, title=_("News: %(name)s") % {"name": found.name}, about="", path=found.path)
        title = _("News: %(name)s") % {"name": found.plural}
        return _feed(request, form, found, title=title, about="", path=f"/{get_language()}/institutions/?kind={found.code}")

    return view


def news_feed(form: str) -> View:
    """Public news of all institutions as `form`."""

    @require_safe
    def view(request: Request) -> HttpResponse:
        about = _("What its institutions publish.")
        return _feed(request, form, None, title=_("News of the network"), about=about, path=f"/{get_language()}/")

    return view


@require_safe
def entity_calendar(request: Request, code: str) -> HttpResponse:
    """An institution's public events; where there are none there is no calendar."""
    entity = get_object_or_404(public_entities(), handle=code)
    entries = calendar.entries_of(entity)
    if not entries:
        raise Http404
    body = calendar.write(entity.name, request.get_host().partition(":")[0], entries)
    return answered(request, HttpResponse(body, content_type="text/calendar; charset=utf-8"))


@require_safe
def feeds(request: Request) -> HttpResponse:
    """Which feeds there are, and what one does with them."""
    kinds = Kind.objects.filter(entities__in=public_entities()).distinct()
    return page(request, "feeds/feeds.html", cache=True, nav="entities", kinds=kinds)


def _feed(request: Request, form: str, of: Entity | Kind | Section | None, *, title: str, about: str, path: str) -> HttpResponse:
    entities = public_entities()
    if isinstance(of, Kind):
        entities = entities.filter(entity_kind=of)
    elif isinstance(of, Entity):
        entities = entities.filter(pk=of.pk)
    only = asked if (asked := request.GET.get("language", "")) in settings.LANGUAGE_NAMES else ""
    channel = Channel(
        title=title,
        about=about,
        language=get_language() or settings.LANGUAGE_CODE,
        origin=origin_of(request),
        path=request.path + (f"?language={only}" if only else ""),
        page=path,
        # The news of a section are those that stand on its page: of the walls.
        items=walls(of.entities, only, MOST) if isinstance(of, Section) else latest(entities, language=only),
        since=of.created_at if isinstance(of, Entity) else FOUNDED,
    )
    response = HttpResponse(write(channel, form), content_type=FORMS[form])
    response["Last-Modified"] = http_date(timegm(channel.updated.utctimetuple()))
    return answered(request, response, (f"space.{of.pk}",) if isinstance(of, Entity) else ())


def answered(request: Request, response: HttpResponse, streams: tuple[str, ...] = ()) -> HttpResponse:
    """With its mark (ETag); 304 for whoever holds it already. Kept for visitors for a moment, as pages are."""
    response["ETag"] = f'"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"'
    # By the mark alone: what was taken down changes the text and not the newest date.
    held = get_conditional_response(request, etag=response["ETag"], response=response) or response
    if held.status_code == 200 and not request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        held["X-Visitor-Cache"] = str(settings.VISITOR_CACHE_SECONDS)
        if streams:
            held["X-Visitor-Streams"] = " ".join(streams)
    return held


def origin_of(request: Request) -> str:
    """https://host, as it is called from outside."""
    return settings.SITE_ORIGIN or f"{request.scheme}://{request.get_host()}"
