"""A site as everyone reads it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from network import rates
from network.entities.models import Entity
from network.entities.queries import Tile, contacts_seen, tiles
from network.entities.tabs import SiteBlock as Block
from network.fragments import done, page
from network.permissions import can
from network.requests import Request
from network.sites import actions, blocks, queries
from network.sites.blocks import OWN
from network.sites.forms import QuestionForm
from network.sites.models import PageVersion, Section, SitePage
from network.sites.places import COMMISSIONS, GATHERS, Place, addresses, at_of, find
from network.spaces.actors import Actor
from network.spaces.models import Country
from network.text import excerpt


@require_safe
def sites(request: Request) -> HttpResponse:
    """All sites: the sections, and the commission of each state in protocol order."""
    commissions = Place(Section.COMMISSIONS.value, find(Section.COMMISSIONS.value).site)
    rows = led(queries.gathered(commissions))
    sections = [(label, f"/{get_language()}/{value}/") for value, label in Section.choices]
    return page(request, "sites/sites.html", cache=True, nav="sites", rows=rows, sections=sections)


@require_safe
def front(request: Request, at: str) -> HttpResponse:
    place = find(at)
    if right := _elsewhere(place):
        return HttpResponseRedirect(f"/{get_language()}/{right}/")
    return show_front(request, place)


def show_front(request: Request, place: Place, **how: Any) -> HttpResponse:
    """The front page as this place has it; `how` it is shown: see show()."""
    shown = blocks.arranged(place, front_blocks(place, request))
    return show(
        request,
        place,
        "front",
        **how,
        wide=[block for block in shown if not block.side and block.context.get("full", True)],
        side=[block for block in shown if block.side],
        is_bare=not any(block.context.get("full", True) for block in shown if not block.side and block.key not in ("institutions", "map")),
    )


@require_safe
def news(request: Request, at: str) -> HttpResponse:
    place = find(at)
    found = Paginator(queries.news(place), settings.PAGE_SIZE).get_page(request.GET.get("page"))
    said = _listed(topic.title or topic.excerpt for topic in found)
    return show(request, place, "news", called=_("News"), described=said, found=found)


@require_safe
def institutions(request: Request, at: str) -> HttpResponse:
    """Its schools, clubs and chairs; of a section, the register's list; of one kind or one country."""
    place, kind = find(at), request.GET.get("kind", "")[:40]
    country = Country.objects.filter(code=request.GET.get("country", "")[:2]).first() if "country" in request.GET else None
    kinds = queries.kinds_around(place)
    found = queries.gathered(place)
    if kind:
        found = found.filter(entity_kind__code=kind)
    paginator = Paginator(found.filter(country=country) if country else found, settings.PAGE_SIZE)
    if country is None:
        paginator.count = sum(n for one, n in kinds if not kind or one.code == kind)
    shown = paginator.get_page(request.GET.get("page"))
    said = _listed(one.name for one in shown)
    return show(
        request,
        place,
        "institutions",
        called=_("Institutions"),
        described=said,
        found=shown,
        rows=led(shown),
        kinds=kinds,
        kind=kind,
        country=country,
    )


@require_safe
def written(request: Request, at: str, page_id: int) -> HttpResponse:
    """A page that its officers wrote, as it was published."""
    place = find(at)
    found = get_object_or_404(SitePage.objects.visible_to(Actor.nobody()).with_words(), pk=page_id, site=place.site.pk or 0)
    return show_page(request, place, found, found.published)


def show_page(request: Request, place: Place, found: SitePage, version: PageVersion | None, **how: Any) -> HttpResponse:
    """A page in one of its versions; `how` it is shown: see show()."""
    called, described = (version.title, excerpt(version.body)) if version is not None else ("", "")
    return show(
        request,
        place,
        "page",
        called=called,
        described=described,
        at=f"{place.base(request)}pages/{found.pk}/",
        shown=found,
        version=version,
        **how,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: Request, at: str) -> HttpResponse:
    """A question to the institution; of a section, to the secretariat. No account is needed."""
    place, actor = find(at), request.actor
    first: dict[str, Any] = {"client_id": uuid4()}
    if actor.user is not None and actor.page is not None:
        first |= {"name": actor.page.name, "email": actor.user.email}
    form = QuestionForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        thanks = f"{place.base(request)}contact/?sent=1"
        if fields.pop("website"):
            return done(request, thanks)  # a machine: it learns nothing
        rates.spend("question", rates.address_of(request))
        rates.spend("questions", place.space.pk)
        actions.ask(actor, place.space, section=place.section, language=(get_language() or "ar")[:2], **fields)
        return done(request, thanks)
    return show(
        request,
        place,
        "contact",
        status=422 if form.is_bound else 200,
        cache=False,
        called=_("Ask a question"),
        form=form,
        sent=request.GET.get("sent") == "1",
    )


def show(  # noqa: PLR0913 -- a page has these parts, each by its name
    request: Request,
    place: Place,
    tab: str,
    *,
    status: int = 200,
    cache: bool = True,
    is_preview: bool = False,
    called: str = "",
    described: str = "",
    **context: Any,
) -> HttpResponse:
    """One page of a site: its cover, its menu, and this part, `called` and `described` so where others link to it.

    Nothing on it is for its reader alone, but the way to edit it. A preview is its officers': no visit, for no machine, kept nowhere.
    """
    rest = request.path_info.partition(f"/{place.at}/")[2]
    may_edit = actor_may_edit(request.actor, place)
    visit = "platform" if may_edit else f"site.{place.section or place.space.pk}"  # who looks after it is no visitor of it
    response = page(
        request,
        f"sites/{tab}.html",
        status=status,
        cache=cache and not is_preview,
        streams=(f"space.{place.space.pk}",),
        visit="" if is_preview else visit,
        nav="sites",
        place=place,
        tab=tab,
        base=place.base(request),
        menu=queries.menu(place),
        may_edit=may_edit,
        is_preview=is_preview,
        called=called,
        described=described or excerpt(place.site.intro) or Truncator(place.space_about).chars(160),
        canonical=place.canonical(request, rest),
        alternates=[(code, place.canonical(request, rest, code)) for code in settings.LANGUAGE_NAMES],
        cards=cards(request, place),
        **context,
    )
    if is_preview:
        response["X-Robots-Tag"] = "noindex"
    return response


def _listed(names: Iterable[str]) -> str:
    """The first of them, for who has not come yet."""
    return Truncator(" · ".join(islice(names, 4))).chars(160)


def cards(request: Request, place: Place) -> list[tuple[str, str]]:
    """What other sites show with a link here: the cover, where there is one, and the picture that we draw; with what they show."""
    drawn = (place.canonical(request, "card.png"), place.name)
    return [(place.whole(request, place.cover.card), place.cover.alt), drawn] if place.cover else [drawn]


def actor_may_edit(actor: Actor, place: Place) -> bool:
    return can(actor, "site.edit", place.site)


def front_blocks(place: Place, request: Request) -> list[Block]:
    """Everything that can stand on the front page, in the usual order; `full`: there is something in it to read."""
    entity, team, around = place.entity, queries.team(place), list(queries.gathered(place)[: queries.FEW])
    told = list(queries.news(place)[: queries.FEW])
    # A site is read by everybody: of the ways to reach the institution it shows those that everybody may know.
    contacts = contacts_seen(Actor.nobody(), entity) if entity is not None else {}
    has_address = entity is not None and any((contacts, entity.city, entity.website))
    own = [
        Block("about", OWN["about"], "sites/_about.html", {"full": bool(place.site.intro or place.space_about)}),
        Block("mandate", OWN["mandate"], "sites/_mandate.html", {"full": bool(place.site.mandate)}),
        Block("news", OWN["news"], "sites/_news.html", {"rows": told, "full": bool(told)}),
        Block(
            "institutions",
            OWN["institutions"],
            "sites/_institutions.html",
            {"rows": led(around), "full": bool(around)},
        ),
        Block("contact", OWN["contact"], "sites/_contact.html", {"full": has_address, "contacts": contacts}, side=True),
    ]
    if entity is None and (tiles := states(place, request)):
        own.insert(4, Block("map", OWN["map"], "sites/_map.html", {"tiles": tiles, "full": any(tile.count for tile in tiles)}))
    if entity is not None and (team or actor_may_edit(request.actor, place)):  # the public sees no empty part
        own.append(Block("structure", OWN["structure"], "sites/_structure.html", {"team": team, "full": bool(team)}, side=True))
    parts = blocks.others(place, request)
    return [*own[:3], *(part for part in parts if not part.side), *own[3:], *(part for part in parts if part.side)]


def states(place: Place, request: Request) -> list[Tile]:
    """A section's institutions by country: a state leads to them, or, among the commissions, to its own."""
    if place.section not in GATHERS:
        return []
    language = get_language()

    def address(country: Country, count: int) -> str:
        if place.section == Section.COMMISSIONS and count:
            return f"/{language}/{Section.COMMISSIONS.value}/{country.code.lower()}/"
        return f"{place.base(request)}institutions/?country={country.code}"

    return tiles(queries.gathered(place), Country.objects.all(), address)


def led(entities: Iterable[Entity]) -> list[tuple[Entity, str]]:
    """Each institution with the way to its site, in the reader's language."""
    entities = list(entities)
    at = addresses(entities)
    return [(one, f"/{get_language()}/{at[one.pk]}/") for one in entities]


def _elsewhere(place: Place) -> str:
    """An institution has one address: the right one, for who comes by another. Under a country stands only whom find() put there."""
    if place.entity is None or place.at.startswith(COMMISSIONS):
        return ""
    right = at_of(place.entity)
    return right if right != place.at else ""
