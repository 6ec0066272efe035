"""How an institution may stand next, and who decides it; how it stands in its network. Other rooms have their say by name
(settings.ENTITY_HELD, ENTITY_AFFILIATIONS, ENTITY_LAPSED)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

from network.entities.models import Entity
from network.permissions import can

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from network.entities.models import EntityQuerySet
    from network.spaces.actors import Actor

Status = Entity.Status
LAPSED = "lapsed"  # beside the statuses of the register, in its filter


@dataclass(frozen=True, slots=True)
class Affiliation:
    """How an institution stands in its network: `code` is active, suspended, lapsed or ended."""

    code: str
    word: str


def open_to(actor: Actor, entity: Entity) -> list[str]:
    """The statuses that this actor may give it now: any for the secretariat. Its commission suspends what is active, lifts a suspension of its
    own and ends what was not suspended from above; nothing of what is affiliated, and it makes no draft active. Two queries at most."""
    if can(actor, "entity.settle", entity):
        return [status for status in Status.values if status != entity.status]
    if not can(actor, "entity.judge", entity) or held(entity):
        return []
    if entity.status == Status.DRAFT:
        return [Status.FORMER]
    if entity.status == Status.ACTIVE:
        return [Status.SUSPENDED, Status.FORMER]
    if entity.status == Status.SUSPENDED:
        last = entity.status_changes.first()
        # In whose name it was suspended, not by whom: who left the commission left its decisions there. Unknown counts as the secretariat's.
        if last is not None and last.now == Status.SUSPENDED and last.on_behalf_of_id in actor.overseers:
            return [Status.ACTIVE, Status.FORMER]
    return []


def held(entity: Entity) -> str:
    """Why only the secretariat changes how it stands, in a sentence; empty where nothing holds it."""
    return next((str(why) for name in settings.ENTITY_HELD if (why := import_string(name)(entity))), "")


def affiliations(numbers: Iterable[int] | QuerySet[Any, Any]) -> dict[int, Affiliation]:
    """How those of these institutions that are affiliated stand in their networks, by number: one query a room."""
    return {number: one for name in settings.ENTITY_AFFILIATIONS for number, one in import_string(name)(numbers).items()}


def with_affiliations(entities: list[Entity]) -> list[Entity]:
    """The same, each with its `affiliation`, or None."""
    held = affiliations([entity.pk for entity in entities]) if entities else {}
    for entity in entities:
        entity.affiliation = held.get(entity.pk)
    return entities


def of_status(found: EntityQuerySet, status: str) -> EntityQuerySet:
    """Those of this status. An institution whose affiliation has lapsed is found under LAPSED, and not among the active ones."""
    for name in settings.ENTITY_LAPSED:
        if status == LAPSED:
            return found.filter(status=Status.ACTIVE, pk__in=import_string(name)())
        if status == Status.ACTIVE:
            found = found.exclude(pk__in=import_string(name)())
    return found.filter(status=status)
