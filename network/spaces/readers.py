"""Many actors at once, in a fixed number of queries: who of these people may see a thing *now*."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from network.permissions import can
from network.spaces.actors import Actor, rights_from
from network.spaces.models import Mandate, Membership


def actors(user_ids: Iterable[int]) -> dict[int, Actor]:
    """The actors of active people, by number: three queries however many."""
    users = get_user_model().objects.filter(is_active=True).in_bulk(list(set(user_ids)))
    mandates: dict[int, list[Mandate]] = defaultdict(list)
    for mandate in Mandate.objects.not_over().filter(user__in=users).select_related("entity"):
        mandates[mandate.user_id].append(mandate)
    now = timezone.now()
    holders: dict[int, set[int]] = defaultdict(set)
    for user_id, held in mandates.items():
        for mandate in held:
            if mandate.starts_at <= now:
                holders[mandate.entity_id].add(user_id)
    memberships: dict[int, list[Membership]] = defaultdict(list)
    for membership in (Membership.objects.filter(user__in=users) | Membership.objects.filter(entity__in=list(holders))).select_related(
        "space"
    ):
        for user_id in [membership.user_id] if membership.user_id else holders[membership.entity_id or 0]:
            memberships[user_id].append(membership)
    return {user_id: Actor(user, rights_from(mandates[user_id], memberships[user_id], now)) for user_id, user in users.items()}


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
