"""The only writer of groups; who is in them is written by spaces.actions."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network import live
from network.activity.recording import record
from network.content import Audience, realign
from network.groups.models import Group
from network.permissions import check
from network.spaces.actions import admit, describe
from network.spaces.models import JoinRequest, Membership, Role, Space
from network.spaces.pictures import drop_picture, set_picture

if TYPE_CHECKING:
    from network.spaces.actors import Actor
    from profiles.models import User


@transaction.atomic
def create(actor: Actor, **fields: object) -> Group:
    """Open a group: its opener owns it; written for an institution (`actor.entity`), the institution owns it and is in it."""
    check(actor, "group.create")
    group = Group(kind=Space.Kind.GROUP, created_by=actor.person, owner=actor.entity)
    _draw(group, fields)
    describe(group, **fields)
    if actor.entity is not None:
        # A commission oversees the groups of its schools, clubs and chairs, as it oversees these; so does a mandate for their field.
        group.overseer_id, group.country_id, group.field_id = actor.entity.overseer_id, actor.entity.country_id, actor.entity.field_id
    group.full_clean(exclude=["overseer"])
    group.save()
    admit(group, user=actor.person, role=Role.OWNER)
    if actor.entity is not None:
        admit(group, entity=actor.entity)
    record(actor, "opened_group", group, space=group)
    return group


@transaction.atomic
def open_shared(actor: Actor, owner: Space, partner: Space, people: Iterable[User], **fields: object) -> Group:
    """Open the group that two institutions share: `owner` owns it, both are in it, and `people`, one of each side at least, run it.

    No rule is asked here: whoever calls has let both sides agree.
    """
    group = Group(
        kind=Space.Kind.GROUP,
        created_by=actor.person,
        owner=owner,
        overseer_id=owner.overseer_id,
        country_id=owner.country_id,
        field_id=owner.field_id,
    )
    describe(group, **fields)
    group.full_clean(exclude=["overseer"])
    group.save()
    for person in people:
        admit(group, user=person, role=Role.OWNER)
    for entity in (owner, partner):
        admit(group, entity=entity, approved_by=actor.person)
    record(actor, "opened_group", group, space=group)
    return group


@transaction.atomic
def edit(actor: Actor, group: Group, **fields: object) -> Group:
    """Change what a group says and asks; a narrower audience narrows all that is in it at once."""
    group = Group.objects.select_for_update(of=("self",)).get(pk=group.pk)
    check(actor, "group.edit", group)
    before = group.audience, group.listed
    _draw(group, fields)
    describe(group, **fields)
    group.full_clean(exclude=["overseer"])
    group.save()
    if (group.audience, group.listed) != before:
        realign(group.pk)
        # Open pages of those who may no longer see fall silent within a second.
        transaction.on_commit(partial(live.withdraw, None, group.pk), robust=True)
    record(actor, "edited_group", group, space=group, reach=Audience.MANAGERS, audience_before=before[0])
    return group


@transaction.atomic
def join(actor: Actor, group: Group) -> Membership:
    """Walk in through an open door, for oneself or, writing for an institution, for it; joining twice is quiet.

    It makes nobody part of the network: nobody approved it.
    """
    group = group.locked()
    who = {"user": None, "entity": actor.entity} if actor.entity_id else {"user": actor.person}
    if membership := Membership.objects.filter(space=group, **who).first():
        return membership
    check(actor, "group.join", group)
    membership, _new = admit(group, **who)
    record(actor, "joined", group, space=group)
    return membership


@transaction.atomic
def request(actor: Actor, group: Group, *, message: str = "") -> JoinRequest:
    """Ask to be let in, for oneself or, writing for an institution, for it; asking twice keeps the first."""
    group = group.locked()
    check(actor, "group.request", group)
    if actor.entity_id and Membership.objects.filter(space=group, entity=actor.entity_id).exists():
        raise ValidationError(_("Your institution is already a member of this group."))
    asked, made = JoinRequest.objects.get_or_create(space=group, user=actor.person, defaults={"message": message, "entity": actor.entity})
    if made:
        record(actor, "asked_to_join", group, space=group, reach=Audience.MANAGERS, request=asked.pk)
    return asked


def _draw(group: Group, fields: dict[str, object]) -> None:
    drawn, none = fields.pop("picture", None), fields.pop("without_picture", False)
    if isinstance(drawn, bytes):
        set_picture(group, drawn)
    elif none:
        drop_picture(group)
