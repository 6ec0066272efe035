"""What stands open with somebody who speaks for an institution. Rooms add theirs by name (settings.HAND_OVER): `(entity, from_user)` -> lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from network.permissions import can
from network.spaces.models import Invitation, JoinRequest, Membership, Role, Space

if TYPE_CHECKING:
    from network.spaces.actors import Actor
    from profiles.models import User

Move = Callable[["Actor", "User"], None]


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One open thing: a `key` that stays the same as long as it is open, what it is in words, where it is answered, since when.

    `move(actor, to)`, where there is one, makes it the successor's; it is called in the transaction of the hand-over.
    """

    key: str
    words: str
    path: str
    since: datetime
    deadline: datetime | None = None
    place: Space | None = None  # where it stands: who may not know of that place does not read the line
    move: Move | None = None
    door: tuple[str, Any] | None = None  # verb and thing, where who may know of it is narrower than the institution's people
    is_office: bool = False  # an office, not a question: with the successor nothing is open any more


def open_items(entity: Space, from_user: User) -> list[OpenItem]:
    """All that stands open with this person for this institution, what is due first, then the oldest."""
    found = [item for name in settings.HAND_OVER for item in import_string(name)(entity, from_user)]
    return sorted(found, key=lambda item: (item.deadline is None, item.deadline or item.since, item.since))


def shown_items(actor: Actor, entity: Space, from_user: User) -> list[OpenItem]:
    """The same, as far as this actor may know of the things and places: who speaks for the institution knows of all it is asked."""
    items = [item for item in open_items(entity, from_user) if item.door is None or can(actor, *item.door)]
    if entity.pk in actor.mandates:
        return items
    return [item for item in items if item.place is None or can(actor, "space.view", item.place)]


def join_requests(entity: Space, from_user: User) -> list[OpenItem]:
    """Who asks to join the institution's groups that this person looks after; and what they asked themselves in its name."""
    rows = (
        JoinRequest.objects.filter(Q(space__in=_groups(entity, from_user)) | Q(entity=entity, user=from_user))
        .filter(user__is_active=True)
        .select_related("user__page", "entity", "space")
    )
    items = []
    for row in rows.order_by("asked_at"):
        if row.entity_id == entity.pk and row.user_id == from_user.pk:
            words = _("The institution asked to join %(place)s and waits for the answer") % {"place": row.space.name}
            items.append(OpenItem(f"join_request:{row.pk}", words, row.space.path, row.asked_at, place=row.space, move=_ask_as(row)))
        else:
            who = (row.entity or row.user.page).name
            words = _("%(who)s asks to join %(place)s") % {"who": who, "place": row.space.name}
            items.append(OpenItem(f"join_request:{row.pk}", words, f"{row.space.path}requests/", row.asked_at, place=row.space))
    return items


def invitations(entity: Space, from_user: User) -> list[OpenItem]:
    """Places the institution is invited to, which whoever speaks for it answers."""
    rows = Invitation.objects.filter(entity=entity).select_related("space", "by__page")
    return [
        OpenItem(
            f"invitation:{row.pk}",
            _("%(who)s invites the institution to %(place)s") % {"who": row.by.page.name, "place": row.space.name},
            "/invitations/",
            row.sent_at,
            place=row.space,
        )
        for row in rows.order_by("sent_at")
    ]


def groups(entity: Space, from_user: User) -> list[OpenItem]:
    """The institution's groups that this person owns: the successor becomes the owner."""
    rows = Membership.objects.filter(space__in=_groups(entity, from_user), user=from_user, role=Role.OWNER).select_related("space")
    return [
        OpenItem(
            f"group:{row.space_id}",
            _("Owns the group %(place)s") % {"place": row.space.name},
            row.space.path,
            row.since,
            place=row.space,
            move=_own_as(row),
            is_office=True,
        )
        for row in rows.order_by("since")
    ]


def _groups(entity: Space, user: User) -> list[int]:
    """The groups that the institution owns and is in itself, so that its people know of them, and that this person looks after."""
    owned = Space.objects.filter(kind=Space.Kind.GROUP, group__owner=entity.pk, memberships__entity=entity)
    mine = Membership.objects.filter(space__in=owned, user=user, role__in=(Role.OWNER, Role.MODERATOR))
    return list(mine.values_list("space_id", flat=True))


def _ask_as(request: JoinRequest) -> Move:
    def move(actor: Actor, to: User) -> None:
        """The successor asks in the institution's name, unless they asked for themselves already."""
        if not JoinRequest.objects.filter(space=request.space_id, user=to).exists():
            JoinRequest.objects.filter(pk=request.pk).update(user=to)

    return move


def _own_as(membership: Membership) -> Move:
    def move(actor: Actor, to: User) -> None:
        from network.spaces.actions.places import admit, rights_changed  # noqa: PLC0415 -- the actions read this list

        space = membership.space.locked()
        heir, _made = admit(space, user=to, approved_by=actor.person)
        Membership.objects.filter(pk=heir.pk).update(role=Role.OWNER)
        Membership.objects.filter(pk=membership.pk).update(role=Role.MEMBER)
        rights_changed([to.pk, membership.user_id or 0], space.pk)

    return move
