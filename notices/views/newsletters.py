"""Letters of the secretariat: drafts, whom they reach, and how far they have come. For whoever does not write them there are no such pages."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network.fragments import fragment, page
from network.permissions import can
from network.requests import Request
from network.spaces.answers import refuse, sentence
from network.spaces.models import Space
from notices import audience
from notices.actions import newsletters as actions
from notices.forms import NewsletterForm
from notices.mail import newsletter as mails
from notices.mail import shown
from notices.mail.render import render
from notices.models import Mail, Newsletter

ROWS = 20


@login_required
@require_safe
def newsletters(request: Request) -> HttpResponse:
    """Drafts first, then what was sent, with how many mails went."""
    _only_writers(request)
    found = Newsletter.objects.select_related("by__page").order_by("-sent_at", "-pk")
    return page(request, "notices/newsletters.html", paged=Paginator(found, ROWS).get_page(request.GET.get("page")))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    _only_writers(request)
    return _form(request, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def newsletter(request: Request, newsletter_id: int) -> HttpResponse:
    """A draft as one edits it, with the people it would reach; a letter that was sent, with how far it has come."""
    _only_writers(request)
    row = get_object_or_404(Newsletter.objects.select_related("space", "by__page"), pk=newsletter_id)
    if row.sent_at is None:
        return _form(request, row)
    states = dict(Mail.objects.filter(key__startswith=f"newsletter:{row.pk}:").values_list("state").annotate(n=Count("pk")).order_by())
    counted = [(Mail.State(state).label, states.get(state, 0)) for state in Mail.State.values]
    answer = page(request, "notices/newsletter_sent.html", newsletter=row, states=counted, waiting=states.get("waiting", 0))
    return shown.framing(answer)


def _form(request: Request, row: Newsletter | None) -> HttpResponse:
    form = NewsletterForm(request.POST or None, instance=row)
    if request.method == "POST":
        if form.is_valid():
            try:
                kept = actions.draft(request.actor, row, space=_secretariat(request), **form.fields_of_letter)
            except ValidationError as error:
                refuse(form, error)
            else:
                messages.success(request, _("The draft is kept."))
                return redirect("newsletter_confirm" if request.POST.get("then") == "send" else "newsletter", newsletter_id=kept.pk)
        return shown.framing(page(request, "notices/newsletter.html", form=form, newsletter=row, found=None, status=422))
    found = audience.of(row.audience if row is not None else audience.EMPTY)
    answer = page(request, "notices/newsletter.html", form=form, newsletter=row, found=found)
    return shown.framing(answer)


@login_required
@require_safe
def count(request: Request) -> HttpResponse:
    """How many people the choices of the form mean, while one chooses."""
    _only_writers(request)
    form = NewsletterForm(request.GET)
    return fragment(request, "notices/_newsletter_count.html", found=audience.of(form.audience))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Request, newsletter_id: int) -> HttpResponse:
    """The exact number before it goes; the POST sends."""
    _only_writers(request)
    row = get_object_or_404(Newsletter.objects.select_related("space"), pk=newsletter_id)
    if row.sent_at is not None:
        return redirect("newsletter", newsletter_id=row.pk)
    if request.method == "POST":
        try:
            actions.send(request.actor, row)
        except ValidationError as error:
            messages.error(request, sentence(error))
            return redirect("newsletter", newsletter_id=row.pk)
        messages.success(request, _("The letter is on its way."))
        return redirect("newsletter", newsletter_id=row.pk)
    return page(request, "notices/newsletter_confirm.html", newsletter=row, found=audience.of(row.audience))


@login_required
@require_POST
def discard(request: Request, newsletter_id: int) -> HttpResponse:
    _only_writers(request)
    row = get_object_or_404(Newsletter, pk=newsletter_id)
    actions.discard(request.actor, row)
    messages.success(request, _("The draft is gone."))
    return redirect("newsletters")


@login_required
@require_safe
@xframe_options_exempt
def mail(request: Request, newsletter_id: int) -> HttpResponse:
    """The letter as it arrives, in the language of the page."""
    _only_writers(request)
    row = get_object_or_404(Newsletter.objects.select_related("space"), pk=newsletter_id)
    html, _text = render("newsletter", mails.context_of(row))
    return shown.framed(html)


def _only_writers(request: Request) -> None:
    if not can(request.actor, "newsletter.send"):
        raise Http404


def _secretariat(request: Request) -> Space:
    """In whose name: the institution of the secretariat for which the actor holds a mandate."""
    return next(mandate.entity for mandate in request.actor.mandates.values() if mandate.entity.sees_all)
