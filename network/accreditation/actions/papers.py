"""The files of an application, or of a yearly report: each the answer to a field."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from network.accreditation.actions.reports import due_report
from network.accreditation.actions.steps import locked
from network.accreditation.models import Application, Paper, YearReport
from network.files.stored import forget
from network.permissions import check
from network.spaces.actors import Actor


@transaction.atomic
def attach(actor: Actor, application: Application, code: str, file: UploadedFile, *, report: YearReport | None = None) -> Paper:
    """Keep a file as the answer to a field, in the place of an earlier one. UploadRefused with its sentence when it is not let in."""
    application, report = _papers(actor, application, report)
    fields = application.procedure.report_form if report is not None else application.procedure.form
    if not any(field.code == code and field.kind == "file" for field in fields):
        raise ValidationError(_("No file is asked for here."))
    paper = Paper.take_in(actor.person, file)
    Paper.objects.filter(pk=paper.pk).update(application=application, report=report, code=code)
    forget(Paper.objects.filter(application=application, report=report, code=code).exclude(pk=paper.pk))
    paper.refresh_from_db()
    return paper


@transaction.atomic
def detach(actor: Actor, application: Application, codes: Iterable[str], *, report: YearReport | None = None) -> None:
    """Take the files of these fields away; what is not there is quiet."""
    application, report = _papers(actor, application, report)
    forget(Paper.objects.filter(application=application, report=report, code__in=list(codes)))


def _papers(actor: Actor, application: Application, report: YearReport | None) -> tuple[Application, YearReport | None]:
    application = locked(application)
    if report is None:
        check(actor, "application.edit", application)
        return application, None
    check(actor, "application.report", application)
    return application, due_report(application, report)
