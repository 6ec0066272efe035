"""Applying: which networks there are, the form, one's own applications, and their files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import rates
from network.accreditation import actions, queries
from network.accreditation.forms import ANSWERS, ApplicationForm, StartForm, answers_form
from network.accreditation.models import Application, Paper, Procedure, YearReport
from network.declared import Declared, DeclaredForm
from network.entities.models import Entity
from network.files.kinds import UploadRefused
from network.files.serve import serve_stored
from network.fragments import done, page
from network.permissions import can, check
from network.requests import Request
from network.spaces.actors import Actor
from network.spaces.answers import refuse, sentence

NEEDED = ("name_ar", "city", "title")


@require_safe
def join(request: Request) -> HttpResponse:
    """The networks that take applications."""
    return page(request, "accreditation/join.html", cache=True, nav="entities", procedures=queries.procedures())


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: Request, kind: str) -> HttpResponse:
    """Goals and conditions for everyone; beginning, for whoever is signed in."""
    procedure = get_object_or_404(Procedure.objects.select_related("kind"), kind__code=kind, is_open=True)
    actor: Actor = request.actor
    own = []
    if actor.mandates:
        own = list(Entity.objects.filter(pk__in=list(actor.mandates), entity_kind=procedure.kind_id).in_protocol_order())
    form = StartForm(procedure, own, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if actor.user is None:
            return login_required(lambda _request: HttpResponse())(request)
        if form.is_valid():
            rates.spend("apply", actor.person.pk)
            chosen = next((one for one in own if str(one.pk) == form.cleaned_data.get("entity")), None)
            try:
                made = actions.start(actor, procedure, country=form.cleaned_data["country"], entity=chosen)
            except ValidationError as error:
                refuse(form, error)
            else:
                return done(request, f"{made.get_absolute_url()}edit/" if made.is_editable else made.get_absolute_url())
    return page(
        request,
        "accreditation/begin.html",
        status=422 if form.is_bound else 200,
        nav="entities",
        procedure=procedure,
        fields=procedure.form,
        form=form,
        here=request.path,
    )


@require_safe
@login_required
def mine(request: Request) -> HttpResponse:
    """What one applied for, and what one's institutions did."""
    rows = list(Application.objects.own(request.actor).with_all().order_by("-pk")[:100])
    return page(request, "accreditation/mine.html", nav="entities", rows=rows, is_reviewer=_reviews(request.actor))


def _reviews(actor: Actor) -> bool:
    return actor.is_secretariat or queries.is_commission(actor)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: Request, application_id: int) -> HttpResponse:
    """The form. Saved half-filled, by a button or while it is written; sent when it is whole."""
    actor: Actor = request.actor
    application = find(actor, application_id)
    check(actor, "application.edit", application)
    fields = application.procedure.form
    papers = list(application.papers.filter(report=None))
    first = {name: getattr(application, name) for name in actions.NAMES} | application.basics
    whole = request.method != "POST" or request.POST.get("do") == "send"
    basics = ApplicationForm(request.POST if request.method == "POST" else None, initial=first)
    for name in NEEDED:
        basics.fields[name].required = whole
    answers = answers_form(application, fields, application.answers, *_sent(request), draft=not whole)
    _spare(answers, papers)
    if request.method == "POST":
        rates.spend("draft", actor.person.pk)
        valid = all([basics.is_valid(), answers.is_valid()])
        actions.save(actor, application, fields=basics.cleaned_data, answers=_values(answers))
        if request.headers.get("X-Requested-With") == "fetch":
            return HttpResponse(status=204)
        valid = take_files(request, application, answers) and valid
        if valid and whole:
            try:
                actions.submit(actor, application)
            except ValidationError as error:
                refuse(basics, error)
            else:
                messages.success(request, _("The application is sent. You are told of each step."))
                return done(request, application.get_absolute_url())
        elif valid:
            messages.success(
                request,
                _("The draft is saved. Until you send it again, those who examine it read its name and its history only.")
                if application.status == Application.Status.RETURNED
                else _("The draft is saved. Nobody sees it but you."),
            )
            return done(request, request.path)
        papers = list(application.papers.filter(report=None))
    returned = None
    if application.status == "returned":
        returned = application.steps.select_related("on_behalf_of", "by__page").filter(verb="returned").last()
    return page(
        request,
        "accreditation/edit.html",
        status=422 if basics.is_bound else 200,
        nav="entities",
        application=application,
        basics=basics,
        answers=answers,
        papers={paper.code: paper for paper in papers},
        held=held(fields, papers),
        returned=returned,
    )


@require_POST
@login_required
def withdraw(request: Request, application_id: int) -> HttpResponse:
    """Take one's own application back."""
    application = find(request.actor, application_id)
    try:
        actions.withdraw(request.actor, application, remark=request.POST.get("remark", "")[:2000])
    except ValidationError as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, _("The application is withdrawn."))
    return done(request, application.get_absolute_url())


@require_safe
@login_required
def paper(request: Request, key: str) -> FileResponse:
    """A file of an application, for whoever reads it; of a report that was not sent, or was returned, for those whose it is."""
    found = get_object_or_404(Paper.objects.select_related("report"), key=key, application__isnull=False)
    application = find(request.actor, found.application_id or 0)
    report = found.report
    if not (can(request.actor, "application.read", application) if report is None else may_read(request.actor, application, report)):
        raise Http404
    return serve_stored(found.stored, found.name, found.content_type, inline=True)


def may_read(actor: Actor, application: Application, report: YearReport) -> bool:
    """A report is its institution's until it is sent, and again while it is returned for completion: nobody looks over a shoulder."""
    return report.status != YearReport.Status.DUE or application.entity_id in actor.mandates


def find(actor: Actor, application_id: int) -> Application:
    return get_object_or_404(Application.objects.visible_to(actor).with_all(), pk=application_id)


def held(fields: list[Declared], papers: list[Paper]) -> list[tuple[Declared, Paper]]:
    """The files that are there, beside the names of their fields."""
    there = {paper.code: paper for paper in papers}
    return [(field, there[field.code]) for field in fields if field.code in there]


def take_files(request: Request, application: Application, form: DeclaredForm, report: YearReport | None = None) -> bool:
    """Keep the files that came and take away those that are no longer wanted; what is not let in is said at its field."""
    actor = request.actor
    drop = [field.code for field in form.declared if field.kind == "file" and request.POST.get(f"drop-{field.code}")]
    if drop:
        actions.detach(actor, application, drop, report=report)
    fine = True
    for field in form.declared:
        file = form.cleaned_data.get(field.code) if field.kind == "file" else None
        if file is None:
            continue
        rates.spend("upload", actor.person.pk)
        try:
            actions.attach(actor, application, field.code, file, report=report)
        except (UploadRefused, ValidationError) as refusal:
            form.add_error(field.code, refusal)
            fine = False
    return fine


def _sent(request: Request) -> tuple[Any, ...]:
    return (request.POST, request.FILES) if request.method == "POST" else ()


def _spare(form: DeclaredForm, papers: list[Paper]) -> None:
    """A file that is there already is not asked for again."""
    for one in papers:
        if one.code in form.fields:
            form.fields[one.code].required = False


def _values(form: DeclaredForm) -> dict[str, Any]:
    return form.values()


__all__ = ["ANSWERS", "begin", "edit", "find", "held", "join", "may_read", "mine", "paper", "take_files", "withdraw"]
