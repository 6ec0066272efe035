"""Yearly reports: filled in and sent by the institution, confirmed or returned by its commission."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from network import rates
from network.accreditation import actions, queries
from network.accreditation.forms import RemarkForm, answers_form
from network.accreditation.models import Application, YearReport
from network.accreditation.views.joining import find, held, may_read, take_files
from network.fragments import done, page
from network.permissions import can, check
from network.requests import Request
from network.spaces.actors import Actor
from network.spaces.answers import refuse


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def report(request: Request, application_id: int, report_id: int) -> HttpResponse:
    """The form, as long as it is due and for whoever fills it in; else what was sent."""
    actor: Actor = request.actor
    application, row = _find(actor, application_id, report_id)
    if request.method == "POST":
        check(actor, "application.report", application)
    if row.status != YearReport.Status.DUE or not can(actor, "application.report", application):
        if request.method == "POST":
            messages.error(request, _("This report was sent; it can be changed when it is returned to you."))
            return done(request, request.path)
        return _shown(request, application, row)
    fields = application.procedure.report_form
    papers = list(row.papers.all())
    whole = request.method != "POST" or request.POST.get("do") == "send"
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = answers_form(application, fields, row.answers, *data, draft=not whole)
    for one in papers:
        if one.code in form.fields:
            form.fields[one.code].required = False
    if request.method == "POST":
        rates.spend("draft", actor.person.pk)
        valid = form.is_valid()
        actions.save_report(actor, row, answers=form.values())
        if request.headers.get("X-Requested-With") == "fetch":
            return HttpResponse(status=204)
        valid = take_files(request, application, form, row) and valid
        if valid and whole:
            try:
                actions.send_report(actor, row)
            except ValidationError as error:
                refuse(form, error)
            else:
                messages.success(request, _("The report is sent."))
                return done(request, application.get_absolute_url())
        elif valid:
            messages.success(request, _("The draft is saved. Until it is sent, only those who speak for the institution read it."))
            return done(request, request.path)
        papers = list(row.papers.all())
    return page(
        request,
        "accreditation/report_edit.html",
        status=422 if form.is_bound else 200,
        nav="entities",
        application=application,
        report=row,
        outputs=application.procedure.outputs_field,
        answers=form,
        held=held(fields, papers),
    )


@require_POST
@login_required
def answer(request: Request, application_id: int, report_id: int) -> HttpResponse:
    """`outcome`: confirm or return."""
    actor: Actor = request.actor
    application, row = _find(actor, application_id, report_id)
    actions.check_judge(actor, "vouch", application)
    form = RemarkForm(request.POST)
    if form.is_valid():
        try:
            said = form.cleaned_data
            actions.answer_report(actor, row, confirm=said["outcome"] == "confirm", remark=said["remark"])
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Noted in the history; those concerned are told."))
            return done(request, application.get_absolute_url())
    return _shown(request, application, row, form)


def _shown(request: Request, application: Application, row: YearReport, form: RemarkForm | None = None) -> HttpResponse:
    return page(
        request,
        "accreditation/report.html",
        status=422 if form is not None else 200,
        nav="entities",
        application=application,
        report=row,
        shown=queries.answered(application.procedure.report_form, row.answers, list(row.papers.all())),
        may_answer=row.status == YearReport.Status.SENT and can(request.actor, "application.vouch", application),
        barred=row.status == YearReport.Status.SENT and queries.is_barred(request.actor, application),
        form=form or RemarkForm(),
    )


def _find(actor: Actor, application_id: int, report_id: int) -> tuple[Application, YearReport]:
    application = find(actor, application_id)
    row = get_object_or_404(YearReport, pk=report_id, application=application)
    if not may_read(actor, application, row):
        raise Http404
    return application, row
