"""What a person chooses about notices, for everything and for one space."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from network.fragments import page
from network.permissions import can, check
from network.requests import Request
from network.spaces.answers import back, refuse, sentence
from network.spaces.models import Space
from notices import hours, wishes
from notices.actions import preferences as actions
from notices.forms import PreferencesForm, SpaceMailForm
from notices.kinds import LEVELS, SENTENCES, role_of
from notices.mail import dates
from notices.models import Frequency, Level, Preferences, SpaceMail
from notices.models.preferences import preferences_at_hand


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: Request) -> HttpResponse:
    """The grid, the hours, and what each choice will do."""
    user = request.actor.person
    preferences = preferences_at_hand(user) or Preferences(user=user)
    grid = wishes.mine(request.actor, preferences)
    if request.method == "POST":
        form = PreferencesForm(request.POST, instance=preferences, grid=grid)
        if not form.is_valid():
            return _settings(request, form, preferences, status=422)
        actions.choose(request.actor, form.chosen, **form.hours)
        messages.success(request, _("Your choice is saved."))
        return redirect("notice_settings")
    return _settings(request, PreferencesForm(instance=preferences, grid=grid), preferences)


def _settings(request: Request, form: PreferencesForm, preferences: Preferences, *, status: int = 200) -> HttpResponse:
    user, theirs = request.actor.person, hours.of(request.actor.person, preferences)
    comes = preferences.next_digest_at or theirs.next_digest(timezone.now())
    return page(
        request,
        "notices/settings.html",
        status=status,
        form=form,
        preferences=preferences,
        presets=[(code, name, about) for code, (name, about) in wishes.PRESETS.items()],
        preset=wishes.preset_of(preferences.choices, role_of(request.actor)),
        sentences=[(Frequency(code).label, words) for code, words in SENTENCES.items()],
        comes=dates.moment_of(comes, user, theirs),
        rests=pgettext("between items", ", ").join(str(WEEKDAYS[day - 1]) for day in sorted(theirs.weekend)),
        # Of a hidden place that one has left not even the name.
        levels=Level.objects.filter(user=user, space__in=Space.objects.visible_to(request.actor)).select_related("space").order_by("pk"),
    )


@require_POST
@login_required
def preset(request: Request) -> HttpResponse:
    """Fill the grid at once; "usual" forgets every choice."""
    try:
        actions.choose_preset(request.actor, request.POST.get("preset", ""))
    except KeyError:
        messages.error(request, _("Choose one of the three."))
    else:
        messages.success(request, _("Your choice is saved."))
    return redirect("notice_settings")


@require_POST
@login_required
def resume(request: Request) -> HttpResponse:
    """My address works again."""
    actions.resume_mail(request.actor)
    messages.success(request, _("Mail comes again from now on."))
    return redirect("notice_settings")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def of_space(request: Request, space_id: int) -> HttpResponse:
    """How much one hears of a space; and, for those who manage it, how it writes to its people."""
    actor = request.actor
    space = get_object_or_404(Space.objects.visible_to(actor), pk=space_id)
    held = SpaceMail.objects.filter(space=space).first()
    manages = can(actor, "space.manage", space) and space.kind != Space.Kind.PERSON
    form = SpaceMailForm(request.POST if request.method == "POST" else None, instance=held, space=space) if manages else None
    if request.method == "POST":
        check(actor, "space.manage", space)
        if form is not None and form.is_valid():
            try:
                actions.set_space_mail(actor, space, **form.cleaned_data)
            except ValidationError as error:
                refuse(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("space_notices", space_id=space.pk)
    own = Level.objects.filter(space=space, user=actor.person).first()
    usual = held.level if held is not None else Level.Of.NORMAL
    choices: list[dict[str, Any]] = [
        {"code": "", "name": _("The usual here: %(level)s") % {"level": Level.Of(usual).label}, "about": LEVELS[usual]}
    ]
    choices += [{"code": code, "name": Level.Of(code).label, "about": LEVELS[code]} for code in Level.Of.values]
    return page(
        request,
        "notices/space.html",
        status=422 if request.method == "POST" else 200,
        space=space,
        choices=choices,
        chosen=own.level if own is not None else "",
        form=form,
        post_address=_post_address(request, space, held),
    )


@require_POST
@login_required
def level(request: Request, space_id: int) -> HttpResponse:
    """Choose how much one hears of a space."""
    space = get_object_or_404(Space.objects.visible_to(request.actor), pk=space_id)
    try:
        actions.set_level(request.actor, space, request.POST.get("level", ""))
    except ValidationError as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, _("Your choice is saved."))
    return back(request, f"/{get_language()}/spaces/{space.pk}/notices/")


def _post_address(request: Request, space: Space, held: SpaceMail | None) -> str:
    """The member's own address, by which a mail becomes a topic here; nothing where no mail is taken."""
    from notices.mail.reply_address import post_address  # noqa: PLC0415 -- only this page

    if held is None or held.board is None or not can(request.actor, "topic.open", held.board):
        return ""
    return post_address(request.actor.person.pk, space.pk)
