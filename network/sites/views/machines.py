"""What machines read: the sitemap with the other languages of each page, robots.txt, the pictures of sites."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.html import escape
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from forums.models import Topic
from network.entities.models import Entity
from network.groups.models import Group
from network.requests import Request
from network.sites import queries
from network.sites.cards import card as drawn
from network.sites.models import Section, SitePage
from network.sites.places import addresses, find, hosts
from network.spaces.actors import Actor

# A page after its language, when it last changed, and the languages in which it can be read: none named, all.
Entry = tuple[str, datetime | None] | tuple[str, datetime | None, list[str]]
SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST = 10_000  # addresses in one file, each in three languages
CLOSED = ("accounts", "admin", "search", "notices", "conversations", "settings", "drafts", "questions", "demo", "people")


def _sites() -> Iterator[Entry]:
    """Sections, institutions everyone sees (but those with a host of their own), and their published pages."""
    elsewhere = hosts()
    yield "", None
    yield "sites/", None
    for section in Section.values:
        for part in ("", "news/", "institutions/"):
            yield f"{section}/{part}", None
    known = addresses(Entity.objects.visible_to(Actor.nobody()).select_related("entity_kind").order_by("pk")[:MOST])
    yield from ((f"{at}/", None) for at in known.values() if at not in elsewhere)
    for page in SitePage.objects.visible_to(Actor.nobody()).select_related("site").order_by("pk")[:MOST]:
        at = page.site.section or known.get(page.site.space_id)
        if at and at not in elsewhere:
            yield f"{at}/pages/{page.pk}/", page.published_at


def _own(at: str) -> Iterator[Entry]:
    """What stands on the host of this site; Http404 where the site is not there."""
    place = find(at)
    yield from ((part, None) for part in ("", "news/", "institutions/", "contact/"))
    yield from ((f"pages/{page.pk}/", page.published_at) for page in queries.menu(place))


def _institutions() -> Iterator[Entry]:
    yield "institutions/", None
    for handle in Entity.objects.visible_to(Actor.nobody()).order_by("pk").values_list("handle", flat=True)[:MOST]:
        yield f"institutions/{handle}/", None


def _topics() -> Iterator[Entry]:
    """Public topics, on the walls and boards of places that everyone sees; and the public groups."""
    nobody = Actor.nobody()
    for pk in Group.objects.visible_to(nobody).filter(audience=0).order_by("pk").values_list("pk", flat=True)[:MOST]:
        yield f"groups/{pk}/", None
    rows = Topic.objects.visible_to(nobody).kept().filter(space__listed=True).exclude(space__kind="person")
    for pk, moment in rows.order_by("-pk").values_list("pk", "last_post_at")[:MOST]:
        yield f"topics/{pk}/", moment


PARTS: dict[str, Callable[[], Iterable[Entry]]] = {"sites": _sites, "institutions": _institutions, "topics": _topics}
PARTS |= {part: import_string(name) for part, name in settings.SITEMAP_PARTS.items()}


@require_safe
def sitemap_index(request: Request) -> HttpResponse:
    """The files of the map; on a site's own host its whole small map."""
    if at := getattr(request, "site_at", ""):
        return _written(request, _own(at))
    files = "".join(f"<sitemap><loc>{escape(_origin(request))}/sitemap-{part}.xml</loc></sitemap>" for part in PARTS)
    return _xml(request, f'<sitemapindex xmlns="{SCHEMA}">{files}</sitemapindex>')


@require_safe
def sitemap(request: Request, part: str) -> HttpResponse:
    """One file: each page in each language, with its addresses in the others."""
    if part not in PARTS:
        raise Http404
    return _written(request, PARTS[part]())


def _written(request: Request, entries: Iterable[Entry]) -> HttpResponse:
    origin, found = escape(_origin(request)), []
    for rest, moment, *named in entries:
        rest = escape(rest)  # noqa: PLW2901 -- the same, fit for XML
        languages = named[0] if named else list(settings.LANGUAGE_NAMES)
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{name}" href="{origin}/{code}/{rest}"/>'
            for name, code in (*((code, code) for code in languages), ("x-default", languages[0]))
        )
        changed = f"<lastmod>{moment.isoformat(timespec='seconds')}</lastmod>" if moment is not None else ""
        found += [f"<url><loc>{origin}/{code}/{rest}</loc>{changed}{others}</url>" for code in languages]
    return _xml(request, f'<urlset xmlns="{SCHEMA}" xmlns:xhtml="http://www.w3.org/1999/xhtml">{"".join(found)}</urlset>')


@require_safe
def robots(request: Request) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: /*/{name}/" for name in CLOSED), "Disallow: /live/", "Disallow: /files/"]
    lines.append(f"Sitemap: {_origin(request)}/sitemap.xml")
    return _kept(HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8"), request)


@require_safe
def card(request: Request, at: str) -> HttpResponse:
    """The picture of a site, in the language of its address."""
    response = HttpResponse(drawn(find(at), (get_language() or "ar")[:2]), content_type="image/png")
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _origin(request: Request) -> str:
    """Where the map stands and leads: the main host, or a site's own."""
    here = f"{request.scheme}://{request.get_host()}"
    return here if hasattr(request, "site_at") else settings.SITE_ORIGIN or here


def _xml(request: Request, body: str) -> HttpResponse:
    return _kept(HttpResponse(f'<?xml version="1.0" encoding="utf-8"?>\n{body}', content_type="application/xml; charset=utf-8"), request)


def _kept(response: HttpResponse, request: Request) -> HttpResponse:
    """Let the visitors' cache hold it: machines come in crowds."""
    if not request.user.is_authenticated and not request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        response["X-Visitor-Cache"] = "60"
    return response
