"""What the calendar brings: answers are late, reports become due and overdue, ends are announced, agreements lapse."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from network.accreditation.actions.steps import Status, Verb, by_calendar, locked, step, tell
from network.accreditation.models import Application, Certificate, YearReport

REPORT_AHEAD = timedelta(days=60)  # so long before its day a report is asked for


def turn(today: date | None = None) -> int:
    """What the calendar brings: answers are late, reports become due and overdue, ends are announced, agreements lapse. Called hourly; once each is enough."""
    today = today or timezone.localdate()
    done = 0
    live = Application.objects.filter(status=Status.ACTIVE, entity__isnull=False)
    for work, found in (
        (_late, Application.objects.filter(status=Status.COMMISSION, due_at__date__lt=today)),
        (_ask_report, live.filter(procedure__report_month__isnull=False)),
        (_remind_report, live.filter(reports__status="due", reports__due_on__lt=today, reports__reminded_at=None)),
        (call, live.filter(term_end__gte=today, term_end__lte=today + timedelta(days=90))),
        (_lapse, live.filter(term_end__lt=today)),
    ):
        for pk in list(found.values_list("pk", flat=True).distinct()):
            with transaction.atomic():
                done += work(locked(Application(pk=pk)), today)
    return done


def _late(application: Application, today: date) -> int:
    """The commission let its day pass: said once, to it and to the secretariat, and in the history."""
    due = application.due_at
    if application.status != Status.COMMISSION or due is None or timezone.localdate(due) >= today:
        return 0
    if application.steps.order_by("-pk").values_list("verb", flat=True).first() == Verb.LATE:
        return 0
    step(by_calendar(application), application, Verb.LATE, application.status, by_clock=True)
    return 1


def _ask_report(application: Application, today: date) -> int:
    """The report whose day comes within sixty days, for what was affiliated half a year before it."""
    # A day in January or February is near already in the year before.
    days = (application.procedure.report_due(year) for year in (today.year, today.year + 1))
    due = next((day for day in days if day is not None and day - REPORT_AHEAD <= today <= day), None)
    certificate = Certificate.objects.filter(application=application).first()
    if due is None or certificate is None:
        return 0
    if certificate.issued_on > due - REPORT_AHEAD * 3:  # joined less than half a year before: next year
        return 0
    report, made = YearReport.objects.get_or_create(application=application, year=due.year, defaults={"due_on": due})
    if made:
        tell(application, "report_due", year=report.year)
    return int(made)


def _remind_report(application: Application, today: date) -> int:
    late = YearReport.objects.filter(application=application, status="due", due_on__lt=today, reminded_at=None)
    years = list(late.values_list("year", flat=True))
    late.update(reminded_at=timezone.now())
    for year in years:
        tell(application, "report_overdue", year=year)
    return len(years)


def call(application: Application, _today: date | None = None) -> int:
    """Tell the institution and its commission, once a term, that its agreement ends soon. The caller holds it locked."""
    if application.warned_for == application.term_end:
        return 0
    application.warned_for = application.term_end
    application.save(update_fields=["warned_for"])
    step(by_calendar(application), application, Verb.RENEWAL_CALLED, application.status, by_clock=True)
    return 1


def _lapse(application: Application, today: date) -> int:
    if application.status != Status.ACTIVE or application.term_end is None or application.term_end >= today:
        return 0
    step(by_calendar(application), application, Verb.LAPSED, Status.LAPSED, by_clock=True)
    return 1


@transaction.atomic
def remind(application_id: int, number: int) -> bool:
    """Tell whoever has to answer that the day comes near; quiet when it was answered meanwhile."""
    application = locked(Application(pk=application_id))
    if application.round != number or application.due_at is None:
        return False
    tell(application, "application_due", by=application.applicant)
    return True
