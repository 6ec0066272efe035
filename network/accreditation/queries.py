"""What the pages of this room read together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from network import declared
from network.accreditation.models import CALLED, Application, Paper, Procedure, Renewal, YearReport
from network.declared import Shown
from network.entities.models import Entity
from network.files.shown import shown_files
from network.permissions import can
from network.spaces.models import Mandate
from network.spaces.readers import speakers

if TYPE_CHECKING:
    from network.spaces.actors import Actor

STAGES = (
    Application.Status.COMMISSION,
    Application.Status.RETURNED,
    Application.Status.SECRETARIAT,
    Application.Status.ACTIVE,
    Application.Status.SUSPENDED,
    Application.Status.LAPSED,
    Application.Status.DECLINED,
)


@dataclass(frozen=True, slots=True)
class Stage:
    """One bar of the picture: how many applications stand here, how many of them are late, and how wide that is of a hundred."""

    code: str
    label: str
    count: int
    late: int
    width: int
    late_width: int
    path: str


def stages(actor: Actor) -> list[Stage]:
    """Where the applications that this actor sees for their decision stand: one query."""
    found = Application.objects.reviewed_by(actor).order_by().values("status")
    rows = {row["status"]: row for row in found.annotate(n=Count("pk"), late=Count("pk", filter=Q(due_at__lt=timezone.now())))}
    most = max((row["n"] for row in rows.values()), default=0) or 1
    made = []
    for status in STAGES:
        row = rows.get(str(status), {"n": 0, "late": 0})
        made.append(
            Stage(
                str(status), str(status.label), row["n"], row["late"],
                round(row["n"] * 100 / most), round(row["late"] * 100 / most), f"?status={status}",
            )
        )  # fmt: skip
    return made


@dataclass(frozen=True, slots=True)
class Answered:
    """A form as it was filled in: the answers in words, and the files under the names of their fields."""

    answers: list[Shown]
    files: list[tuple[str, list[dict[str, object]]]]


def answered(fields: list[declared.Declared], answers: dict[str, object], papers: list[Paper]) -> Answered:
    names = {field.code: field.name for field in fields}
    files = [(names.get(paper.code, ""), shown_files([_file(paper)], door="/applications/files/")) for paper in papers]
    return Answered(declared.shown(fields, answers), files)


def _file(paper: Paper) -> dict[str, object]:
    return {"key": paper.key, "name": paper.name, "type": paper.content_type, "size": paper.size}


def is_commission(actor: Actor) -> bool:
    """Speaks for a National Commission over its country now: at most one query, for the pages of those who decide."""
    return bool(actor.overseers) and Entity.objects.filter(pk__in=actor.overseers, entity_kind__oversees=True).exists()


def is_barred(actor: Actor, row: Application) -> bool:
    """Would answer here, now or later, were it not their own application or institution: the page says so instead of a form."""
    answers = row.commission_id in actor.overseers or actor.is_secretariat
    waits = row.is_affiliated or row.status in (Application.Status.COMMISSION, Application.Status.SECRETARIAT)
    return answers and waits and not can(actor, "application.judge", row)


@dataclass(frozen=True, slots=True)
class Stop:
    """One part of an application's way."""

    label: str
    is_on: bool
    is_here: bool


def way(row: Application) -> list[Stop]:
    """Applicant, commission (where there is one to ask), secretariat, affiliated: how far it has come."""
    stops: list[tuple[str, tuple[str, ...]]] = [(_("Applicant"), ("draft", "returned"))]
    if row.country_id is not None:
        stops.append((_("National Commission"), ("commission",)))
    stops += [(_("Secretariat"), ("secretariat",)), (_("Affiliated"), ("active", "suspended", "lapsed"))]
    here = next((place for place, (_label, statuses) in enumerate(stops) if row.status in statuses), -1)
    return [Stop(label, place <= here, place == here) for place, (label, _statuses) in enumerate(stops)]


@dataclass(frozen=True, slots=True)
class Outputs:
    """What an institution brought out in a year."""

    year: int
    lines: list[str]


def outputs(entity_id: int) -> list[Outputs]:
    """What everyone reads of an institution's yearly reports: the declared field of those that were confirmed. One query."""
    reports = YearReport.objects.filter(
        application__entity=entity_id, application__status__in=Application.AFFILIATED, status=YearReport.Status.CONFIRMED
    ).exclude(application__procedure__outputs="")
    made = []
    for report in reports.select_related("application__procedure").order_by("-year"):
        field = report.application.procedure.outputs_field
        said = str(report.answers.get(field.code) or "") if field is not None else ""
        if lines := [line.strip() for line in said.splitlines() if line.strip()]:
            made.append(Outputs(report.year, lines))
    return made


# --- What waits (notices.waiting makes the lines) -----------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Task:
    """Something that this actor must do: `what` is review, decide, complete, report, confirm, renew, endorse or settle."""

    what: str
    application: Application
    path: str
    at: datetime
    deadline: datetime | None = None
    year: int = 0


def tasks(actor: Actor) -> list[Task]:
    """All that waits in this room for this actor: one query, and two more where something affiliated is among it."""
    if actor.user_id is None or actor.is_suspended:
        return []
    reports = YearReport.objects.filter(application=OuterRef("pk"), status__in=("due", "sent"))
    renewals = Renewal.objects.filter(application=OuterRef("pk"), status__in=Renewal.OPEN)
    called = Q(entity__in=list(actor.mandates), term_end__lte=timezone.localdate() + timedelta(days=CALLED))
    live = Q(status__in=("active", "lapsed")) & (Exists(reports) | Exists(renewals) | called)
    seen = Application.objects.visible_to(actor).filter(Q(status__in=("returned", "commission", "secretariat")) | live)
    rows = list(seen.with_all())
    found = []
    for row in rows:
        mine = row.entity_id in actor.mandates if row.entity_id else row.applicant_id == actor.user_id
        if row.status == "returned" and mine:
            found.append(Task("complete", row, f"{row.path}edit/", row.since))
        elif can(actor, "application.review", row):
            found.append(Task("review", row, row.path, row.since, row.due_at))
        elif can(actor, "application.decide", row):
            found.append(Task("decide", row, row.path, row.since, row.due_at))
    affiliated = [row for row in rows if row.is_affiliated]
    return found + (_reports(actor, affiliated) + _renewals(actor, affiliated) if affiliated else [])


def asked(actor: Actor) -> list[Task]:
    """The same, without what waits for colleagues who speak in its network: a coordinator of clubs is not asked for the files of schools,
    though they stay open to them. Two queries more at most a network."""
    found = tasks(actor)
    own: dict[str, set[int]] = {}  # of each network: the institutions for which this actor is asked in it
    waits: dict[tuple[str, bool], set[int]] = {}
    for task in found:
        if (office := _office(actor, task)) is not None:
            waits.setdefault((task.application.procedure.network, task.what not in _OWN), set()).add(office)
    for (network, over), offices in waits.items():
        if network != Mandate.Network.PLATFORM:
            speaking = speakers(network, offices, over=over)
            own.setdefault(network, set()).update(pk for pk, people in speaking.items() if actor.user_id in people)
    return [
        task
        for task in found
        if task.application.procedure.network == Mandate.Network.PLATFORM
        or (office := _office(actor, task)) is None
        or office in own[task.application.procedure.network]
    ]


_OWN = ("complete", "report", "renew")  # what the institution itself does


def _office(actor: Actor, task: Task) -> int | None:
    """For which institution the actor is asked; None for what a person applied for, which nobody else answers."""
    if task.what in _OWN:
        return task.application.entity_id
    if task.what not in ("decide", "settle") and task.application.commission_id in actor.overseers:
        return task.application.commission_id
    return actor.house


def _reports(actor: Actor, rows: list[Application]) -> list[Task]:
    known = {row.pk: row for row in rows}
    found = []
    for report in YearReport.objects.filter(application__in=rows, status__in=("due", "sent")).order_by("due_on"):
        row = known[report.application_id]
        if report.status == "due" and row.entity_id in actor.mandates:
            found.append(Task("report", row, report.path, row.since, _moment(report.due_on), report.year))
        elif report.status == "sent" and can(actor, "application.vouch", row):
            found.append(Task("confirm", row, report.path, report.sent_at or row.since, None, report.year))
    return found


def _renewals(actor: Actor, rows: list[Application]) -> list[Task]:
    waiting = {one.application_id: one for one in Renewal.objects.filter(application__in=rows, status__in=Renewal.OPEN)}
    found = []
    for row in rows:
        renewal, until = waiting.get(row.pk), _moment(row.term_end)
        if renewal is None:
            if row.is_called and row.entity_id in actor.mandates:
                found.append(Task("renew", row, row.path, row.since, until))
        elif renewal.status == "asked" and can(actor, "application.vouch", row):
            found.append(Task("endorse", row, row.path, renewal.asked_at, until))
        elif renewal.status == "endorsed" and can(actor, "application.settle", row):
            found.append(Task("settle", row, row.path, renewal.asked_at, until))
    return found


def _moment(day: date | None) -> datetime | None:
    """The end of a day, by the secretariat's clock."""
    return timezone.make_aware(datetime.combine(day, time(23, 59))) if day else None


def procedures() -> list[Procedure]:
    return list(Procedure.objects.filter(is_open=True).select_related("kind"))
