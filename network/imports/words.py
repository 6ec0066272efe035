"""A row of a list in words: what it is, what changes from what to what, or why it is refused, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from network.declared import text_of
from network.entities.models import Entity, Kind
from network.imports.columns import OWN
from network.imports.models import Import, Line
from network.imports.plan import columns_of
from network.imports.reasons import sentence
from network.spaces.models import Country

PLANNED: dict[str, str | Promise] = {
    "new": pgettext_lazy("a row", "New"),
    "changed": pgettext_lazy("a row", "Changed"),
    "unchanged": pgettext_lazy("a row", "Unchanged"),
    "refused": pgettext_lazy("a row", "Refused"),
}
_LONG = 160


@dataclass(frozen=True, slots=True)
class Change:
    """One field that changes."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Why:
    """One reason for refusing, with the field it speaks of."""

    label: str
    sentence: str


class Words:
    """Says the lines of one list: reads kinds and countries once."""

    def __init__(self, batch: Import) -> None:
        kinds = list(Kind.objects.all())
        self.kinds = {kind.pk: kind.name for kind in kinds}
        self.columns = columns_of(batch, kinds)
        self.countries = {country.pk: country.name for country in Country.objects.all()}
        self.statuses = dict(Entity.Status.choices)

    def outcome(self, line: Line) -> str:
        return str(PLANNED[line.outcome])

    def changes(self, line: Line, parents: dict[int, str] | None = None) -> list[Change]:
        return [Change(self._label(code), self._text(code, before, parents), self._text(code, after, parents)) for code, before, after in line.changes]  # fmt: skip

    def why(self, line: Line, *, isolated: bool = False) -> list[Why]:
        return [
            Why(self._label(reason[0]) if reason[0] else "", sentence(reason, isolated=isolated, **dict(self._known(reason))))
            for reason in line.reasons
        ]

    def _known(self, reason: list[Any]) -> Iterator[tuple[str, str]]:
        field, code, about = reason
        if "kind" in about:
            yield "kind", self.kinds.get(about["kind"], "–")
        if "country" in about:
            yield "country", self.countries.get(about["country"], "–")
        if code == "not_status":
            yield "choices", many(str(label) for label in self.statuses.values())
        if code == "not_choice":
            column = self.columns.get(field)
            choices = column.declared.choices[:12] if column and column.declared else ()
            yield "choices", many(column.declared.word(value) for value, _label in choices) if column and column.declared else "–"

    def place(self, line: Line) -> str:
        """Of a new institution: its kind, its country and its city."""
        values = line.values
        known = (self.kinds.get(values.get("kind", 0)), self.countries.get(values.get("country") or ""), values.get("city"))
        return " · ".join(str(word) for word in known if word)

    def of(self, line: Line, parents: dict[int, str] | None = None) -> Iterator[str]:
        """The line in sentences, for a file."""
        colon = pgettext("between a field and what is wrong with it", ": ")
        for why in self.why(line):
            yield f"{why.label}{colon}{why.sentence}" if why.label else why.sentence
        for change in self.changes(line, parents):
            yield _("%(field)s: from “%(before)s” to “%(after)s”.") % {
                "field": change.label,
                "before": change.before or "–",
                "after": change.after,
            }

    def _label(self, code: str) -> str:
        column = self.columns.get(code)
        return str(column.label) if column else code.removeprefix(OWN)

    def _text(self, code: str, value: Any, parents: dict[int, str] | None) -> str:
        column = self.columns.get(code)
        if value in (None, "", []):
            return ""
        if column is not None and column.declared is not None:
            text = text_of(column.declared, value)
        elif code == "country":
            text = self.countries.get(value, str(value))
        elif code == "status":
            text = str(self.statuses.get(value, value))
        elif code == "parent":
            text = (parents or {}).get(value, str(value))
        else:
            text = str(value)
        return text if len(text) <= _LONG else f"{text[:_LONG]}…"


def parents_of(lines: Iterable[Line]) -> dict[int, str]:
    """The names of institutions that lines speak of by number: one query, or none."""
    wanted = {value for line in lines for code, *both in line.changes if code == "parent" for value in both if value}
    return {entity.pk: entity.name for entity in Entity.objects.filter(pk__in=wanted)} if wanted else {}


def many(words: Iterable[str]) -> str:
    """Words in a row, with the comma of the language."""
    return ("، " if (get_language() or "ar").startswith("ar") else ", ").join(words)
