"""Letters of the secretariat: drafts, whom they reach, how far they have come. Others find only the letters that were sent to them."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network.fragments import fragment, is_partial, page
from network.permissions import can
from network.requests import Request, as_number, language
from network.spaces.actors import Actor
from network.spaces.answers import refuse, sentence
from notices import audience
from notices.actions import newsletters as actions
from notices.forms import NewsletterForm
from notices.mail import newsletter as mails
from notices.mail import shown
from notices.mail.render import render
from notices.models import Newsletter

ROWS = 20


@login_required
@require_safe
def newsletters(request: Request) -> HttpResponse:
    """Drafts first, then what was sent, with how many mails went."""
    _writer(request)
    found = Newsletter.objects.select_related("by__page").order_by(F("sent_at").desc(nulls_first=True), "-pk")
    paged = Paginator(found, ROWS).get_page(request.GET.get("page"))
    come = audience.progress(paged)
    return page(request, "notices/newsletters.html", paged=paged, lines=[(one, come[one.pk]) for one in paged])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    return _form(request, _writer(request), None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def newsletter(request: Request, newsletter_id: int) -> HttpResponse:
    """A draft as one edits it; a letter that was sent, with how far it has come; for those it was written to, the letter."""
    row = Newsletter.objects.select_related("space", "by__page").filter(pk=newsletter_id).first()
    writer = request.actor.for_secretariat()
    if row is None or not (can(writer, "newsletter.send") or audience.may_read(request.actor, row)):
        raise Http404
    if not can(writer, "newsletter.send"):
        title, body, code = mails.words(row)
        return page(request, "notices/newsletter_read.html", newsletter=row, title=title, body=body, code=code, rtl=code == "ar")
    if row.sent_at is None:
        return _form(request, writer, row)
    come = audience.progress([row])[row.pk]
    if is_partial(request):
        return fragment(request, "notices/_newsletter_progress.html", newsletter=row, come=come)
    code = _language_of(request, row)
    title = row.title_in(code) or row.title
    return shown.framing(page(request, "notices/newsletter_sent.html", newsletter=row, come=come, shown_in=code, title=title))


def _form(request: Request, writer: Actor, row: Newsletter | None) -> HttpResponse:
    form = NewsletterForm(request.POST or None, instance=row)
    status = 200
    # Without script the button beside the number counts anew: nothing is kept then, and nothing lost.
    if request.method == "POST" and "count" not in request.POST:
        if form.is_valid():
            try:
                kept = actions.draft(writer, row, **form.fields_of_letter)
            except ValidationError as error:
                refuse(form, error)
            else:
                messages.success(request, _("The draft is kept."))
                return redirect("newsletter_confirm" if request.POST.get("then") == "send" else "newsletter", newsletter_id=kept.pk)
        status = 422
    chosen = form.audience if form.is_bound else row.audience if row is not None else audience.EMPTY
    answer = page(
        request,
        "notices/newsletter.html",
        status=status,
        form=form,
        # What was typed is in the form; what is kept is asked for again, for the form has written over its row.
        newsletter=Newsletter.objects.get(pk=row.pk) if row is not None else None,
        found=None if form.audience_errors else audience.of(chosen),
        shown_in=_language_of(request, row),
    )
    return shown.framing(answer)


@login_required
@require_safe
def count(request: Request) -> HttpResponse:
    """How many people the choices of the form mean, while one chooses."""
    _writer(request)
    form = NewsletterForm(request.GET)
    wrong = form.audience_errors
    return fragment(request, "notices/_newsletter_count.html", found=None if wrong else audience.of(form.audience), wrong=wrong)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: Request, newsletter_id: int) -> HttpResponse:
    """The exact number before it goes; the POST sends to exactly so many, or shows the new number."""
    writer = _writer(request)
    row = get_object_or_404(Newsletter.objects.select_related("space"), pk=newsletter_id)
    if row.sent_at is not None:
        return redirect("newsletter", newsletter_id=row.pk)
    if request.method == "POST":
        try:
            actions.send(writer, row, people=as_number(request.POST.get("people", "")) or 0)
        except ValidationError as error:
            messages.error(request, sentence(error))
            return redirect("newsletter_confirm" if error.code == "changed" else "newsletter", newsletter_id=row.pk)
        messages.success(request, _("The letter is on its way."))
        return redirect("newsletter", newsletter_id=row.pk)
    return page(request, "notices/newsletter_confirm.html", newsletter=row, found=audience.of(row.audience))


@login_required
@require_POST
def discard(request: Request, newsletter_id: int) -> HttpResponse:
    writer = _writer(request)
    row = get_object_or_404(Newsletter, pk=newsletter_id)
    actions.discard(writer, row)
    messages.success(request, _("The draft is gone."))
    return redirect("newsletters")


@login_required
@require_safe
@xframe_options_exempt
def mail(request: Request, newsletter_id: int) -> HttpResponse:
    """The letter as it arrives with whoever reads `?language=`; without it, with whoever reads the language of the page."""
    _writer(request)
    row = get_object_or_404(Newsletter.objects.select_related("space"), pk=newsletter_id)
    with translation.override(_language_of(request, row)):
        html, _text = render("newsletter", mails.context_of(row))
    return shown.framed(html)


def _language_of(request: Request, row: Newsletter | None) -> str:
    """In which language the letter is shown: the one asked for, else the page's where it is written in it, else the first."""
    asked = request.GET.get("language", "")
    if asked in settings.LANGUAGE_NAMES:
        return asked
    return (row.language_for(language()) if row is not None else "") or language()


def _writer(request: Request) -> Actor:
    """The actor in the secretariat's name; for whoever cannot write in it there is no such page."""
    writer = request.actor.for_secretariat()
    if not can(writer, "newsletter.send"):
        raise Http404
    return writer
