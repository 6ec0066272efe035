"""The only writer of lists brought in. What they hold goes into the registers through the actions of institutions, row by row."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from network.activity.recording import later, record
from network.content import Audience
from network.entities import actions as entities
from network.entities.models import Entity, Kind
from network.files import tidy_file_name
from network.imports import plan
from network.imports.columns import OWN, guess
from network.imports.models import Import, Line
from network.permissions import can, check
from network.spaces.actors import Actor
from network.spaces.models import Country, Space

if TYPE_CHECKING:
    from django.core.files.base import File

AT_ONCE = 100  # rows that are checked and written while their bringer waits; more go through the queue
CHECKED_AT_ONCE = 1_000
PIECE = 40  # rows written in one transaction of the queue: a second of SQLite's one writer at most
KEPT_DAYS = 7  # so long a list waits to be confirmed


@transaction.atomic
def start(actor: Actor, entity: Entity, *, file: File, table: list[list[str]], kind: Kind | None, country: Country | None) -> Import:
    """Take in a table that was read (network.sheets), for the secretariat or a commission, and guess its columns. Nothing is written."""
    check(actor, "import.start", entity)
    if not entity.sees_all:
        country = entity.country
        if kind is not None and not kind.overseen:
            raise ValidationError({"kind": _("A commission brings in only institutions that it oversees.")})
    batch = Import(space=entity, author=actor.person, file_name=tidy_file_name(file.name or ""), kind=kind, country=country)
    batch.table, batch.total = table, sum(any(row) for row in table[1:])
    batch.columns = {str(place): code for place, code in guess(table, list(plan.columns_of(batch).values())).items()}
    batch.save()
    return batch


@transaction.atomic
def choose(actor: Actor, batch: Import, columns: dict[int, str]) -> Import:
    """Say which column is what, and have the rows checked: at once, or through the queue when there are many. ValidationError at a wrong choice."""
    batch = batch.locked()
    check(actor, "import.run", batch)
    known = plan.columns_of(batch)
    if not set(columns.values()) <= set(known) or any(not 0 <= place < len(batch.table[0]) for place in columns):
        raise ValidationError(_("Choose among the fields that are offered."))
    if twice := [known[code].label for code, count in Counter(columns.values()).items() if count > 1]:
        raise ValidationError(_("Two columns cannot both be “%(field)s”.") % {"field": twice[0]})
    if not {"handle", *plan.NAMES} & set(columns.values()):
        raise ValidationError(_("Say which column holds the name, or the code, of the institutions."))
    if batch.kind is None and not {"kind", "handle"} & set(columns.values()):
        raise ValidationError(_("Say which column holds the kind of institution, or begin again and choose one kind for all rows."))
    batch.columns = {str(place): code for place, code in sorted(columns.items())}
    batch.state, batch.done = Import.State.CHECKING, 0
    batch.save(update_fields=["columns", "state", "done"])
    if batch.total > CHECKED_AT_ONCE:
        later("imports.check", unique_key=f"imports.check.{batch.pk}", import_id=batch.pk)
    else:
        _look(batch)
    return batch


@transaction.atomic
def look(batch: Import) -> None:
    """Check the rows of a list that waits for it; doing so twice is quiet."""
    batch = batch.locked()
    if batch.state == Import.State.CHECKING:
        _look(batch)


def _look(batch: Import) -> None:
    batch.lines.all().delete()
    lines = plan.check(batch)
    Line.objects.bulk_create(lines, batch_size=500)
    batch.total, batch.state = len(lines), Import.State.CHECKED
    _count(batch, Counter(line.outcome for line in lines))
    batch.save(update_fields=["total", "state", *(f"{outcome}_count" for outcome in Line.Outcome.values)])


@transaction.atomic
def confirm(actor: Actor, batch: Import) -> Import:
    """Write what was shown: at once, or piece by piece through the queue. Confirming twice is quiet; what has nothing to write is refused."""
    batch = batch.locked()
    if batch.is_confirmed:
        check(actor, "import.view", batch)
        return batch
    check(actor, "import.run", batch)
    if batch.state != Import.State.CHECKED:
        raise ValidationError(_("The rows are not checked yet."))
    if not batch.to_write:
        raise ValidationError(_("There is nothing to write in this list."))
    batch.state, batch.confirmed_at, batch.author = Import.State.WRITING, timezone.now(), actor.person
    batch.table, batch.done = [], 0
    batch.save()
    record(actor.speaking_for(batch.space_id), "imported", batch, space=batch.space, reach=Audience.MANAGERS, soon=False)
    if batch.to_write > AT_ONCE:
        _go_on(batch)
    else:
        _write(batch, AT_ONCE)
    return batch


@transaction.atomic
def write_piece(batch: Import) -> None:
    """Write the next rows of a confirmed list, each once however often this is called."""
    batch = batch.locked()
    if batch.state != Import.State.WRITING:
        return
    _write(batch, PIECE)
    if batch.state == Import.State.WRITING:
        _go_on(batch)


def _go_on(batch: Import) -> None:
    later("imports.write", unique_key=f"imports.write.{batch.pk}.{batch.done}", import_id=batch.pk)


def _write(batch: Import, most: int) -> None:
    """Write up to `most` rows of a locked list; whoever lost the mandate meanwhile writes no more."""
    author = Actor.of(batch.author, fresh=True)
    if batch.space_id not in author.mandates or not can(author, "import.view", batch) or author.is_suspended:
        batch.state, batch.finished_at = Import.State.STOPPED, timezone.now()
        _finish(batch)
        return
    actor = author.speaking_for(batch.space_id)
    waiting = batch.lines.filter(written=False, outcome__in=[Line.Outcome.NEW, Line.Outcome.CHANGED])
    lines = list(waiting.select_related("entity", "batch").order_by("number")[: most + 1])
    tools = Tools(batch, lines[:most])
    for line in lines[:most]:
        _write_line(actor, line, tools)
    Line.objects.bulk_update(lines[:most], ["outcome", "entity", "values", "changes", "reasons", "written"], batch_size=100)
    batch.done += len(lines[:most])
    if len(lines) <= most:
        batch.state, batch.finished_at = Import.State.DONE, timezone.now()
        _finish(batch)
    batch.save()


class Tools:
    """What several rows need: kinds, countries, and codes that are still free."""

    def __init__(self, batch: Import, lines: list[Line]) -> None:
        self.kinds = {kind.pk: kind for kind in Kind.objects.all()}
        self.countries = {country.pk: country for country in Country.objects.all()}
        wanted = {line.values["parent"] for line in lines if line.values.get("parent")}
        self.parents = {entity.pk: entity for entity in Entity.objects.filter(pk__in=wanted)} if wanted else {}

    def read(self, values: dict[str, Any], details: dict[str, Any]) -> dict[str, Any]:
        """Values as a line keeps them → the arguments of an action."""
        own = {code.removeprefix(OWN): value for code, value in values.items() if code.startswith(OWN)}
        fields = {code: value for code, value in values.items() if not code.startswith(OWN)}
        if own:
            fields["details"] = {**details, **own}
        if "country" in fields:
            fields["country"] = self.countries.get(fields["country"])
        if "parent" in fields:
            fields["parent"] = self.parents.get(fields["parent"])
        return fields


def _write_line(actor: Actor, line: Line, tools: Tools) -> None:
    """One row: in a savepoint of its own, so that one which the register refuses takes no other along."""
    kept = line.values
    try:
        with transaction.atomic():
            if line.outcome == Line.Outcome.NEW:
                fields = tools.read(kept, {})
                kind, country = tools.kinds[fields.pop("kind")], fields.pop("country")
                handle = fields.pop("handle", "") or free_code(kind, country, fields)
                line.entity = entities.create(actor, kind=kind, handle=handle, country=country, quietly=True, **fields)
            elif line.entity is None:
                raise _Moved
            else:
                fields = tools.read(kept, line.entity.details)
                status = fields.pop("status", "")
                line.entity = entities.edit(actor, line.entity, quietly=True, **fields)
                if status:
                    reason = gettext("As it stands in the list “%(file)s”.") % {"file": line.batch.file_name}
                    line.entity = entities.set_status(actor, line.entity, status, reason=reason, quietly=True)
        line.values, line.written = {}, True
    except _Moved:
        line.outcome, line.reasons = Line.Outcome.REFUSED, [["", "moved", {}]]
    except PermissionDenied:
        line.outcome, line.reasons = Line.Outcome.REFUSED, [["", "not_yours", {}]]
    except ValidationError as error:
        line.outcome, line.reasons = Line.Outcome.REFUSED, [["", "refused", {"value": " ".join(error.messages)}]]


class _Moved(Exception):
    """The institution that was to be changed is gone."""


def free_code(kind: Kind, country: Country | None, fields: dict[str, Any]) -> str:
    """A code for an institution that brings none: of its kind, its state and its name in Latin letters, or a number."""
    state = country.pk.lower() if country else ""
    if kind.oversees and state:
        stem = f"natcom-{state}"
    else:
        first = kind.code.rpartition("-")[2]
        words = slugify(str(fields.get("short_en") or fields.get("name_en") or fields.get("name_fr") or ""))[:30].strip("-")
        stem = "-".join(filter(None, [first, state, words]))
    taken = {str(code) for code in Space.objects.filter(handle__startswith=stem).values_list("handle", flat=True)}
    if stem not in taken and (kind.oversees or stem.count("-") > 1):
        return stem
    numbers = [int(found.group(1)) for code in taken if (found := re.fullmatch(rf"{re.escape(stem)}-(\d{{1,6}})", code))]
    return f"{stem}-{max(numbers, default=0) + 1}"


def _finish(batch: Import) -> None:
    """What is kept of a list in the end: its report, and of refused rows what they said, so that they can be mended."""
    batch.lines.filter(outcome=Line.Outcome.UNCHANGED).update(values={})
    counts = Counter(batch.lines.values_list("outcome", flat=True))
    _count(batch, counts)
    batch.save()


def _count(batch: Import, counts: Counter[str]) -> None:
    for outcome in Line.Outcome.values:
        setattr(batch, f"{outcome}_count", counts[outcome])


@transaction.atomic
def drop(actor: Actor, batch: Import) -> None:
    """Throw a list away that is not confirmed; nothing of it stays."""
    batch = batch.locked()
    check(actor, "import.run", batch)
    batch.delete()


def sweep() -> int:
    """Lists that nobody confirmed within a week are thrown away; how many."""
    old = Import.objects.filter(confirmed_at=None, created_at__lt=timezone.now() - timedelta(days=KEPT_DAYS))
    return old.delete()[1].get("imports.Import", 0)


def may_start(actor: Actor) -> list[Entity]:
    """The institutions for which this person brings lists in: the secretariat, commissions."""
    if not actor.mandates:
        return []
    held = Entity.objects.filter(pk__in=list(actor.mandates)).select_related("entity_kind", "country")
    return [entity for entity in held if can(actor, "import.start", entity)]
