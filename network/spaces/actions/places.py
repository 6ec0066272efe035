"""The only writer of spaces, memberships, invitations and follows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from network import live
from network.activity.recording import record
from network.content import Audience
from network.names import fold, monogram, skeleton, tidy_name
from network.permissions import check
from network.spaces.models import Follow, Invitation, JoinRequest, Mandate, Membership, Role, Space

if TYPE_CHECKING:
    from network.spaces.actors import Actor
    from profiles.models import User


def describe(space: Space, **fields: object) -> None:
    """Set names, texts and settings on an unsaved or locked space, tidied, with what is derived from them. Does not save.

    ValidationError when all three names are empty or a name looks the same as that of another institution or person.
    """
    for name, value in fields.items():
        setattr(space, name, tidy_name(str(value)) if name.startswith("name_") else value)
    if not space.name:
        raise ValidationError({"name_ar": _("Write a name in at least one language.")})
    space.monogram = monogram(space.name_ar or space.name, 1 if space.kind == Space.Kind.PERSON else 2)
    space.skeleton = skeleton(space.name_ar or space.name)[:200]
    space.folded = fold(" ".join(filter(None, [space.name_ar, space.name_fr, space.name_en, space.handle])))
    # Two institutions must not look the same; people may share a name and differ by their handle.
    if (
        space.kind == Space.Kind.ENTITY
        and Space.objects.filter(kind=Space.Kind.ENTITY, skeleton=space.skeleton, country=space.country).exclude(pk=space.pk).exists()
    ):
        raise ValidationError({"name_ar": _("Another institution of this country has this name, or one that looks the same.")})
    if not space.listed:
        space.audience = Audience.MEMBERS


def rights_changed(user_ids: Iterable[int], space_id: int | None = None) -> None:
    """Whoever's memberships or mandates changed reads with their new rights from the next request on, and open sockets within a second."""
    users = sorted({user_id for user_id in user_ids if user_id})
    get_user_model().objects.filter(pk__in=users).update(rights=F("rights") + 1)
    for user_id in users:
        transaction.on_commit(partial(live.withdraw, user_id, space_id), robust=True)


# --- Memberships ---------------------------------------------------------------------------------------------------------
def admit(
    space: Space, *, user: User | None = None, entity: Space | None = None, role: str = Role.MEMBER, approved_by: User | None = None
) -> tuple[Membership, bool]:
    """Put a person or an institution into a space the caller holds locked; being in already is quiet. Ends requests and invitations."""
    membership, made = Membership.objects.get_or_create(
        space=space, user=user, entity=entity, defaults={"role": role, "approved_by": approved_by}
    )
    if not made and approved_by and not membership.approved_by_id:
        membership.approved_by = approved_by
        membership.save(update_fields=["approved_by"])
    space.invitations.filter(user=user, entity=entity).delete()
    if user is not None:
        space.join_requests.filter(user=user).delete()
    if made:
        _recount(space)
    rights_changed(_people_of(membership), space.pk)
    return membership, made


@transaction.atomic
def remove(actor: Actor, membership: Membership) -> None:
    """End a membership: one's own, one's institution's, or another's when one moderates. The last owner stays; removing twice is quiet."""
    space = membership.space.locked()
    held = Membership.objects.select_related("user__page", "entity").filter(pk=membership.pk, space=space).first()
    if held is None:
        return
    # Whoever speaks for an institution may take it out again.
    leaving = held.user_id == actor.user_id if held.user_id else held.entity_id in actor.mandates
    check(actor, "group.leave" if leaving else "space.manage", space)
    if held.role == Role.OWNER and not leaving:
        check(actor, "space.hand_over", space)
    _spare_last_owner(space, held)
    people, who = _people_of(held), held.who
    held.delete()
    _recount(space)
    record(actor, "left" if leaving else "removed", who, target=space, reach=Audience.MANAGERS)
    rights_changed(people, space.pk)


@transaction.atomic
def set_role(actor: Actor, membership: Membership, role: str) -> Membership:
    """Make a person owner, moderator or member. Owners are named by owners; institutions stay members; the last owner stays owner."""
    space = membership.space.locked()
    held = Membership.objects.select_related("user__page").filter(pk=membership.pk, space=space).first()
    check(actor, "space.manage", space)
    if held is None:
        raise ValidationError(_("This member left meanwhile."))
    if role not in Role.values:
        raise ValidationError(_("Choose one of the roles."))
    if Role.OWNER in (role, held.role):
        check(actor, "space.hand_over", space)
    if held.user_id is None:
        raise ValidationError(_("An institution is a member; name one of its people as owner or moderator."))
    if role != Role.OWNER:
        _spare_last_owner(space, held)
    if held.role != role:
        held.role = role
        held.save(update_fields=["role"])
        record(actor, "named", held.who, target=space, reach=Audience.MANAGERS, role=role)
        rights_changed([held.user_id], space.pk)
    return held


@transaction.atomic
def hand_over(actor: Actor, space: Space, to: User) -> None:
    """Make another member the owner and step down to moderator."""
    space = space.locked()
    check(actor, "space.hand_over", space)
    heir = Membership.objects.select_related("user__page").filter(space=space, user=to).first()
    if heir is None:
        raise ValidationError(_("Hand it over to a member: invite the person first."))
    if not to.is_active:
        raise ValidationError(_("This account is suspended."))
    heir.role = Role.OWNER
    heir.save(update_fields=["role"])
    if to.pk != actor.user_id:
        Membership.objects.filter(space=space, user=actor.user_id, role=Role.OWNER).update(role=Role.MODERATOR)
    record(actor, "handed_over", heir.who, target=space, reach=Audience.MEMBERS)
    rights_changed([to.pk, actor.user_id or 0], space.pk)


# --- Invitations and requests ------------------------------------------------------------------------------------------
@transaction.atomic
def invite(
    actor: Actor, space: Space, *, user: User | None = None, entity: Space | None = None, role: str = Role.MEMBER, message: str = ""
) -> Invitation:
    """Invite a person or an institution; inviting twice is quiet, a member is not invited."""
    space = space.locked()
    check(actor, "space.invite", space)
    if role == Role.OWNER:
        check(actor, "space.hand_over", space)
    if Membership.objects.filter(space=space, user=user, entity=entity).exists():
        raise ValidationError(_("Already a member of this space."))
    if user is not None and not user.is_active:
        raise ValidationError(_("This account is suspended."))
    invitation, made = Invitation.objects.get_or_create(
        space=space,
        user=user,
        entity=entity,
        defaults={"by": actor.person, "role": Role.MEMBER if entity else role, "message": message},
    )
    if made:
        record(actor, "invited", invitation.who, target=space, reach=Audience.MANAGERS, invitation=invitation.pk)
    return invitation


@transaction.atomic
def accept(actor: Actor, invitation: Invitation) -> Membership:
    """Accept for oneself, or for an institution one may speak for. ValidationError when it was taken back meanwhile."""
    space = invitation.space.locked()
    waiting = Invitation.objects.select_related("user", "entity", "by").filter(pk=invitation.pk, space=space).first()
    if waiting is None:
        raise ValidationError(_("This invitation was answered or taken back meanwhile."))
    _check_answers(actor, waiting)
    membership, made = admit(space, user=waiting.user, entity=waiting.entity, role=waiting.role, approved_by=waiting.by)
    if made:
        record(actor.speaking_for(waiting.entity_id), "joined", space, space=space, invitation=waiting.pk)
    return membership


@transaction.atomic
def decline(actor: Actor, invitation: Invitation) -> None:
    """Decline, or, for whoever may invite, take the invitation back."""
    if not (invitation.by_id == actor.user_id or actor.roles.get(invitation.space_id) in ("owner", "moderator")):
        _check_answers(actor, invitation)
    if Invitation.objects.filter(pk=invitation.pk).delete()[0]:
        record(actor, "declined_invitation", invitation.space, reach=Audience.MANAGERS, invitation=invitation.pk)


@transaction.atomic
def answer_request(actor: Actor, request: JoinRequest, *, approve: bool, message: str = "") -> Membership | None:
    """Let someone in, or say no with a word; a request that was answered meanwhile is quiet.

    ValidationError for an institution that is no longer represented by who asked.
    """
    space = request.space.locked()
    check(actor, "space.manage", space)
    asked = JoinRequest.objects.select_related("user__page", "entity").filter(pk=request.pk, space=space).first()
    if asked is None:
        return None
    if approve and asked.entity_id and not Mandate.objects.current().filter(entity=asked.entity_id, user=asked.user_id).exists():
        raise ValidationError(_("Whoever asked no longer speaks for the institution: decline the request, or invite the institution."))
    JoinRequest.objects.filter(pk=asked.pk).delete()
    if not approve:
        record(actor, "declined", asked.user.page, target=space, reach=Audience.MANAGERS, message=message, request=asked.pk)
        return None
    membership, _made = admit(space, user=None if asked.entity_id else asked.user, entity=asked.entity, approved_by=actor.person)
    record(actor, "approved", asked.user.page, target=space, reach=Audience.MANAGERS, message=message, request=asked.pk)
    return membership


@transaction.atomic
def withdraw_request(actor: Actor, space: Space) -> None:
    """Take one's own request to join back; without one it is quiet."""
    asked = JoinRequest.objects.filter(space=space, user=actor.user_id).first()
    if asked is not None:
        record(actor, "withdrew_request", space, reach=Audience.MANAGERS, request=asked.pk)
        asked.delete()


# --- Following -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def follow(actor: Actor, space: Space) -> Follow:
    """In one's own name, or in that of `actor.entity`: then it stands on both pages, and all who speak for it hear it. Twice is quiet."""
    check(actor, "space.follow", space)
    if actor.entity is None:
        return Follow.objects.get_or_create(user=actor.person, space=space)[0]
    check(actor, "entity.follow", space)
    check(actor, "entity.speak", actor.entity)
    following, made = Follow.objects.get_or_create(entity=actor.entity, space=space)
    if made:
        record(actor, "followed", space, space=actor.entity, reach=Audience.MANAGERS, soon=False)
    return following


@transaction.atomic
def unfollow(actor: Actor, space: Space) -> None:
    if actor.entity is None:
        Follow.objects.filter(user=actor.person, space=space).delete()
    elif Follow.objects.filter(entity=actor.entity, space=space).delete()[0]:
        record(actor, "unfollowed", space, space=actor.entity, reach=Audience.MANAGERS, soon=False)


def _check_answers(actor: Actor, invitation: Invitation) -> None:
    if invitation.user_id != actor.user_id and (invitation.entity_id is None or invitation.entity_id not in actor.mandates):
        raise PermissionDenied(_("This invitation is addressed to somebody else."))


def _spare_last_owner(space: Space, membership: Membership) -> None:
    others = Membership.objects.filter(space=space, role=Role.OWNER, user__is_active=True).exclude(pk=membership.pk)
    if membership.role == Role.OWNER and not others.exists():
        raise ValidationError(_("The last owner cannot leave: hand the space over to somebody first."))


def _people_of(membership: Membership) -> list[int]:
    if membership.user_id:
        return [membership.user_id]
    return list(Mandate.objects.not_over().filter(entity=membership.entity_id).values_list("user_id", flat=True))


def _recount(space: Space) -> None:
    Space.objects.filter(pk=space.pk).update(members_count=space.memberships.count())
