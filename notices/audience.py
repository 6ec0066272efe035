"""To whom a letter of the secretariat goes: people who hold a mandate now for an institution that was chosen, each once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from network.spaces.models import Mandate
from notices.models import Preferences

EMPTY: dict[str, list[Any]] = {"kinds": [], "countries": [], "languages": [], "entities": []}


@dataclass(frozen=True, slots=True)
class Audience:
    people: frozenset[int]
    entities: int
    countries: int


def of(chosen: Mapping[str, list[Any]]) -> Audience:
    """Whom these choices mean now: an empty list chooses all. Without those who want no letters, and those whose mail does not arrive."""
    held = Mandate.objects.current().filter(user__is_active=True, user__page__isnull=False)
    if kinds := chosen.get("kinds"):
        held = held.filter(entity__entity__entity_kind__code__in=kinds)
    if countries := chosen.get("countries"):
        held = held.filter(entity__country__in=countries)
    if languages := chosen.get("languages"):
        held = held.filter(user__language__in=languages)
    if entities := chosen.get("entities"):
        held = held.filter(entity__in=entities)
    rows = list(held.values_list("user_id", "entity_id", "entity__country_id"))
    deaf = _deaf({user_id for user_id, _entity, _country in rows})
    kept = [row for row in rows if row[0] not in deaf]
    return Audience(
        frozenset(user_id for user_id, _entity, _country in kept),
        len({entity_id for _user, entity_id, _country in kept}),
        len({country for _user, _entity, country in kept if country}),
    )


def _deaf(users: set[int]) -> set[int]:
    """Those who chose no letters, or whose address is paused."""
    rows = Preferences.objects.exclude(choices={}, paused_at=None).values_list("user_id", "choices", "paused_at")
    return {
        user_id for user_id, choices, paused in rows if user_id in users and (paused or choices.get("newsletter", {}).get("mail") == "none")
    }
