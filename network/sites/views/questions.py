"""What visitors asked: for whoever speaks for the institution, and the secretariat."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network.fragments import done, page
from network.permissions import can
from network.requests import Request
from network.sites import actions
from network.sites.forms import AnswerForm
from network.sites.models import Question
from network.spaces.actors import Actor
from network.spaces.answers import back, refuse


@require_safe
@login_required
def questions(request: Request) -> HttpResponse:
    """Those that wait first of all; then all of them, by state."""
    state = request.GET.get("state", Question.Status.NEW)
    found = Question.objects.visible_to(request.actor).select_related("space", "answered_by__page")
    if state in Question.Status.values:
        found = found.filter(status=state)
    # Who has waited longest stands first.
    found = found.order_by("pk") if state == Question.Status.NEW else found.order_by("-pk")
    return page(
        request,
        "sites/questions.html",
        nav="questions",
        found=Paginator(found, settings.PAGE_SIZE).get_page(request.GET.get("page")),
        state=state,
        states=[*Question.Status.choices, ("all", _("All"))],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def question(request: Request, question_id: int) -> HttpResponse:
    """One question; the answer goes by mail to whoever asked it."""
    actor: Actor = request.actor
    found = _find(actor, question_id)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(actor, found, text=form.cleaned_data["text"])
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Your answer is on its way."))
            return done(request, found.get_absolute_url())
    return page(
        request,
        "sites/question.html",
        status=422 if form.is_bound else 200,
        nav="questions",
        question=found,
        form=form,
        may_answer=can(actor, "question.answer", found),
    )


@require_POST
@login_required
def close(request: Request, question_id: int) -> HttpResponse:
    found = _find(request.actor, question_id)
    actions.close(request.actor, found)
    messages.success(request, _("Closed without an answer."))
    return back(request, found.get_absolute_url())


def _find(actor: Actor, question_id: int) -> Question:
    found = Question.objects.visible_to(actor).select_related("space", "answered_by__page", "user__page")
    return get_object_or_404(found, pk=question_id)
