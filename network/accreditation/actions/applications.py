"""From the first draft to the decision: what the applicant, the National Commission and the secretariat do with an application."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from network.accreditation.actions.affiliations import name_coordinator, register, welcome, years_later
from network.accreditation.actions.certificates import certify
from network.accreditation.actions.steps import Status, Verb, check_answers, check_judge, locked, own, step, voice
from network.accreditation.models import Application, Procedure
from network.entities import actions as entities
from network.entities.models import Entity
from network.names import skeleton
from network.permissions import check
from network.spaces.actors import Actor
from network.spaces.models import Country

BASICS = ("city", "address", "website", "email", "phone", "title")
NAMES = ("name_ar", "name_fr", "name_en")


@transaction.atomic
def start(actor: Actor, procedure: Procedure, *, country: Country | None = None, entity: Entity | None = None) -> Application:
    """Begin an application: for an institution that is new to the register, or for one the actor speaks for. A second start leads to the first.

    ValidationError where the network takes none, a country is missing, or the institution has joined already.
    """
    check(actor, "application.start")
    if not procedure.is_open:
        raise ValidationError(_("This network takes no applications now."))
    if entity is not None:
        if entity.pk not in actor.mandates or entity.entity_kind_id != procedure.kind_id:
            raise PermissionDenied(_("You do not speak for this institution."))
        country = entity.country
        known = Application.objects.filter(entity=entity, procedure=procedure).exclude(status__in=Application.OVER).first()
    else:
        known = Application.objects.filter(applicant=actor.user_id, procedure=procedure, entity=None, status=Status.DRAFT).first()
        if known is not None and known.country_id != (country.pk if country else None):
            known.country, known.commission = country, entities.commission_of(country)
            known.save(update_fields=["country", "commission"])
    if procedure.needs_country and country is None:
        raise ValidationError({"country": _("Choose the country: its National Commission examines the application.")})
    if known is not None:
        return known
    names = {name: getattr(entity, name) for name in NAMES} if entity is not None else {}
    basics = {name: getattr(entity, name) for name in BASICS if getattr(entity, name, "")} if entity is not None else {}
    return Application.objects.create(
        procedure=procedure,
        applicant=actor.person,
        entity=entity,
        country=country,
        commission=entities.commission_of(country),
        basics=basics,
        answers=dict(entity.details) if entity is not None else {},
        **names,
    )


@transaction.atomic
def save(actor: Actor, application: Application, *, fields: Mapping[str, str], answers: Mapping[str, Any]) -> Application:
    """Keep what is filled in so far; half a form is welcome. Files come by attach()."""
    application = locked(application)
    check(actor, "application.edit", application)
    for name in NAMES:
        setattr(application, name, str(fields.get(name, "")).replace("\0", ""))
    application.basics = {name: fields[name] for name in BASICS if fields.get(name)}
    application.answers = dict(answers)
    application.saved_at = timezone.now()
    application.save(update_fields=[*NAMES, "basics", "answers", "saved_at"])
    return application


@transaction.atomic
def submit(actor: Actor, application: Application, *, remark: str = "") -> Application:
    """Send it to the National Commission of its country; where there is none to ask, to the secretariat.

    ValidationError naming what is missing. Sending again after a return goes the same way: nobody's examination is skipped.
    """
    application = locked(application)
    check(actor, "application.edit", application)
    _complete(application)
    _free_name(application)
    procedure = application.procedure
    application.commission = entities.commission_of(application.country)
    application.submitted_at = timezone.now()
    by_commission = application.country_id is not None
    status, days = (Status.COMMISSION, procedure.review_days) if by_commission else (Status.SECRETARIAT, procedure.decide_days)
    return step(own(actor, application), application, Verb.SUBMITTED, status, remark=remark, days=days)


@transaction.atomic
def withdraw(actor: Actor, application: Application, *, remark: str = "") -> Application:
    """Take one's own application back. A draft that nobody saw goes without a trace but its status."""
    application = locked(application)
    check(actor, "application.withdraw", application)
    return step(
        own(actor, application), application, Verb.WITHDRAWN, Status.WITHDRAWN, remark=remark, told=application.submitted_at is not None
    )


@transaction.atomic
def review(actor: Actor, application: Application, *, outcome: str, remark: str = "") -> Application:
    """What the National Commission says: return, decline or endorse. The secretariat says it only where nobody speaks for the commission."""
    application = locked(application)
    check_judge(actor, "review", application)
    actor, in_stead = voice(actor, application)
    if outcome == "endorse":
        days = application.procedure.decide_days
        return step(actor, application, Verb.ENDORSED, Status.SECRETARIAT, remark=remark, days=days, in_stead=in_stead)
    return _send_back(actor, application, outcome, remark, in_stead=in_stead)


@transaction.atomic
def decide(actor: Actor, application: Application, *, outcome: str, remark: str = "", until: date | None = None) -> Application:
    """What the secretariat says: return, decline or approve, then with an end of the agreement where there is one.

    Approved, the institution stands in the register, its applicant speaks for it, and the certificate is given.
    ValidationError when its name or code is taken meanwhile.
    """
    application = locked(application)
    check_judge(actor, "decide", application)
    actor = actor.for_secretariat()
    if outcome != "approve":
        return _send_back(actor, application, outcome, remark)
    today = timezone.localdate()
    if application.procedure.term_years:
        application.term_start, application.term_end = today, until or years_later(today, application.procedure.term_years)
        if application.term_end <= today:
            raise ValidationError({"until": _("The agreement must end after today.")})
    is_new = application.entity_id is None
    application.entity = register(actor, application)
    application.save(update_fields=["term_start", "term_end", "entity"])
    if is_new:  # who speaks for one that stood in the register is known: whoever applied may have left it meanwhile
        name_coordinator(actor, application)
    certificate = certify(application, today)
    application = step(actor, application, Verb.APPROVED, Status.ACTIVE, remark=remark, number=certificate.number)
    welcome(actor, application)
    return application


def _send_back(actor: Actor, application: Application, outcome: str, remark: str, *, in_stead: bool = False) -> Application:
    if outcome not in ("return", "decline"):
        raise ValidationError(_("Say what becomes of the application."))
    if not remark.strip():
        raise ValidationError({"remark": _("Say why, so that the applicant knows what to do.")})
    verb, status = (Verb.RETURNED, Status.RETURNED) if outcome == "return" else (Verb.DECLINED, Status.DECLINED)
    return step(actor, application, verb, status, remark=remark, in_stead=in_stead)


def _complete(application: Application) -> None:
    wrong: dict[str, str] = {}
    if not application.name_ar.strip():
        wrong["name_ar"] = _("Write the name in Arabic, exactly as the certificate shall say it.")
    for name in ("city", "title"):
        if not application.basics.get(name):
            wrong[name] = _("This field is required.")
    if wrong:
        raise ValidationError(wrong)
    check_answers(application.procedure.form, application.answers, application.papers.filter(report=None).values_list("code", flat=True))


def _free_name(application: Application) -> None:
    """Said when it is sent, not when it is approved a month later."""
    same = Entity.objects.filter(skeleton=skeleton(application.name_ar)[:200], country=application.country)
    if (same.exclude(pk=application.entity_id) if application.entity_id else same).exists():
        raise ValidationError({"name_ar": _("Another institution of this country has this name, or one that looks the same.")})
