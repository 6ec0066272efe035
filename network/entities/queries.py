"""Reading the registers: what is asked, what is found, how much of it where."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Avg, Count
from django.http import QueryDict
from django.utils.translation import get_language

from network import declared
from network.entities.facets import token
from network.entities.models import Entity, EntityQuerySet, Kind
from network.entities.standing import of_status
from network.names import fold, monogram
from network.permissions import can
from network.spaces.models import Country

if TYPE_CHECKING:
    from network.spaces.actors import Actor

FEW_HITS = 500
LONG_NAME = 9  # letters that stand in one line of a square
VIEWS = ("cards", "table", "map")
# Where the states stand to one another, roughly as on a map: (column, row). No borders, no flags; a state without a place stands below.
TILES = {
    "MA": (0, 1), "DZ": (1, 1), "TN": (2, 1), "LB": (5, 0), "SY": (6, 0), "IQ": (7, 0),
    "MR": (0, 2), "LY": (3, 1), "EG": (4, 1), "PS": (5, 1), "JO": (6, 1), "KW": (7, 1),
    "SD": (4, 2), "SA": (6, 2), "BH": (7, 2), "QA": (8, 2), "AE": (9, 2),
    "DJ": (4, 3), "SO": (5, 3), "YE": (7, 3), "OM": (9, 3), "KM": (5, 4),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader asks of the register; everything else of the address is left out."""

    q: str = ""
    kind: str = ""
    country: str = ""
    status: str = ""
    language: str = ""
    view: str = "cards"
    chosen: dict[str, str] = field(default_factory=dict)  # of the declared fields

    @classmethod
    def of(cls, data: QueryDict, actor: Actor, filters: list[declared.Declared]) -> Asked:
        given = {name: data.get(name, "").strip()[:100] for name in ("q", "kind", "country", "status", "language", "view")}
        if not may_ask_status(actor):
            given["status"] = ""
        if given["view"] not in VIEWS:
            given["view"] = "cards"
        if given["language"] not in settings.LANGUAGE_NAMES:
            given["language"] = ""
        chosen = {one.code: value for one in filters if (value := data.get(one.code, "")) and value in dict(one.choices)}
        return cls(**given, chosen=chosen)

    def address(self, **changed: str) -> str:
        """The same question with something changed, as the end of an address."""
        other = replace(self, **changed)  # type: ignore[arg-type]  # each of them is a text
        given = {name: getattr(other, name) for name in ("q", "kind", "country", "status", "language")} | other.chosen
        if other.view != "cards":
            given["view"] = other.view
        return "?" + urlencode({name: value for name, value in given.items() if value})

    @property
    def is_plain(self) -> bool:
        """Nothing is asked but perhaps a kind."""
        return not (self.q or self.country or self.status or self.language or self.chosen)


@dataclass(frozen=True, slots=True)
class Filter:
    """A declared field as the form offers it."""

    code: str
    label: str
    choices: list[tuple[str, str]]
    value: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A state in the picture: where it stands, how many there are, and where that leads."""

    country: Country
    count: int
    address: str
    x: int
    y: int
    depth: int  # 0 (none) to 4 (most)
    is_here: bool

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The name in the lines that a square has room for, each with its height."""
        name = self.country.name
        words = name.split() if len(name) > LONG_NAME else [name]
        words = [*words[:2], " ".join(words[2:])] if len(words) > 3 else words
        first = {1: 0.44, 2: 0.34, 3: 0.23}[len(words)]
        return [(word, f"{first + 0.16 * place:.2f}") for place, word in enumerate(words)]

    @property
    def is_small(self) -> bool:
        """Whether the name needs smaller letters."""
        return len(self.lines) > 1 or len(self.country.name) > LONG_NAME - 2

    @property
    def letters(self) -> str:
        """The name in two letters, for a narrow window."""
        return monogram(self.country.name_ar, 2) if (get_language() or "ar").startswith("ar") else self.country.code


def filters_of(kinds: list[Kind], code: str) -> list[declared.Declared]:
    """The declared fields one may filter by: those of the kind, or, among all kinds, those that several share, with the choices of each."""
    if code:
        return [one for kind in kinds if kind.code == code for one in kind.spec if one.filters]
    found: dict[str, list[declared.Declared]] = {}
    for kind in kinds:
        for one in kind.spec:
            if one.filters:
                found.setdefault(one.code, []).append(one)
    return [_together(same) for same in found.values() if len(same) > 1]


def _together(same: list[declared.Declared]) -> declared.Declared:
    choices: dict[str, declared.Words] = {}
    for one in same:
        for value, label in one.choices:
            choices.setdefault(value, label)
    return replace(same[0], choices=tuple(choices.items()))


def may_ask_status(actor: Actor) -> bool:
    """Whoever keeps a register sees more of it than what is active: the secretariat, and a commission in its own country."""
    return actor.is_secretariat or bool(actor.overseers)


def search(actor: Actor, asked: Asked) -> EntityQuerySet:
    """The institutions that the actor sees and that answer the question, of whatever kind."""
    found = Entity.objects.visible_to(actor)
    for word in fold(asked.q).split()[:8]:
        found = found.filter(folded__contains=word)
    if asked.country:
        found = found.filter(country=asked.country)
    if asked.status:
        found = of_status(found, asked.status)
    if asked.language:
        found = found.filter(facets__contains=token("language", asked.language))
    for code, value in asked.chosen.items():
        found = found.filter(facets__contains=token(code, value))
    return found


def narrowed(found: EntityQuerySet, asked: Asked) -> tuple[EntityQuerySet, dict[int, tuple[int, int]]]:
    """What was found, by its numbers where it is little, with how many and how complete they are of each kind.

    Words and answers are found by reading the whole register: it is read once, and what the page then asks goes by numbers.
    """
    if asked.is_plain:
        return found, by_kind(found)
    hits = list(found.order_by().values_list("pk", "entity_kind", "completeness")[: FEW_HITS + 1])
    if len(hits) > FEW_HITS:
        return found, by_kind(found)
    filled: dict[int, list[int]] = {}
    for _pk, kind, completeness in hits:
        filled.setdefault(kind, []).append(completeness)
    # They are what the actor sees already: found came through visible_to().
    return Entity.objects.filter(pk__in=[pk for pk, _kind, _filled in hits]), {
        kind: (len(each), round(sum(each) / len(each))) for kind, each in filled.items()
    }


def by_kind(found: EntityQuerySet) -> dict[int, tuple[int, int]]:
    """Of each kind: how many, and how complete they are on average, in percent."""
    rows = found.order_by().values("entity_kind").annotate(count=Count("pk"), filled=Avg("completeness"))
    return {row["entity_kind"]: (row["count"], round(row["filled"] or 0)) for row in rows}


def tiles(found: EntityQuerySet, countries: Iterable[Country], address: Callable[[Country, int], str], *, here: str = "") -> list[Tile]:
    """The picture by country: every state, also those with none; `address` says where a state with so many leads."""
    counts = dict(found.order_by().values_list("country").annotate(count=Count("pk")))
    most = max((counts.get(country.code, 0) for country in countries), default=0)
    made, extra = [], 0
    for country in countries:
        count = counts.get(country.code, 0)
        place = TILES.get(country.code)
        if place is None:
            place, extra = (extra % 10, 5 + extra // 10), extra + 1
        depth = 0 if not count else 1 + min(3, (4 * count - 1) // max(most, 1))
        made.append(
            Tile(
                country,
                count,
                address(country, count),
                *place,
                depth=depth,
                is_here=country.code == here,
            )
        )
    return made


def contacts_seen(actor: Actor, entity: Entity) -> dict[str, str]:
    """The ways to reach an institution that the actor may know, by kind."""
    return {contact.kind: contact.value for contact in entity.contacts if can(actor, "contact.view", contact)}
