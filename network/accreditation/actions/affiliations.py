"""Being affiliated: entered in the register and welcomed; suspended, restored, ended."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from network.accreditation.actions.steps import Status, Verb, check_judge, locked, own, step
from network.accreditation.models import Application, words_of
from network.activity.recording import record
from network.entities import actions as entities
from network.entities.models import Entity
from network.permissions import check
from network.spaces import actions as spaces
from network.spaces.actors import Actor, Rights
from network.spaces.models import Mandate, Space


def register(actor: Actor, application: Application) -> Entity:
    """The institution in the register: entered, or, where it waited there as a draft, made active."""
    kind = application.kind
    known = application.answers | _agreement(application)
    details = {field.code: known[field.code] for field in kind.spec if field.code in known}
    fields: dict[str, object] = {name: getattr(application, name) for name in ("name_ar", "name_fr", "name_en")} | words_of(application)
    fields |= {"verified": True, "details": details}
    if application.entity is not None:
        fields["details"] = {**application.entity.details, **details}
        entity = entities.edit(actor, application.entity, **fields)
        return entities.set_status(actor, entity, Entity.Status.ACTIVE, reason=_("Its application is approved."), quietly=True)
    return entities.create(
        actor,
        kind=kind,
        handle=_handle(application),
        country=application.country,
        parent=application.commission,
        status=Entity.Status.ACTIVE,
        **fields,
    )


def _agreement(application: Application) -> dict[str, Any]:
    """What the register may ask of it that nobody fills in: since when it belongs, and the days of its agreement."""
    days = {"agreed_from": application.term_start, "agreed_until": application.term_end}
    return {"joined": timezone.localdate().year} | {code: day.isoformat() for code, day in days.items() if day is not None}


def _handle(application: Application) -> str:
    """`school-tn-palms`: of the kind, the country, and the name in Latin letters, else the application's number."""
    country = f"-{application.country_id.lower()}" if application.country_id else ""
    word = slugify(application.name_en or application.name_fr)[:30].strip("-") or str(application.pk)
    handle = f"{application.procedure.prefix}{country}-{word}"
    return handle if not Space.objects.filter(handle=handle).exists() else f"{handle}-{application.pk}"


def name_coordinator(actor: Actor, application: Application) -> None:
    entity = application.entity
    assert entity is not None  # noqa: S101 -- it was registered a moment ago
    title = application.basics["title"]  # asked for, or it could not be sent
    today = Mandate(entity=entity).local_day(timezone.now())
    spaces.name_mandate(actor, entity, application.applicant, title=title, from_day=today, network=application.procedure.network)


def welcome(actor: Actor, application: Application) -> None:
    """Let it into its network's group, and tell the network."""
    entity, group = application.entity, application.procedure.group
    if group is not None:
        spaces.admit(group.locked(), entity=entity, approved_by=actor.person)
    place: Any = group or entity
    record(actor, "welcomed", entity, space=place, reach=place.audience)  # type: ignore[arg-type]


@transaction.atomic
def suspend(actor: Actor, application: Application, *, remark: str) -> Application:
    """Suspend an affiliation; its institution leaves the lists until it is restored."""
    application = _settled(actor, application, remark)
    if application.status == Status.SUSPENDED:
        return application
    return _stand(actor, application, Verb.SUSPENDED, Status.SUSPENDED, Entity.Status.SUSPENDED, remark)


@transaction.atomic
def reinstate(actor: Actor, application: Application, *, remark: str = "") -> Application:
    """Restore a suspended affiliation: to what its agreement says."""
    application = _settled(actor, application)
    if application.status != Status.SUSPENDED:
        return application
    over = application.term_end is not None and application.term_end < timezone.localdate()
    return _stand(actor, application, Verb.REINSTATED, Status.LAPSED if over else Status.ACTIVE, Entity.Status.ACTIVE, remark)


@transaction.atomic
def end(actor: Actor, application: Application, *, remark: str) -> Application:
    """End an affiliation for good; the institution stays in the register as a former one."""
    application = _settled(actor, application, remark)
    return _stand(actor, application, Verb.ENDED, Status.ENDED, Entity.Status.FORMER, remark)


@transaction.atomic
def leave(actor: Actor, application: Application, *, remark: str) -> Application:
    """The institution itself leaves its network, for good and with a reason; it stays in the register as a former one."""
    application = locked(application)
    check(actor, "application.leave", application)
    _say_why(remark)
    if application.entity is not None:
        # To leave is its own right; what the register says follows, though nobody speaks there as its judge.
        register = Actor(actor.person, Rights(is_secretariat=True), application.entity_id)
        entities.set_status(register, application.entity, Entity.Status.FORMER, reason=remark, quietly=True)
    return step(own(actor, application), application, Verb.LEFT, Status.ENDED, remark=remark)


def _settled(actor: Actor, application: Application, remark: str | None = None) -> Application:
    application = locked(application)
    check_judge(actor, "settle", application)
    if remark is not None:
        _say_why(remark)
    return application


def _say_why(remark: str) -> None:
    if not remark.strip():
        raise ValidationError({"remark": _("Say why: it stands in the history.")})


def _stand(actor: Actor, application: Application, verb: str, status: str, standing: str, remark: str) -> Application:
    actor = actor.for_secretariat()
    if application.entity is not None:
        # Quietly: whom it concerns is told of the step itself.
        entities.set_status(actor, application.entity, standing, reason=remark or _("The affiliation is restored."), quietly=True)
    return step(actor, application, verb, status, remark=remark)


def years_later(day: date, years: int) -> date:
    """The last day of a term of so many years that begins on `day`."""
    try:
        return day.replace(year=day.year + years) - timedelta(days=1)
    except ValueError:  # 29 February
        return date(day.year + years, 2, 28)
