"""What an affiliated institution reports each year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from network.accreditation.actions.steps import Verb, check_answers, check_judge, locked, own, step, voice
from network.accreditation.models import Application, YearReport
from network.permissions import check
from network.spaces.actors import Actor


@transaction.atomic
def save_report(actor: Actor, report: YearReport, *, answers: Mapping[str, Any]) -> YearReport:
    """Keep what is filled in so far."""
    application = locked(report.application)
    check(actor, "application.report", application)
    report = due_report(application, report)
    report.answers = dict(answers)
    report.save(update_fields=["answers"])
    return report


@transaction.atomic
def send_report(actor: Actor, report: YearReport) -> YearReport:
    """Send it to the commission; ValidationError naming what is missing. Sent late, it is taken all the same."""
    application = locked(report.application)
    check(actor, "application.report", application)
    report = due_report(application, report)
    check_answers(application.procedure.report_form, report.answers, report.papers.values_list("code", flat=True))
    report.status, report.sent_at, report.remark = YearReport.Status.SENT, timezone.now(), ""
    report.save(update_fields=["status", "sent_at", "remark"])
    step(own(actor, application), application, Verb.REPORTED, application.status, year=report.year)
    return report


@transaction.atomic
def answer_report(actor: Actor, report: YearReport, *, confirm: bool, remark: str = "") -> YearReport:
    """Confirm a report that was sent, or return it with a word; one that was answered meanwhile is quiet."""
    application = locked(report.application)
    check_judge(actor, "vouch", application)
    actor, in_stead = voice(actor, application)
    report = YearReport.objects.select_for_update().get(pk=report.pk)
    if report.status != YearReport.Status.SENT:
        return report
    if not confirm and not remark.strip():
        raise ValidationError({"remark": _("Say why, so that the applicant knows what to do.")})
    report.status = YearReport.Status.CONFIRMED if confirm else YearReport.Status.DUE
    report.confirmed_at, report.remark = (timezone.now(), "") if confirm else (None, remark)
    report.save(update_fields=["status", "confirmed_at", "remark"])
    verb = Verb.REPORT_CONFIRMED if confirm else Verb.REPORT_RETURNED
    step(actor, application, verb, application.status, remark=remark, in_stead=in_stead, year=report.year)
    return report


def due_report(application: Application, report: YearReport) -> YearReport:
    held = YearReport.objects.select_for_update().get(pk=report.pk, application=application)
    if held.status != YearReport.Status.DUE:
        raise PermissionDenied(_("This report was sent; it can be changed when it is returned to you."))
    return held
