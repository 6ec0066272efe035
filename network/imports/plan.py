"""What each row of a list would do to the register, worked out for all of them with a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import override

from network.declared import Declared, text_of
from network.entities.models import Entity, Kind
from network.imports.cells import Refused, bare, named, read, squeezed, status
from network.imports.columns import OWN, Column, offered
from network.imports.models import Import, Line
from network.imports.reasons import Reason
from network.names import skeleton
from network.spaces.models import Country, Space

NAMES = ("name_ar", "name_fr", "name_en")
Row = dict[str, str]  # code of a field → what stands in the cell; empty cells are left out
_FIELDS = (
    "pk", "handle", "entity_kind_id", "country_id", "parent_id", "overseer_id", "skeleton", "status", "details", *NAMES, "short_ar",
    "short_fr", "short_en", "about_ar", "about_fr", "about_en", "city", "address", "phone", "email", "website", "languages", "founded",
)  # fmt: skip


class Wrong(Exception):
    """A row that is refused as a whole."""

    def __init__(self, field: str, reason: str, **about: Any) -> None:
        self.reason: Reason = [field, reason, about]
        super().__init__(reason)


def kinds_for(batch: Import) -> list[Kind]:
    """The kinds of institution that this list may hold."""
    kinds = [batch.kind] if batch.kind else list(Kind.objects.all())
    return kinds if batch.space.sees_all else [kind for kind in kinds if kind.overseen]


def columns_of(batch: Import, kinds: Sequence[Kind] | None = None) -> dict[str, Column]:
    return {column.code: column for column in offered(kinds_for(batch) if kinds is None else kinds, wide=batch.space.sees_all)}


def rows_of(batch: Import) -> list[tuple[int, Row]]:
    """The rows of the table under the codes of their fields, with their numbers as a spreadsheet counts; empty ones are left out."""
    places = [(int(place), code) for place, code in batch.columns.items()]
    rows = []
    for number, cells in enumerate(batch.table[1:], start=2):
        if any(cells):
            rows.append((number, {code: cells[place] for place, code in places if place < len(cells) and cells[place]}))
    return rows


def check(batch: Import) -> list[Line]:
    """A line for each row, not saved: new, changed with what changes, unchanged, or refused with each reason."""
    rows = rows_of(batch)
    register = Register(batch, rows)
    return [register.line(number, row) for number, row in rows]


class Register:
    """What the rows of a list are compared with, read once."""

    def __init__(self, batch: Import, rows: Iterable[tuple[int, Row]]) -> None:
        self.batch, self.wide = batch, batch.space.sees_all
        kinds = list(Kind.objects.all())
        self.kinds = {kind.pk: kind for kind in kinds}
        self.allowed = {kind.pk for kind in kinds if self.wide or kind.overseen}
        self.columns = {column.code: column for column in offered([batch.kind] if batch.kind else kinds, wide=self.wide)}
        self.asked = {kind.pk: {f"{OWN}{field.code}" for field in kind.spec} for kind in kinds}
        self.kind_words = named((str(kind.pk), (kind.code, *_names(kind, "name"), *_names(kind, "plural"))) for kind in kinds)
        self.countries = {country.pk: country for country in Country.objects.all()}
        self.country_words = {
            bare(word): country.pk for country in self.countries.values() for word in (country.pk, *_names(country, "name")) if word
        }
        self.status_words = named((value, [label]) for value, label in Entity.Status.choices)
        self._read_entities([row for _number, row in rows])
        self.rows_by_key: dict[tuple[Any, ...], int] = {}

    def _read_entities(self, rows: list[Row]) -> None:
        here = {self._country_or_none(row) for row in rows}
        codes = {row["handle"].strip().lower() for row in rows if row.get("handle")}
        parents = {row["parent"].strip().lower() for row in rows if row.get("parent")}
        near = Q(country__in=[country for country in here if country]) | Q(handle__in=codes)
        if None in here:
            near |= Q(country=None)
        if parents:  # named by code, or by a name of an institution that others belong to
            near |= Q(handle__in=parents) | Q(entity_kind__overseen=False)
        found = list(Entity.objects.filter(near).values(*_FIELDS))
        self.taken = set(Space.objects.filter(handle__in=codes).values_list("handle", flat=True))
        self.by_handle = {entity["handle"]: entity for entity in found}
        self.by_name: dict[tuple[int, str | None, str], list[dict[str, Any]]] = defaultdict(list)
        self.by_skeleton: dict[tuple[str | None, str], dict[str, Any]] = {}
        self.commissions: dict[str, dict[str, Any]] = {}
        self.parents: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for entity in found:
            kind = self.kinds[entity["entity_kind_id"]]
            self.by_skeleton[entity["country_id"], entity["skeleton"]] = entity
            for drawn in {skeleton(entity[name]) for name in NAMES if entity[name]}:
                self.by_name[entity["entity_kind_id"], entity["country_id"], drawn].append(entity)
                if not kind.overseen:
                    self.parents[drawn].append(entity)
            if kind.oversees and entity["country_id"]:
                self.commissions.setdefault(entity["country_id"], entity)

    # --- A row ------------------------------------------------------------------------------------------------------------
    def line(self, number: int, row: Row) -> Line:
        line = Line(batch=self.batch, number=number, name=_called(row)[:200])
        reasons: list[Reason] = []
        try:
            entity, values = self._place(row, reasons)
            if entity is not None:
                line.entity_id = entity["pk"]
                line.name = line.name or _called(entity)[:200]
            self._fill(row, entity, values, reasons)
            if not reasons:
                self._once(number, entity, values)
                self._alone(entity, values)
        except Wrong as wrong:
            reasons.append(wrong.reason)
        if reasons:
            line.outcome, line.reasons, line.values = Line.Outcome.REFUSED, reasons, row
            return line
        if entity is None:
            line.outcome, line.values = Line.Outcome.NEW, values
            return line
        line.changes = self._changes(entity, values)
        line.outcome = Line.Outcome.CHANGED if line.changes else Line.Outcome.UNCHANGED
        line.values = {code: values[code] for code, _before, _after in line.changes}
        return line

    def _place(self, row: Row, reasons: list[Reason]) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        """Which institution the row speaks of, or None for a new one; with its kind, country and names read. Raises Wrong."""
        values: dict[str, Any] = {}
        for code in ("handle", *NAMES):
            if row.get(code):
                self._cell(code, row[code], None, values, reasons)
        coded = self.by_handle.get(values["handle"]) if "handle" in values else None
        if coded is None and "handle" in values and values["handle"] in self.taken:
            raise Wrong("handle", "taken", value=values["handle"])
        kind, country = self._kind(row, coded), self._country(row, coded)
        values |= {"kind": kind.pk, "country": country}
        if not self.wide:
            self._own(kind, country)
        if coded is not None:
            if coded["entity_kind_id"] != kind.pk:
                raise Wrong("handle", "other_kind", value=coded["handle"], kind=coded["entity_kind_id"])
            entity: dict[str, Any] | None = coded
        else:
            entity = self._named(kind, country, values)
        if entity is not None and not self.wide and entity["overseer_id"] != self.batch.space_id:
            raise Wrong("", "not_yours")
        if entity is None and not any(values.get(name) for name in NAMES) and not any(reason[0] in NAMES for reason in reasons):
            raise Wrong("", "no_name")
        if entity is None and country is None and (kind.overseen or kind.oversees):
            raise Wrong("country", "no_country")
        return entity, values

    def _kind(self, row: Row, coded: dict[str, Any] | None) -> Kind:
        if self.batch.kind is not None:
            return self.batch.kind
        text = row.get("kind", "")
        if not text:
            if coded is not None:
                return self.kinds[coded["entity_kind_id"]]
            raise Wrong("kind", "no_kind")
        drawn = bare(text)
        if drawn not in self.kind_words:
            self.kind_words[drawn] = _meant(drawn, self.kind_words)
        found = self.kind_words[drawn]
        if not found:
            raise Wrong("kind", "unknown_kind", value=text[:80])
        return self.kinds[int(found)]

    def _country(self, row: Row, coded: dict[str, Any] | None) -> str | None:
        text = row.get("country", "")
        if not text:
            return coded["country_id"] if coded is not None else self.batch.country_id
        found = self._country_of(text)
        if found is None:
            raise Wrong("country", "unknown_country", value=text[:80])
        return found

    def _country_or_none(self, row: Row) -> str | None:
        return self._country_of(row["country"]) if row.get("country") else self.batch.country_id

    def _country_of(self, text: str) -> str | None:
        """The state that is called so, in short or in full: «الإمارات», «سلطنة عمان»."""
        drawn = bare(text)
        if drawn not in self.country_words:  # remembered: the same few names come in thousands of rows
            self.country_words[drawn] = _meant(drawn, self.country_words)
        return self.country_words[drawn] or None

    def _own(self, kind: Kind, country: str | None) -> None:
        if country != self.batch.space.country_id:
            raise Wrong("country", "other_country", country=country or "")
        if not kind.overseen:
            raise Wrong("kind", "not_overseen")

    def _named(self, kind: Kind, country: str | None, values: dict[str, Any]) -> dict[str, Any] | None:
        found: dict[int, dict[str, Any]] = {}
        for name in NAMES:
            for entity in self.by_name.get((kind.pk, country, skeleton(values[name])), ()) if values.get(name) else ():
                found[entity["pk"]] = entity
        if len(found) > 1:
            raise Wrong("", "several", codes="، ".join(sorted(str(entity["handle"]) for entity in found.values())))
        if found:
            entity = next(iter(found.values()))
            if "handle" in values:  # a code that nobody bears beside the name of one that bears another
                raise Wrong("handle", "same_name", name=_called(entity), code=str(entity["handle"]))
            return entity
        if kind.oversees and country and (one := self.commissions.get(country)):
            raise Wrong("", "second_commission", name=_called(one), code=str(one["handle"]))
        return None

    # --- Its cells ----------------------------------------------------------------------------------------------------------
    def _fill(self, row: Row, entity: dict[str, Any] | None, values: dict[str, Any], reasons: list[Reason]) -> None:
        asked = self.asked[values["kind"]]
        for code, text in row.items():
            if code in ("handle", "kind", "country", *NAMES):
                continue
            if code.startswith(OWN) and code not in asked:
                reasons.append([code, "not_asked", {}])
            elif code == "parent":
                self._parent(text, entity, values, reasons)
            elif code == "status":
                try:
                    values["status"] = status(text, self.status_words)
                except Refused as refused:
                    reasons.append(["status", refused.reason, refused.about])
            else:
                self._cell(code, text, entity, values, reasons)

    def _cell(self, code: str, text: str, entity: dict[str, Any] | None, values: dict[str, Any], reasons: list[Reason]) -> None:
        if entity is not None and _as_it_stands(text, _kept(entity, code), self.columns[code]):
            return
        try:
            values[code] = read(self.columns[code], text)
        except Refused as refused:
            reasons.append([code, refused.reason, refused.about])

    def _parent(self, text: str, entity: dict[str, Any] | None, values: dict[str, Any], reasons: list[Reason]) -> None:
        coded = self.by_handle.get(text.strip().lower())
        found = [coded] if coded else self.parents.get(skeleton(text), [])
        if len(found) > 1:
            reasons.append(["parent", "several", {"codes": "، ".join(sorted(str(one["handle"]) for one in found))}])
        elif not found or self.kinds[found[0]["entity_kind_id"]].overseen:
            reasons.append(["parent", "unknown_parent", {"value": text[:80]}])
        elif entity is not None and found[0]["pk"] == entity["pk"]:
            reasons.append(["parent", "own_parent", {}])
        else:
            values["parent"] = found[0]["pk"]

    def _once(self, number: int, entity: dict[str, Any] | None, values: dict[str, Any]) -> None:
        """No institution twice in a file. Raises Wrong."""
        drawn = {skeleton(values[name]) for name in NAMES if values.get(name)}
        keys: list[tuple[Any, ...]] = [("entity", entity["pk"])] if entity is not None else [(values["country"], name) for name in drawn]
        if values.get("handle"):
            keys.append(("handle", values["handle"]))
        if entity is None and self.kinds[values["kind"]].oversees:
            keys.append(("commission", values["country"]))
        for key in keys:
            if (before := self.rows_by_key.get(key)) is not None:
                raise Wrong("", "same_row", row=before)
        self.rows_by_key.update(dict.fromkeys(keys, number))

    def _alone(self, entity: dict[str, Any] | None, values: dict[str, Any]) -> None:
        """No two institutions of a country look the same: what the register would refuse is said before. Raises Wrong."""
        names = {name: values.get(name) or (entity[name] if entity else "") for name in NAMES}
        if entity is not None and (*names.values(), values["country"]) == (*(entity[name] for name in NAMES), entity["country_id"]):
            return
        first = names["name_ar"] or _called(names)
        twin = self.by_skeleton.get((values["country"], skeleton(first)[:200]))
        if twin is not None and (entity is None or twin["pk"] != entity["pk"]):
            raise Wrong("", "same_name", name=_called(twin), code=str(twin["handle"]))

    def _changes(self, entity: dict[str, Any], values: dict[str, Any]) -> list[list[Any]]:
        changes = []
        for code, value in values.items():
            before = _kept(entity, code)
            if (
                code not in ("handle", "kind")
                and value != before
                and not (isinstance(value, str) and _as_it_stands(value, before, self.columns.get(code)))
            ):
                changes.append([code, before, value])
        return changes


def _meant(drawn: str, known: dict[str, str]) -> str:
    """What is called by a longer or a shorter name, where only one is: «مدرسة» for «مدرسة منتسبة», «سلطنة عمان» for «عمان». Empty for none."""
    for short in dict.fromkeys((drawn, drawn.rstrip("ي"))):  # «نادي» for «نادٍ منتسب»
        longer = {value for word, value in known.items() if value and len(short) > 2 and short in word}
        if len(longer) == 1:
            return longer.pop()
    within = [word for word, value in known.items() if value and len(word) > 2 and word in drawn]
    return known[max(within, key=len)] if within else ""


def _kept(entity: dict[str, Any], code: str) -> Any:
    """What the register holds of a field."""
    if code.startswith(OWN):
        return entity["details"].get(code.removeprefix(OWN))
    return entity[{"kind": "entity_kind_id", "country": "country_id", "parent": "parent_id"}.get(code, code)]


def _as_it_stands(text: str, kept: Any, column: Column | None) -> bool:
    """Whether a cell says what is kept, as it is kept or as an export shows it, whatever spaces a table took from it."""
    if kept is None or kept in ("", []):
        return False
    if not isinstance(kept, bool | list) and text == squeezed(kept):
        return True
    return column is not None and column.declared is not None and text in _shown(column.declared, kept)


def _shown(field: Declared, kept: Any) -> list[str]:
    shown = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            shown.append(squeezed(text_of(field, kept)))
    return shown


def _called(row: dict[str, Any]) -> str:
    return next((str(row[name]) for name in NAMES if row.get(name)), "")


def _names(thing: Any, field: str) -> list[str]:
    return [name for language in ("ar", "fr", "en") if (name := getattr(thing, f"{field}_{language}"))]
