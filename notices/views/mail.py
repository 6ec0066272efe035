"""What a mail's own links lead to, and the digest before it comes."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import rates
from network.fragments import page
from network.requests import Request, language
from notices import hours
from notices.actions import preferences as actions
from notices.kinds import KINDS
from notices.mail import dates, digest, links, outbox, shown
from notices.models import Mail, Preferences


@csrf_exempt  # a mail program sends it by itself, without a page (RFC 8058); the signed address is the proof, and can do nothing else
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: Request, token: str) -> HttpResponse:
    """End the mails that the address names: asked for on the page, done by the POST, no signing in."""
    meant = links.read_stop(token)
    if meant is None:
        raise Http404
    user = get_object_or_404(get_user_model(), pk=meant[0])
    if request.method == "POST":
        actions.stop_mail(user, meant[1])
    with translation.override(user.language):
        request.LANGUAGE_CODE = user.language
        kinds = [KINDS[code].name if code in KINDS else Mail.Kind.DIGEST.label for code in meant[1]]
        return page(request, "notices/stop.html", kinds=kinds, stopped=request.method == "POST", weekly=None)


@csrf_exempt  # as above: the address is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def weekly(request: Request, token: str) -> HttpResponse:
    """Turn what is daily into weekly."""
    user = get_object_or_404(get_user_model(), pk=links.read_weekly(token) or 0)
    if request.method == "POST":
        actions.weekly(user)
    with translation.override(user.language):
        request.LANGUAGE_CODE = user.language
        return page(request, "notices/stop.html", kinds=[], stopped=request.method == "POST", weekly=True)


@require_safe
@login_required
def preview(request: Request) -> HttpResponse:
    """The next digest as it would be now, and when it comes."""
    user = request.actor.person
    preferences = Preferences.objects.filter(user=user).first()
    theirs = hours.of(user, preferences)
    made = digest.preview(user)
    comes = preferences.next_digest_at if preferences is not None and preferences.next_digest_at else theirs.next_digest(timezone.now())
    answer = page(
        request,
        "notices/digest.html",
        subject=made.subject,
        is_news=made.is_news,
        comes=dates.moment_of(comes, user, theirs),
        paused=preferences is not None and preferences.paused_at is not None,
        last=user.mails.filter(kind=Mail.Kind.DIGEST, state=Mail.State.SENT).first(),
    )
    return shown.framing(answer)


@require_safe
@xframe_options_exempt
@login_required
def preview_mail(request: Request) -> HttpResponse:
    """The mail itself, for the frame of the page above; in the language of the page."""
    html, _text = digest.html_of(digest.preview(request.actor.person))
    return shown.framed(html)


@require_POST
@login_required
def trial(request: Request) -> HttpResponse:
    """Send me my next digest as it is now, as a trial."""
    user = request.actor.person
    rates.spend("trial", user.pk)
    outbox.post(Mail.Kind.TEST, f"test:{user.pk}:{timezone.now():%Y%m%d%H%M%S}", user=user)
    messages.success(request, _("A trial is on its way to %(address)s.") % {"address": user.email})
    return redirect(f"/{language()}/notices/digest/")


__all__ = ["preview", "preview_mail", "settings", "stop", "trial", "weekly"]
