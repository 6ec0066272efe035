"""Where a site stands: of an address, the institution or section behind it; of an institution, its address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404, HttpRequest
from django.utils.translation import get_language

from network.entities.models import Entity, EntityQuerySet
from network.sites.covers import Cover
from network.sites.models import Section, Site
from network.spaces.actors import Actor
from network.spaces.models import Recognition, Space

COMMISSIONS = "commissions"
# Which institutions a section gathers: kinds, and where it is the site of one body, that body's code.
GATHERS: dict[str, tuple[str, ...]] = {
    Section.COMMISSIONS: ("national-commission",),
    Section.SCHOOLS: ("associated-school",),
    Section.CLUBS: ("club",),
    Section.CHAIRS: ("scientific-chair",),
}
BODIES: dict[str, str] = {Section.CONFERENCE: "alecso-conference", Section.COUNCIL: "alecso-council"}


class SitePath:
    """`commissions/tn`, `sites/school-12`, or a section: one converter for every site, so that every site has the same pages."""

    regex = r"commissions/[a-z]{2}|sites/[\w.-]+|" + "|".join(Section.values)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


@dataclass(slots=True)
class Place:
    """A site as it stands: its address, the institution (None: a section), and its row, saved or not."""

    at: str
    site: Site
    entity: Entity | None = None

    @property
    def space(self) -> Space:
        return self.site.space

    @property
    def section(self) -> str:
        return self.site.section

    @property
    def name(self) -> str:
        return self.entity.name if self.entity is not None else str(self.site.get_section_display())

    @property
    def space_about(self) -> str:
        """What the register says of it."""
        return self.entity.about if self.entity is not None else ""

    @property
    def tone(self) -> int:
        return self.site.tone or (self.entity.tone if self.entity is not None else list(Section.values).index(self.section) % 6 + 1)

    @property
    def cover(self) -> Cover | None:
        return Cover.of(self.site.cover)

    @property
    def host(self) -> str:
        """Its own host name, where one is configured."""
        return hosts().get(self.at, "")

    @property
    def path(self) -> str:
        """Its address in the reader's language."""
        return f"/{get_language() or 'ar'}/{self.at}/"

    def base(self, request: HttpRequest) -> str:
        """The same as this reader meets it: on its own host without more."""
        return f"/{get_language() or 'ar'}/" if getattr(request, "site_at", "") == self.at else self.path

    def canonical(self, request: HttpRequest, rest: str = "", language: str = "") -> str:
        """The whole address of a part of it, for other sites and search engines."""
        code = language or get_language() or "ar"
        return self.whole(request, f"/{code}/{rest}" if self.host else f"/{code}/{self.at}/{rest}")

    def whole(self, request: HttpRequest, path: str) -> str:
        """An address on the host where it stands."""
        return f"{request.scheme}://{self.host}{path}" if self.host else f"{origin(request)}{path}"


def origin(request: HttpRequest) -> str:
    return settings.SITE_ORIGIN or f"{request.scheme}://{request.get_host()}"


def hosts() -> dict[str, str]:
    """Address of a site → its own host name (settings.SITE_HOSTS)."""
    return {at: host for host, at in settings.SITE_HOSTS.items()}


def at_of(entity: Entity | Space) -> str:
    """The address of an institution's site: the commission of a country stands under it. A query for a commission; of many, addresses()."""
    return addresses([entity])[entity.pk]


def addresses(entities: Iterable[Entity | Space]) -> dict[int, str]:
    """The address of the site of each, by its number: one query where there are commissions among them, however many."""
    wholes = [one if isinstance(one, Entity) else one.entity for one in entities]
    countries = {one.country_id for one in wholes if one.entity_kind.oversees and one.country_id}
    first: dict[int, str] = {}
    if countries:
        seats: dict[str, int] = {}
        for country, pk in _claimants().filter(country__in=countries).values_list("country", "pk"):
            seats.setdefault(country, pk)
        first = {pk: f"{COMMISSIONS}/{country.lower()}" for country, pk in seats.items()}
    return {one.pk: first.get(one.pk, f"sites/{one.handle}") for one in wholes}


def _claimants() -> EntityQuerySet:
    """The commissions; in each country the one that stands under its address first: the accredited, else the first that everybody sees."""
    accredited = Exists(Recognition.objects.filter(commission=OuterRef("pk"), country=OuterRef("country"), ended_at=None))
    found = Entity.objects.filter(entity_kind__oversees=True, country__isnull=False).annotate(accredited=accredited)
    return found.order_by("-accredited", "-listed", "pk")


def find(at: str, actor: Actor | None = None) -> Place:
    """The site of this address, as nobody in particular sees it, or as this actor: whoever looks after it may prepare it before it is public.

    Two queries. Http404 where there is no such institution.
    """
    if at in Section.values:
        site = Site.objects.select_related("space").filter(section=at).first()
        if site is None:
            secretariat = Space.objects.entities().filter(sees_all=True).order_by("pk").first()
            if secretariat is None:
                raise Http404
            site = Site(space=secretariat, section=at)
        return Place(at, site)
    kept, _slash, code = at.partition("/")
    found = Entity.objects.visible_to(actor or Actor.nobody()).select_related("entity_kind", "country", "parent")
    if kept == COMMISSIONS:
        entity = found.filter(pk=Subquery(_claimants().filter(country=code.upper()).values("pk")[:1])).first()
    else:
        entity = found.filter(handle=code).first()
    if entity is None:
        raise Http404
    site = Site.objects.filter(space=entity.pk, section="").first() or Site(space_id=entity.pk)
    site.space = entity
    return Place(at, site, entity)
