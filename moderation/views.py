"""Reporting a message or an offer, and answering reports."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat.models import Message
from moderation import actions
from moderation.forms import ReportForm
from moderation.models import Report
from network import rates
from network.fragments import done, page
from network.permissions import can, check
from network.requests import Request
from network.ties.models import Offer

ROWS = 20


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def report(request: Request, message_id: int) -> HttpResponse:
    """Say what is wrong with a message: moderators then see it, and nothing else of the conversation."""
    message = get_object_or_404(Message.objects.visible_to(request.actor).with_author().with_conversation(), pk=message_id)
    check(request.actor, "message.report", message)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        rates.spend("report", request.actor.person.pk)
        actions.report(request.actor, message, reason=form.cleaned_data["reason"])
        messages.success(request, _("Thank you. Moderators see this message now, and nothing else of the conversation."))
        return done(request, message.get_absolute_url())
    return page(
        request,
        "chat/message_report.html",
        status=422 if request.method == "POST" else 200,
        nav="chat",
        message=message,
        conversation=message.conversation,
        room=message.conversation.title_for(request.actor),
        form=form,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def report_offer(request: Request, offer_id: int) -> HttpResponse:
    """Say what is wrong with an offer or request of the board."""
    offer = get_object_or_404(Offer.objects.visible_to(request.actor).with_institution(), pk=offer_id)
    check(request.actor, "offer.report", offer)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        rates.spend("report", request.actor.person.pk)
        actions.report_offer(request.actor, offer, reason=form.cleaned_data["reason"])
        messages.success(request, _("Thank you. Moderators look at it."))
        return done(request, offer.get_absolute_url())
    return page(request, "ties/offer_report.html", status=422 if request.method == "POST" else 200, nav="offers", offer=offer, form=form)


@require_safe
@login_required
def reports(request: Request) -> HttpResponse:
    """What was reported, those not answered first; for whoever does not moderate there is no such page."""
    if not can(request.actor, "report.view"):
        raise Http404
    found = Paginator(Report.objects.with_all().order_by(F("settled_at").desc(nulls_first=True), "-pk"), ROWS).get_page(
        request.GET.get("page")
    )
    return page(request, "moderation/reports.html", nav="reports", found=found, waiting=Report.objects.open().count())


@require_POST
@login_required
def answer(request: Request, report_id: int) -> HttpResponse:
    """`outcome`: removed or left."""
    if not can(request.actor, "report.view"):
        raise Http404
    held = get_object_or_404(Report, pk=report_id)
    try:
        actions.settle(request.actor, held, outcome=request.POST.get("outcome", ""))
    except ValidationError as wrong:
        messages.error(request, wrong.messages[0])
    return done(request, f"/{get_language() or 'ar'}/reports/")
