"""How institutions of the demo world joined their networks: a school with its whole history, a chair up for renewal, and files at every stage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.utils import timezone

from network.accreditation import actions
from network.accreditation.models import Application, Certificate, Minutes, Procedure, Renewal, Series, Step, YearReport
from network.demo.circles import speakers
from network.demo.reading import Row, read
from network.demo.story import Happening, place
from network.entities.models import Entity
from network.spaces.actors import Actor
from network.spaces.models import Country

SECRETARIAT = "platform-manager"
_LETTER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)


def joinings() -> Iterator[Happening]:
    """Each file's way, as its row tells it: what is missing of it."""
    known = set(Application.objects.values_list("applicant__page__handle", "procedure__kind__code"))
    for row in read("applications")["applications"]:
        if (row["by"], row["kind"]) not in known:
            yield from _way(row)


def _way(row: Row) -> Iterator[Happening]:
    key = (row["by"], row["kind"])
    country = row.get("state", "")
    reviewer = speakers().get(f"natcom-{country.lower()}", SECRETARIAT)
    yield Happening(row["begun"], row["by"], partial(_begin, row))
    for step in row["steps"]:
        match step["do"]:
            case "submit":
                yield Happening(step["days"], row["by"], partial(_submit, key, step))
            case "return" | "decline" | "endorse":
                yield Happening(step["days"], reviewer, partial(_review, key, step))
            case "approve":
                yield Happening(step["days"], SECRETARIAT, partial(_approve, key, row, step))
            case "report":
                yield Happening(step["days"], row["by"], partial(_report, key, step))
            case "confirm":
                yield Happening(step["days"], reviewer, partial(_confirm, key, step))
            case "met":
                yield Happening(step["days"], SECRETARIAT, partial(_met, key, step))
            case "call":
                yield Happening(step["days"], SECRETARIAT, partial(_call, key))
            case "ask":
                yield Happening(step["days"], row["by"], partial(_ask, key, step))
            case "endorse_renewal":
                yield Happening(step["days"], reviewer, partial(_endorse, key, step))


def _of(key: tuple[str, str]) -> Application:
    return Application.objects.with_all().filter(applicant__page__handle=key[0], procedure__kind__code=key[1]).latest("pk")


def _begin(row: Row, actor: Actor, when: datetime) -> None:
    procedure = Procedure.objects.select_related("kind").get(kind__code=row["kind"])
    entity = Entity.objects.filter(handle=row.get("entity")).first()
    country = Country.objects.filter(code=row.get("state")).first()
    application = actions.start(actor, procedure, country=country, entity=entity)
    names = {name: getattr(application, name) for name in actions.NAMES} | row.get("names", {})
    actions.save(actor, application, fields={**application.basics, **names, **row["basics"]}, answers=row["answers"])
    Application.objects.filter(pk=application.pk).update(created_at=when, saved_at=when)


def _submit(key: tuple[str, str], step: Row, actor: Actor, when: datetime) -> None:
    application = _of(key)
    if "file" in step:
        paper = SimpleUploadedFile(step["file"]["name"], _LETTER, "application/pdf")
        actions.attach(actor, application, step["file"]["code"], paper)
    _dated(lambda: actions.submit(actor, application), application, when)
    Application.objects.filter(pk=application.pk).update(submitted_at=when)


def _review(key: tuple[str, str], step: Row, actor: Actor, when: datetime) -> None:
    application = _of(key)
    _dated(lambda: actions.review(actor, application, outcome=step["do"], remark=step.get("remark", "")), application, when)


def _approve(key: tuple[str, str], row: Row, step: Row, actor: Actor, when: datetime) -> None:
    """By the secretariat. A row says which number came before, how old the certificate is, and when the agreement ends."""
    application = _of(key)
    if "number" in step:
        Series.objects.get_or_create(
            letter=application.procedure.letter, country=row["state"], year=timezone.localdate().year, defaults={"last": step["number"] - 1}
        )
    if "group" in step:
        Procedure.objects.filter(pk=application.procedure_id).update(group=place(step["group"]))
    until = timezone.localdate() + timedelta(days=step["ends_in"]) if "ends_in" in step else None
    _dated(lambda: actions.decide(actor, application, outcome="approve", remark=step.get("remark", ""), until=until), application, when)
    issued = when.date() - timedelta(days=step.get("older", 0))
    certificate = Certificate.objects.get(application=application)
    if issued.year != certificate.issued_on.year:  # older than the platform: its number is of its own year
        year = certificate.issued_on.year
        Series.objects.filter(letter=application.procedure.letter, country=row["state"], year=year).update(last=F("last") - 1)
        certificate.number = certificate.number.replace(f"-{year}-", f"-{issued.year}-")
    certificate.issued_on = issued
    certificate.save(update_fields=["number", "issued_on"])
    if until is not None:
        Application.objects.filter(pk=application.pk).update(term_start=issued)
    Entity.objects.filter(applications=application).update(fictional=True)


def _report(key: tuple[str, str], step: Row, actor: Actor, when: datetime) -> None:
    application = _of(key)
    year = when.year
    due = application.procedure.report_due(year) or when.date()
    report, _made = YearReport.objects.get_or_create(application=application, year=year, defaults={"due_on": min(due, when.date())})
    actions.save_report(actor, report, answers=step["answers"])
    if step.get("sent", True):
        _dated(lambda: actions.send_report(actor, report), application, when)
        YearReport.objects.filter(pk=report.pk).update(sent_at=when)
    YearReport.objects.filter(pk=report.pk).update(reminded_at=when)


def _confirm(key: tuple[str, str], step: Row, actor: Actor, when: datetime) -> None:
    application = _of(key)
    report = application.reports.latest("year")
    _dated(lambda: actions.answer_report(actor, report, confirm=True, remark=step.get("remark", "")), application, when)
    YearReport.objects.filter(pk=report.pk).update(confirmed_at=when)


def _met(key: tuple[str, str], step: Row, actor: Actor, when: datetime) -> None:
    application = _of(key)
    said = {name: step[name] for name in ("participants", "agreed", "next_steps")}
    _dated(lambda: actions.keep_minutes(actor, application, held_on=when.date(), **said), application, when)
    Minutes.objects.filter(application=application).update(at=when)


def _call(key: tuple[str, str], actor: Actor, when: datetime) -> None:
    application = _of(key)
    _dated(lambda: actions.call(application), application, when)


def _ask(key: tuple[str, str], step: Row, actor: Actor, when: datetime) -> None:
    application = _of(key)
    _dated(lambda: actions.ask_renewal(actor, application, remark=step.get("remark", "")), application, when)
    Renewal.objects.filter(application=application).update(asked_at=when)


def _endorse(key: tuple[str, str], step: Row, actor: Actor, when: datetime) -> None:
    application = _of(key)
    renewal = application.renewals.latest("pk")
    _dated(lambda: actions.endorse_renewal(actor, renewal, endorse=True, remark=step.get("remark", "")), application, when)


def _dated(act: Callable[[], object], application: Application, when: datetime) -> None:
    """Act, and give what was written the date of the story; the day to answer moves along."""
    known = set(Step.objects.filter(application=application).values_list("pk", flat=True))
    before = timezone.now()
    act()
    Step.objects.filter(application=application).exclude(pk__in=known).update(at=when)
    row = Application.objects.get(pk=application.pk)
    moved = {"since": when} if row.since >= before else {}
    due = {"due_at": when + (row.due_at - timezone.now())} if row.due_at else {}
    Application.objects.filter(pk=row.pk).update(**moved, **due)
