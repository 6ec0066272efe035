"""One application as everybody concerned sees it, and what each may do with it; the queue of those who decide."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import sheets
from network.accreditation import actions, queries
from network.accreditation.forms import LeaveForm, MinutesForm, RemarkForm, TermForm
from network.accreditation.models import Application, ApplicationQuerySet, Renewal
from network.accreditation.views.joining import find, may_read
from network.fragments import done, page
from network.permissions import can, check
from network.requests import Request
from network.spaces.actors import Actor
from network.spaces.answers import refuse
from network.spaces.models import Country


@require_safe
@login_required
def application(request: Request, application_id: int) -> HttpResponse:
    """The file: where it stands, what was said, and what the reader may do."""
    return _page(request, find(request.actor, application_id))


def _page(
    request: Request, row: Application, form: RemarkForm | None = None, which: str = "", met: MinutesForm | None = None
) -> HttpResponse:
    actor: Actor = request.actor
    papers = [one for one in row.papers.all() if one.report_id is None]
    reports = list(row.reports.all()) if row.is_affiliated else []
    read = {one.pk for one in reports if may_read(actor, row, one)}
    renewal = row.renewals.filter(status__in=Renewal.OPEN).first() if row.term_end else None
    may = {
        name: can(actor, f"application.{name}", row)
        for name in ("read", "edit", "withdraw", "leave", "review", "decide", "report", "vouch", "settle", "minute")
    }
    asks = _asks(row, renewal, may)
    initial = {"until": row.term_end and actions.years_later(row.term_end, row.procedure.term_years or 1)} if renewal else {}
    return page(
        request,
        "accreditation/application.html",
        status=422 if form is not None or met is not None else 200,
        nav="entities",
        application=row,
        steps=list(row.steps.select_related("by__page", "on_behalf_of")),
        shown=queries.answered(row.procedure.form, row.answers, papers),
        reports=[(one, one.pk in read) for one in reports if one.pk in read or one.is_overdue or one.is_returned],
        renewal=renewal,
        minutes=list(row.minutes.select_related("on_behalf_of", "by__page")) if row.is_affiliated or row.is_over else [],
        met=met if met is not None else MinutesForm(),
        certificate=getattr(row, "certificate", None) if row.entity_id else None,
        may=may,
        asks=asks,
        way=queries.way(row),
        barred=queries.is_barred(actor, row),
        in_stead=row.needs_stand_in and row.commission_id not in actor.overseers and actor.is_secretariat,
        form=form if form is not None else TermForm(initial=initial),
        which=which,
        mine=row.entity_id in actor.mandates if row.entity_id else row.applicant_id == actor.user_id,
    )


def _asks(row: Application, renewal: Renewal | None, may: dict[str, bool]) -> str:
    """The one answer that is asked of the reader now, if any."""
    if may["review"]:
        return "review"
    if may["decide"]:
        return "decide"
    if renewal is not None:
        if renewal.status == Renewal.Status.ASKED and may["vouch"]:
            return "endorse"
        if renewal.status == Renewal.Status.ENDORSED and may["settle"]:
            return "renew"
    elif may["report"] and row.is_called and row.status != Application.Status.SUSPENDED:
        return "ask"
    return ""


@require_POST
@login_required
def review(request: Request, application_id: int) -> HttpResponse:
    """`outcome`: return, decline or endorse."""
    row = find(request.actor, application_id)
    actions.check_judge(request.actor, "review", row)
    form = RemarkForm(request.POST)
    return _act(
        request, row, form, "review", lambda said: actions.review(request.actor, row, outcome=said["outcome"], remark=said["remark"])
    )


@require_POST
@login_required
def decide(request: Request, application_id: int) -> HttpResponse:
    """`outcome`: return, decline or approve (with the end of the agreement)."""
    row = find(request.actor, application_id)
    actions.check_judge(request.actor, "decide", row)
    form = TermForm(request.POST)
    return _act(
        request,
        row,
        form,
        "decide",
        lambda said: actions.decide(request.actor, row, outcome=said["outcome"], remark=said["remark"], until=said["until"]),
    )


@require_POST
@login_required
def stand(request: Request, application_id: int) -> HttpResponse:
    """`outcome`: suspend, restore or end an affiliation."""
    row = find(request.actor, application_id)
    actions.check_judge(request.actor, "settle", row)
    acts = {"suspend": actions.suspend, "reinstate": actions.reinstate, "end": actions.end}
    form = RemarkForm(request.POST)
    act = acts.get(request.POST.get("outcome", ""))
    if act is None:
        form.add_error(None, _("Say what becomes of the affiliation."))
        return _page(request, row, form, "stand")
    return _act(request, row, form, "stand", lambda said: act(request.actor, row, remark=said["remark"]))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def leave(request: Request, application_id: int) -> HttpResponse:
    """The institution leaves its network: asked once more, with its reason."""
    row = find(request.actor, application_id)
    check(request.actor, "application.leave", row)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.leave(request.actor, row, remark=form.cleaned_data["remark"])
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The institution has left its network; those concerned are told."))
            return done(request, row.get_absolute_url())
    status = 422 if form.is_bound else 200
    return page(request, "accreditation/leave.html", status=status, nav="entities", application=row, form=form)


@require_POST
@login_required
def minutes(request: Request, application_id: int) -> HttpResponse:
    """The minutes of a working session."""
    row = find(request.actor, application_id)
    check(request.actor, "application.minute", row)
    form = MinutesForm(request.POST)
    if form.is_valid():
        try:
            actions.keep_minutes(request.actor, row, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Noted in the history; those concerned are told."))
            return done(request, f"{row.get_absolute_url()}#minutes")
    return _page(request, row, met=form)


@require_POST
@login_required
def ask_renewal(request: Request, application_id: int) -> HttpResponse:
    row = find(request.actor, application_id)
    check(request.actor, "application.report", row)
    return _act(request, row, RemarkForm(request.POST), "ask", lambda said: actions.ask_renewal(request.actor, row, remark=said["remark"]))


@require_POST
@login_required
def answer_renewal(request: Request, application_id: int) -> HttpResponse:
    """`outcome`: endorse or decline by the commission, renew (`until`) or decline by the secretariat."""
    actor: Actor = request.actor
    row = find(actor, application_id)
    if not can(actor, "application.settle", row):
        actions.check_judge(actor, "vouch", row)
    held = row.renewals.filter(status__in=Renewal.OPEN).first()
    form = TermForm(request.POST)

    def act(said: dict[str, Any]) -> object:
        if held is None:
            raise ValidationError(_("No renewal waits here."))
        if held.status == Renewal.Status.ASKED:
            return actions.endorse_renewal(actor, held, endorse=said["outcome"] == "endorse", remark=said["remark"])
        if said["outcome"] == "renew" and said["until"] is None:
            raise ValidationError({"until": _("Say until when.")})
        until = said["until"] if said["outcome"] == "renew" else None
        return actions.settle_renewal(actor, held, until=until, remark=said["remark"])

    return _act(request, row, form, "endorse" if held is not None and held.status == Renewal.Status.ASKED else "renew", act)


def _act(request: Request, row: Application, form: RemarkForm, which: str, act: Any) -> HttpResponse:
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Noted in the history; those concerned are told."))
            return done(request, row.get_absolute_url())
    return _page(request, row, form, which)


# --- The queue -----------------------------------------------------------------------------------------------------------
@require_safe
@login_required
def queue(request: Request) -> HttpResponse:
    """What was sent to one's commission, or to the secretariat; for whoever decides nothing there is no such page."""
    actor: Actor = request.actor
    _reviewers_only(actor)
    asked = _asked(request)
    found = _found(actor, asked)
    return page(
        request,
        "accreditation/queue.html",
        nav="entities",
        found=Paginator(found.with_all().with_overdue(), settings.PAGE_SIZE).get_page(request.GET.get("page")),
        stages=queries.stages(actor),
        asked=asked,
        statuses=[(str(status), status.label) for status in queries.STAGES],
        procedures=queries.procedures(),
        countries=Country.objects.all() if actor.is_secretariat else [],
        query=request.GET.urlencode(),
    )


@require_safe
@login_required
def export(request: Request) -> HttpResponse:
    """The queue as a table: `?format=csv` or xlsx, with the same filters."""
    actor: Actor = request.actor
    _reviewers_only(actor)
    header = [
        _("Name"), _("Kind of institution"), _("Country"), _("Status"), _("Sent on"), _("In this status since"), _("Answer due"),
        _("Late"), _("Certificate"), _("Agreement until"),
    ]  # fmt: skip
    rows = [
        [
            row.name,
            row.kind.name,
            row.country.name if row.country else "",
            row.get_status_display(),
            _day(row.submitted_at),
            _day(row.since),
            _day(row.due_at),
            _("yes") if row.is_late else "",
            row.certificate.number if hasattr(row, "certificate") else "",
            row.term_end,
        ]
        for row in _found(actor, _asked(request)).with_all().select_related("certificate")[: sheets.MOST_ROWS]
    ]
    name = _("applications")
    if request.GET.get("format") == "xlsx":
        return sheets.xlsx_response(name, header, rows, rtl=get_language() == "ar", title=_("Applications"))
    return sheets.csv_response(name, header, rows)


def _day(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None


def _reviewers_only(actor: Actor) -> None:
    if not actor.is_secretariat and not queries.is_commission(actor):
        raise Http404


def _asked(request: Request) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip()[:60] for name in ("status", "kind", "country", "late")}


def _found(actor: Actor, asked: dict[str, str]) -> ApplicationQuerySet:
    found = Application.objects.reviewed_by(actor)
    if asked["status"]:
        found = found.filter(status=asked["status"])
    if asked["kind"]:
        found = found.filter(procedure__kind__code=asked["kind"])
    if asked["country"]:
        found = found.filter(country=asked["country"])
    if asked["late"]:
        found = found.filter(due_at__lt=timezone.now())
    return found.order_by(F("due_at").asc(nulls_last=True), "-pk")


__all__ = ["answer_renewal", "application", "ask_renewal", "decide", "export", "leave", "minutes", "queue", "review", "stand"]
