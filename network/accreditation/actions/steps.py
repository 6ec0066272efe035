"""One step of an application's history, and what every step asks first: the lock, the judge, whose voice it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from network import declared
from network.accreditation.models import Application, Step, moment_of
from network.activity.recording import later, record
from network.content import Audience
from network.permissions import check
from network.spaces.actors import Actor, Rights
from network.spaces.models import Space

if TYPE_CHECKING:
    from profiles.models import User

Status, Verb = Application.Status, Step.Verb
REMIND_BEFORE = timedelta(days=7)


def check_judge(actor: Actor, verb: str, application: Application) -> None:
    """check(), but whoever would decide in their own cause is told that, and not that it is somebody else's turn."""
    check(actor, "application.judge", application)
    check(actor, f"application.{verb}", application)


def locked(application: Application) -> Application:
    return Application.objects.with_all().select_for_update(of=("self",)).get(pk=application.pk)


def step(  # noqa: PLR0913 -- a step of the history is all of these
    actor: Actor,
    application: Application,
    verb: str,
    status: str,
    *,
    remark: str = "",
    days: int | None = None,
    in_stead: bool = False,
    told: bool = True,
    by_clock: bool = False,
    **data: Any,
) -> Application:
    """Write the step, set the status and the day by which the next must answer, and tell whom it concerns."""
    now = timezone.now()
    if application.status != status:
        application.since = now
    if verb not in ASIDE:
        application.round += 1
        application.due_at = moment_of(days) if days else None
    application.status = status
    application.save(update_fields=["status", "since", "round", "due_at", "submitted_at", "commission"])
    remark = remark.replace("\0", "").strip()
    Step.objects.create(
        application=application,
        verb=verb,
        status=status,
        by=None if by_clock else actor.person,
        on_behalf_of_id=None if by_clock else actor.entity_id,
        in_stead=in_stead,
        remark=remark,
        at=now,
    )
    if told:
        record(actor, f"application_{verb}", application, target=application, reach=Audience.PARTICIPANTS, message=remark, **data)
    if application.due_at is not None and verb not in ASIDE:
        key = f"application-{application.pk}-{application.round}"
        later(
            "accreditation.remind",
            unique_key=key,
            due_at=max(application.due_at - REMIND_BEFORE, now),
            application_id=application.pk,
            number=application.round,
        )
    return application


# What happens beside the way of the application itself: nobody's day to answer moves.
ASIDE = (
    Verb.LATE, Verb.REPORTED, Verb.REPORT_RETURNED, Verb.REPORT_CONFIRMED, Verb.RENEWAL_CALLED,
    Verb.RENEWAL_ASKED, Verb.RENEWAL_ENDORSED, Verb.RENEWAL_DECLINED, Verb.RENEWED, Verb.MET,
)  # fmt: skip


def tell(application: Application, verb: str, *, by: User | None = None, **data: Any) -> None:
    """The clock has a word: said by the secretariat, or by whoever waits for the answer."""
    actor = Actor(by, Rights()) if by is not None else by_calendar(application)
    record(actor, verb, application, target=application, reach=Audience.PARTICIPANTS, **data)


def by_calendar(application: Application) -> Actor:
    """What the calendar brings is said in the secretariat's name, by whoever decided for it last."""
    last = Step.objects.filter(application=application, verb=Verb.APPROVED).select_related("by").last()
    house = Space.objects.filter(kind=Space.Kind.ENTITY, sees_all=True).order_by("pk").values_list("pk", flat=True).first()
    return Actor(last.by if last is not None and last.by is not None else application.applicant, Rights(), house)


def voice(actor: Actor, application: Application) -> tuple[Actor, bool]:
    """Who speaks: the commission by its people whose mandate reaches over the country; else the secretariat, in its stead."""
    if application.commission_id in actor.overseers:
        return actor.speaking_for(application.commission_id), False
    return actor.for_secretariat(), True


def own(actor: Actor, application: Application) -> Actor:
    return actor.speaking_for(application.entity_id) if application.entity_id in actor.mandates else actor


def check_answers(fields: Iterable[declared.Declared], answers: Mapping[str, Any], papers: Iterable[str]) -> None:
    papers = set(papers)
    missing = [
        field.name
        for field in fields
        if field.required and (field.code not in papers if field.kind == "file" else answers.get(field.code) in (None, "", [], False))
    ]
    if missing:
        raise ValidationError(_("Still missing: %(fields)s.") % {"fields": " · ".join(missing)})
