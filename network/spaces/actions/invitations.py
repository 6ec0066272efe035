"""The only writer of invitations to a mandate: sent by mail to an address, for a fortnight, used once."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.activity.recording import record
from network.content import Audience
from network.names import tidy_name
from network.permissions import check
from network.spaces import letters
from network.spaces.actions.mandates import name_mandate
from network.spaces.actors import Actor
from network.spaces.models import Field, Mandate, MandateInvitation, Space, usual_scope

if TYPE_CHECKING:
    from datetime import date

    from profiles.models import User

VALID = timedelta(days=14)
_SALT = "spaces.mandate_invitation"


@transaction.atomic
def invite_by_mail(  # noqa: PLR0913 -- a mandate is all of these
    actor: Actor,
    entity: Space,
    address: str,
    *,
    title: str,
    network: str = Mandate.Network.PLATFORM,
    scope: str = "",
    field: Field | None = None,
    is_head: bool = False,
    until_day: date | None = None,
    message: str = "",
    language: str = "ar",
) -> MandateInvitation:
    """Offer a mandate to whoever reads mail at this address, with or without an account: nobody learns which. Asked for twice, the first is sent again."""
    entity = entity.locked()
    check(actor, "mandate.name", entity)
    if is_head and not actor.governs(entity):
        raise PermissionDenied(_("The head of an institution is named by its National Commission or by the secretariat."))
    if scope == Mandate.Scope.FIELD and not actor.is_secretariat:
        raise PermissionDenied(_("Mandates that reach over a field of work are given by the secretariat."))
    if (scope == Mandate.Scope.FIELD) != (field is not None):
        raise ValidationError({"field": _("Choose the field of work.")})
    if scope not in ("", Mandate.Scope.OWN, Mandate.Scope.FIELD, usual_scope(entity)):
        raise ValidationError({"scope": _("This institution does not reach so far.")})
    if until_day is not None and until_day < Mandate(entity=entity).local_day(timezone.now()):
        raise ValidationError({"until_day": _("This day is over.")})
    address = address.strip().lower()
    waiting = MandateInvitation.objects.filter(entity=entity, address=address, network=network, accepted_at=None, revoked_at=None).first()
    invitation = waiting or MandateInvitation(entity=entity, address=address, network=network)
    invitation.title, invitation.message, invitation.language = tidy_name(title), message, language
    invitation.scope, invitation.field, invitation.is_head, invitation.until_day = scope, field, is_head, until_day
    _send(actor, invitation)
    return invitation


@transaction.atomic
def resend_invitation(actor: Actor, invitation: MandateInvitation) -> MandateInvitation:
    """Send a new link for another fortnight; the one before it dies. Whoever sends it now stands for it. ValidationError when it was answered."""
    invitation = _locked(invitation)
    check(actor, "mandate.name", invitation.entity)
    if invitation.is_head and not actor.governs(invitation.entity):
        raise PermissionDenied(_("The head of an institution is named by its National Commission or by the secretariat."))
    if not invitation.may_resend:
        raise ValidationError(_("This invitation was answered or taken back meanwhile."))
    _send(actor, invitation)
    return invitation


@transaction.atomic
def revoke_invitation(actor: Actor, invitation: MandateInvitation) -> MandateInvitation:
    """Take an invitation back: its link opens nothing any more. Twice is quiet; one that was accepted is a mandate, and is ended as one."""
    invitation = _locked(invitation)
    check(actor, "mandate.name", invitation.entity)
    if invitation.accepted_at is not None:
        raise ValidationError(_("It was accepted meanwhile: end the mandate instead."))
    if invitation.revoked_at is None:
        invitation.revoked_at, invitation.revoked_by = timezone.now(), actor.person
        invitation.save(update_fields=["revoked_at", "revoked_by"])
        record(
            actor.in_office(invitation.entity),
            "took_mandate_back",
            invitation.entity,
            reach=Audience.MANAGERS,
            soon=False,
            mandate_invitation=invitation.pk,
        )
    return invitation


@transaction.atomic
def accept_mandate(actor: Actor, invitation: MandateInvitation) -> Mandate:
    """Take up the mandate: with the account of the address that was invited, today, once.

    PermissionDenied for another account; ValidationError when it was used, taken back or has expired, or when whoever offered it may no longer.
    """
    invitation = _locked(invitation)
    person = actor.person
    if actor.is_suspended or not is_addressed_to(invitation, person):
        raise PermissionDenied(_("This invitation was sent to another address than the one of your account."))
    if not invitation.is_open:
        raise ValidationError(_("This invitation was used, taken back or has expired. Ask for a new one."))
    inviter = Actor.of(invitation.by, fresh=True)
    today = Mandate(entity=invitation.entity).local_day(timezone.now())
    try:
        mandate = name_mandate(
            inviter,
            invitation.entity,
            person,
            title=invitation.title,
            from_day=today,
            until_day=invitation.until_day,
            network=invitation.network,
            is_head=invitation.is_head,
            scope=invitation.scope,
            field=invitation.field,
        )
    except PermissionDenied:
        # Rights are asked when they are used: an inviter who left gives nothing away any more.
        raise ValidationError(
            _("Whoever invited you may no longer name representatives there. Ask the institution for a new invitation.")
        ) from None
    invitation.accepted_at, invitation.mandate = timezone.now(), mandate
    invitation.save(update_fields=["accepted_at", "mandate"])
    record(actor, "accepted_mandate", invitation.entity, reach=Audience.MANAGERS, mandate=mandate.pk, mandate_invitation=invitation.pk)
    return mandate


def invitation_of(token: str) -> MandateInvitation | None:
    """The invitation that a link means, whatever has become of it; None for a link that is not ours, was cut, or was replaced by a newer one."""
    try:
        signing.Signer(salt=_SALT, sep=".").unsign(token)
    except signing.BadSignature:
        return None
    return (
        MandateInvitation.objects.select_related("entity__country", "by__page", "field", "mandate").filter(token_hash=_hash(token)).first()
    )


def is_addressed_to(invitation: MandateInvitation, person: User) -> bool:
    """An account's address is proven before anybody signs in with it, and letters of either case are one address."""
    return person.email.strip().lower() == invitation.address


def _send(actor: Actor, invitation: MandateInvitation) -> None:
    token = signing.Signer(salt=_SALT, sep=".").sign(token_urlsafe(32))
    now = timezone.now()
    if invitation.pk:
        invitation.sent_count += 1
    invitation.by, invitation.token_hash, invitation.sent_at, invitation.expires_at = actor.person, _hash(token), now, now + VALID
    invitation.save()
    record(
        actor.in_office(invitation.entity),
        "offered_mandate",
        invitation.entity,
        reach=Audience.MANAGERS,
        soon=False,
        mandate_invitation=invitation.pk,
    )
    letters.send_invitation(invitation, token)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _locked(invitation: MandateInvitation) -> MandateInvitation:
    found = MandateInvitation.objects.select_for_update(of=("self",)).select_related("entity__country", "by", "field")
    return found.get(pk=invitation.pk)
