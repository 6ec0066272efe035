"""Many people at once, in a fixed number of queries: who of these may see a thing *now*, who answers for a place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from network.permissions import can
from network.spaces.actors import Actor, actors
from network.spaces.models import Mandate, Membership


def who_may(verb: str, thing: Any, user_ids: Iterable[int]) -> dict[int, Actor]:
    """Those of `user_ids` who may `verb` the thing now, by number."""
    return {user_id: actor for user_id, actor in actors(user_ids).items() if can(actor, verb, thing)}


def addressed_to(actor: Actor) -> Q:
    """Which invitations are the actor's to answer: their own, and those to institutions they speak for now."""
    return Q(user=actor.user_id) | Q(entity__in=list(actor.mandates))


def representatives(entity_ids: Iterable[int]) -> set[int]:
    """Who holds a current mandate for any of these institutions."""
    return set(Mandate.objects.current().filter(entity__in=list(entity_ids)).values_list("user_id", flat=True))


def speakers(network: str, entity_ids: Iterable[int], *, over: bool = False) -> dict[int, set[int]]:
    """By institution, who speaks for it in this network (Mandate.Network): under a mandate for it, or for the whole platform. Where nobody
    does, all who speak for the institution: nothing may wait for no one. `over`: only under mandates that reach over others. One query."""
    held = Mandate.objects.current().filter(entity__in=list(entity_ids), user__is_active=True)
    if over:
        held = held.filter(scope__in=(Mandate.Scope.COUNTRY, Mandate.Scope.ALL))
    everybody: dict[int, set[int]] = {}
    fit: dict[int, set[int]] = {}
    for entity_id, user_id, theirs in held.values_list("entity", "user", "network"):
        everybody.setdefault(entity_id, set()).add(user_id)
        if Mandate.Network.PLATFORM in (network, theirs) or theirs == network:
            fit.setdefault(entity_id, set()).add(user_id)
    return everybody | fit


def members(space_id: int) -> set[int]:
    """Who is in a space: in person, or by a current mandate for an institution that is in it."""
    held = list(Membership.objects.filter(space=space_id).values_list("user_id", "entity_id"))
    return {user_id for user_id, _entity in held if user_id} | representatives(entity_id for _user, entity_id in held if entity_id)


def managers(space_id: int) -> set[int]:
    """Who answers for a space: its owners and moderators, and, for an institution, its representatives."""
    named = set(
        Membership.objects.filter(space=space_id, role__in=("owner", "moderator"), user__isnull=False).values_list("user_id", flat=True)
    )
    return named | representatives([space_id])
