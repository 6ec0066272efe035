"""A new term for an agreement: asked for, endorsed, settled."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from network.accreditation.actions.steps import Status, Verb, check_judge, locked, own, step, voice
from network.accreditation.models import Application, Renewal
from network.entities import actions as entities
from network.permissions import check
from network.spaces.actors import Actor


@transaction.atomic
def ask_renewal(actor: Actor, application: Application, *, remark: str = "") -> Renewal:
    """Ask for a new term; asking while one waits is quiet."""
    application = locked(application)
    check(actor, "application.report", application)
    if application.term_end is None or not application.is_called:
        raise ValidationError(_("Its agreement does not end within ninety days."))
    if application.status == Status.SUSPENDED:
        raise ValidationError(_("A suspended affiliation is restored before it is renewed."))
    renewal, made = Renewal.objects.get_or_create(
        application=application, status__in=Renewal.OPEN, defaults={"old_end": application.term_end}
    )
    if made:
        step(own(actor, application), application, Verb.RENEWAL_ASKED, application.status, remark=remark)
    return renewal


@transaction.atomic
def endorse_renewal(actor: Actor, renewal: Renewal, *, endorse: bool, remark: str = "") -> Renewal:
    """What the commission says of it; a renewal that does not wait for it is quiet."""
    application = locked(renewal.application)
    check_judge(actor, "vouch", application)
    actor, in_stead = voice(actor, application)
    held = Renewal.objects.select_for_update().get(pk=renewal.pk)
    if held.status != Renewal.Status.ASKED:
        return held
    return _answer(actor, application, held, Renewal.Status.ENDORSED if endorse else Renewal.Status.DECLINED, remark, in_stead=in_stead)


@transaction.atomic
def settle_renewal(actor: Actor, renewal: Renewal, *, until: date | None, remark: str = "") -> Renewal:
    """Set the new end of the agreement (`until`), or decline without one. A lapsed affiliation stands again."""
    application = locked(renewal.application)
    check_judge(actor, "settle", application)
    actor = actor.for_secretariat()
    held = Renewal.objects.select_for_update().get(pk=renewal.pk)
    if held.status != Renewal.Status.ENDORSED:
        raise ValidationError(_("The National Commission has not endorsed this renewal yet."))
    if until is None:
        return _answer(actor, application, held, Renewal.Status.DECLINED, remark)
    if until <= max(held.old_end, timezone.localdate()):
        raise ValidationError({"until": _("The new term must end after the present one, and after today.")})
    held.new_end = until
    application.term_end, application.warned_for = until, None
    if application.status == Status.LAPSED:
        application.status = Status.ACTIVE
    application.save(update_fields=["term_end", "warned_for", "status"])
    if application.entity is not None and "agreed_until" in application.entity.details:
        entities.edit(actor, application.entity, details={**application.entity.details, "agreed_until": until.isoformat()})
    return _answer(actor, application, held, Renewal.Status.RENEWED, remark)


def _answer(actor: Actor, application: Application, renewal: Renewal, status: str, remark: str, *, in_stead: bool = False) -> Renewal:
    if status == Renewal.Status.DECLINED and not remark.strip():
        raise ValidationError({"remark": _("Say why, so that the applicant knows what to do.")})
    renewal.status = status
    renewal.save(update_fields=["status", "new_end"])
    verb = {"endorsed": Verb.RENEWAL_ENDORSED, "renewed": Verb.RENEWED}.get(status, Verb.RENEWAL_DECLINED)
    step(actor, application, verb, application.status, remark=remark, in_stead=in_stead)
    return renewal
