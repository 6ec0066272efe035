"""What is one's own: the profile as one edits it, settings, blocked people, all sessions."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from network import live, rates
from network.fragments import page, remember_language
from network.requests import Request
from profiles import actions
from profiles.forms import PreferencesForm, ProfileForm
from profiles.models import Block


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request) -> HttpResponse:
    """Change one's own page; a refused form comes back filled."""
    user = request.actor.person
    space = user.page
    if request.method == "POST":
        if request.FILES:
            rates.spend("upload", user.pk)
        form = ProfileForm(request.POST, request.FILES)
        if form.is_valid():
            actions.edit(
                request.actor,
                user,
                page=form.of_page,
                profile=form.of_profile,
                picture=form.redrawn_picture,
                without_picture=form.cleaned_data["without_picture"],
            )
            messages.success(request, _("Your page is saved."))
            return redirect(user.get_absolute_url())
        return page(request, "profiles/edit.html", form=form, space=space, status=422)
    return page(request, "profiles/edit.html", form=ProfileForm(initial=ProfileForm.initial_of(space, user.profile)), space=space)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: Request) -> HttpResponse:
    """How one wants to read. A new language shows at once."""
    user = request.actor.person
    form = PreferencesForm(request.POST or None, instance=user) if request.method == "POST" else PreferencesForm(instance=user)
    if request.method == "POST":
        if not form.is_valid():
            return page(request, "profiles/settings.html", form=form, status=422)
        chosen = form.cleaned_data
        actions.prefer(request.actor, **chosen)
        with translation.override(chosen["language"]):
            messages.success(request, _("Your settings are saved."))
            response = HttpResponseRedirect(reverse("settings"))
        remember_language(response, chosen["language"])
        return response
    return page(request, "profiles/settings.html", form=form)


@login_required
@require_safe
def blocked(request: Request) -> HttpResponse:
    """Whom one does not want to hear."""
    rows = Block.objects.filter(user=request.actor.user_id).select_related("blocked__page").order_by("-since")
    return page(request, "profiles/blocked.html", blocks=rows)


@login_required
@require_POST
def end_all_sessions(request: Request) -> HttpResponse:
    """Sign out everywhere, here too."""
    user = request.actor.person
    actions.end_sessions(user)
    logout(request)
    live.withdraw(user.pk)
    messages.success(request, _("You are signed out on all devices."))
    return redirect("account_login")


__all__ = ["blocked", "edit", "end_all_sessions", "settings"]
