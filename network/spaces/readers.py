"""Many people at once, in a fixed number of queries: who of these may see a thing *now*, who answers for a place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from network.permissions import can
from network.spaces.actors import actors
from network.spaces.models import Mandate, Membership


def who_may(verb: str, thing: Any, user_ids: Iterable[int]) -> set[int]:
    """Those of `user_ids` who may `verb` the thing now."""
    return {user_id for user_id, actor in actors(user_ids).items() if can(actor, verb, thing)}


def representatives(entity_ids: Iterable[int]) -> set[int]:
    """Who holds a current mandate for any of these institutions."""
    return set(Mandate.objects.current().filter(entity__in=list(entity_ids)).values_list("user_id", flat=True))


def managers(space_id: int) -> set[int]:
    """Who answers for a space: its owners and moderators, and, for an institution, its representatives."""
    named = set(
        Membership.objects.filter(space=space_id, role__in=("owner", "moderator"), user__isnull=False).values_list("user_id", flat=True)
    )
    return named | representatives([space_id])
