"""Who is acting: a person, with all they may read, and perhaps the institution they write for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from network.spaces.models import Mandate, Membership, Space

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from profiles.models import User

# Rights are kept per process under the user's `rights` number, which every change of a membership or mandate raises
# (spaces.actions.rights_changed). The seconds only bound how long a renamed space shows its old name in the rail.
_KEPT: dict[int, tuple[int, float, Rights]] = {}
_KEPT_ACTORS: dict[int, tuple[int, float, Actor]] = {}  # of people who are told of things: actors()
_KEPT_MOST, _KEPT_SECONDS = 5_000, 60.0
_STRENGTH = {"member": 1, "moderator": 2, "owner": 3}


@dataclass(frozen=True, slots=True)
class Rights:
    """What a person may, as long as nothing changes and `until` has not come. Kept per process under the user's `rights` number."""

    roles: dict[int, str] = field(default_factory=dict)
    mandates: dict[int, Mandate] = field(default_factory=dict)
    spaces: dict[int, Space] = field(default_factory=dict)
    is_networked: bool = False
    is_secretariat: bool = False
    overseers: frozenset[int] = frozenset()  # institutions whose oversight reaches as far as this person's mandates for them
    fields: frozenset[int] = frozenset()  # fields of work that a mandate reaches over
    until: datetime | None = None
    page: Space | None = None  # the person's own, as every page's head shows it
    # What was worked out from these rights and lasts as long as they do: compiled queries (network.prepared).
    derived: dict[str, Any] = field(default_factory=dict, compare=False)


class Actor:
    """`Actor.of(user)` or `Actor.nobody()`. Reading: all memberships and current mandates. Writing: `entity_id`, by `speaking_for()`."""

    def __init__(self, user: User | None, rights: Rights, entity_id: int | None = None) -> None:
        self.user = user
        self.user_id: int | None = user.pk if user is not None else None
        self.rights = rights
        self.entity_id = entity_id
        self.roles = rights.roles
        self.mandates = rights.mandates
        self.is_networked = rights.is_networked
        self.is_secretariat = rights.is_secretariat
        self.overseers = rights.overseers
        self.fields = rights.fields
        self.until = rights.until
        self.is_suspended = user is not None and not user.is_active

    @classmethod
    def nobody(cls) -> Actor:
        return cls(None, Rights())

    @classmethod
    def of(cls, user: User | AnonymousUser | None, *, fresh: bool = False) -> Actor:
        """The actor with their present rights: at most one query more than the user row, none while nothing changed."""
        if user is None or not user.is_authenticated:
            return cls.nobody()
        if not user.is_active:
            return cls(user, Rights())
        kept = None if fresh else _KEPT.get(user.pk)
        if kept is not None and kept[0] == user.rights and kept[1] > monotonic():
            rights = kept[2]
            if rights.until is None or rights.until > timezone.now():
                return cls(user, rights)
        rights = _load(user.pk)
        if len(_KEPT) >= _KEPT_MOST:
            _KEPT.clear()
        _KEPT[user.pk] = (user.rights, monotonic() + _KEPT_SECONDS, rights)
        return cls(user, rights)

    def __repr__(self) -> str:
        return f"<Actor {self.user_id} for {self.entity_id}>"

    @property
    def is_authenticated(self) -> bool:
        return self.user is not None

    @property
    def person(self) -> User:
        """Who acts; PermissionDenied for nobody: what is done is done by someone."""
        if self.user is None:
            raise PermissionDenied(_("Sign in to do more"))
        return self.user

    @property
    def page(self) -> Space | None:
        """One's own page, for the head of every page: kept with the rights, so a new name shows there within a minute."""
        return self.rights.page or (self.user.page if self.user is not None else None)

    def governs(self, space: Space) -> bool:
        """Stands above it: the National Commission of its country, under a mandate that reaches so far, or the secretariat."""
        return self.is_secretariat or space.overseer_id in self.overseers

    def looks_over(self, space: Space) -> bool:
        """Governs it, or holds a mandate for the field in which it works: sees and moderates all of it but conversations."""
        return self.governs(space) or space.field_id in self.fields

    @property
    def house(self) -> int | None:
        """The secretariat's own institution, where one speaks for it."""
        return next((space.pk for space in self.entities if space.sees_all), None)

    def for_secretariat(self) -> Actor:
        """The same person in the secretariat's name; as they are where they do not speak for it."""
        if self.house is None or (self.entity is not None and self.entity.sees_all):
            return self
        return self.speaking_for(self.house)

    def in_office(self, space: Space) -> Actor:
        """The same person as who looks after an institution: for it, for what oversees it, for the secretariat; else in their own name."""
        for entity_id in (space.pk, space.overseer_id if space.overseer_id in self.overseers else None):
            if entity_id in self.mandates:
                return self.speaking_for(entity_id)
        return self.speaking_for(self.house)

    @cached_property
    def managed(self) -> list[int]:
        return [space_id for space_id, role in self.roles.items() if role != "member"]

    @cached_property
    def groups(self) -> list[Space]:
        """The groups one is in, for the rail."""
        return [space for space in self.rights.spaces.values() if space.kind == Space.Kind.GROUP]

    @property
    def spaces(self) -> list[Space]:
        return self.groups

    @cached_property
    def entities(self) -> list[Space]:
        """The institutions one may speak for now."""
        return [self.rights.spaces[entity_id] for entity_id in self.mandates]

    @property
    def entity(self) -> Space | None:
        return self.rights.spaces[self.entity_id] if self.entity_id else None

    def speaking_for(self, entity_id: int | None) -> Actor:
        """The same person writing for an institution; PermissionDenied when no current mandate allows it (it may have lapsed meanwhile)."""
        if entity_id is None:
            return Actor(self.user, self.rights)
        if entity_id not in self.mandates:
            from network.permissions import SENTENCES  # noqa: PLC0415 -- permissions type-checks against this module

            raise PermissionDenied(SENTENCES["entity.speak"])
        return Actor(self.user, self.rights, entity_id)


def actors(user_ids: Iterable[int]) -> dict[int, Actor]:
    """The actors of active people, by number: one narrow query, and three wide ones, however many, for those who are not kept.

    Telling the watchers of a topic asks for the same people at each post: reading thirty anew costs 4.5 ms, asking for their numbers 0.3.
    """
    numbers = dict(get_user_model().objects.filter(is_active=True, pk__in=set(user_ids)).values_list("pk", "rights"))
    found, now = {}, timezone.now()
    for user_id, number in numbers.items():
        kept = _KEPT_ACTORS.get(user_id)
        if kept is not None and kept[0] == number and kept[1] > monotonic() and (kept[2].until is None or kept[2].until > now):
            found[user_id] = kept[2]
    fresh = _read([user_id for user_id in numbers if user_id not in found])
    if len(_KEPT_ACTORS) + len(fresh) > _KEPT_MOST:
        _KEPT_ACTORS.clear()
    # Under the number that was read first: what changed meanwhile has a higher one, and is read anew the next time.
    _KEPT_ACTORS.update((user_id, (numbers[user_id], monotonic() + _KEPT_SECONDS, actor)) for user_id, actor in fresh.items())
    return found | fresh


def forget() -> None:
    """Forget all kept rights (tests, and a restored database)."""
    _KEPT.clear()
    _KEPT_ACTORS.clear()


def _read(user_ids: list[int]) -> dict[int, Actor]:
    if not user_ids:
        return {}
    # Not in_bulk: on SQLite it asks again for each thousand.
    users = {user.pk: user for user in get_user_model().objects.filter(is_active=True, pk__in=user_ids)}
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


def _load(user_id: int) -> Rights:
    now = timezone.now()
    mandates = list(Mandate.objects.not_over(now).filter(user=user_id).select_related("entity"))
    current = [mandate.entity_id for mandate in mandates if mandate.starts_at <= now]
    held = Membership.objects.filter(user=user_id)
    if current:
        held = held | Membership.objects.filter(entity__in=current)
    return replace(rights_from(mandates, held.select_related("space"), now), page=Space.objects.filter(user=user_id).first())


def rights_from(mandates: Iterable[Mandate], memberships: Iterable[Membership], now: datetime) -> Rights:
    """The rights that follow from a person's mandates (coming ones too, for `until`) and memberships, own and through institutions."""
    current: dict[int, Mandate] = {}
    spaces: dict[int, Space] = {}
    roles: dict[int, str] = {}
    turns: list[datetime] = []
    overseers, fields, sees_all = set(), set(), False
    for mandate in mandates:
        if mandate.starts_at > now:
            turns.append(mandate.starts_at)
            continue
        if mandate.ends_at:
            turns.append(mandate.ends_at)
        match mandate.scope:
            case Mandate.Scope.COUNTRY:
                overseers.add(mandate.entity_id)
            case Mandate.Scope.FIELD if mandate.field_id is not None:
                fields.add(mandate.field_id)
            case Mandate.Scope.ALL:
                # Never further than the institution itself.
                sees_all = sees_all or mandate.entity.sees_all
        before = current.get(mandate.entity_id)
        if before is None or (mandate.is_head and not before.is_head):
            current[mandate.entity_id] = mandate
        spaces[mandate.entity_id] = mandate.entity
        _strengthen(roles, mandate.entity_id, "owner" if mandate.is_head else "moderator")
    approved = False
    for membership in memberships:
        # An institution's membership makes its representatives members; an owner is a named person.
        _strengthen(roles, membership.space_id, membership.role if membership.user_id else "member")
        approved = approved or membership.approved_by_id is not None
        spaces[membership.space_id] = membership.space
    return Rights(
        roles=roles,
        mandates=current,
        spaces=spaces,
        is_networked=bool(current) or approved,
        is_secretariat=sees_all,
        overseers=frozenset(overseers),
        fields=frozenset(fields),
        until=min(turns, default=None),
    )


def _strengthen(roles: dict[int, str], space_id: int, role: str) -> None:
    if _STRENGTH[role] > _STRENGTH.get(roles.get(space_id, ""), 0):
        roles[space_id] = role
