"""Opening and running a group: its choices, who asks, who is asked, who owns it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from network import rates
from network.fragments import done, page
from network.groups import actions
from network.groups.forms import GroupForm, HandOverForm, InviteForm
from network.groups.views.place import find, members_page, show
from network.permissions import can, check
from network.requests import Request
from network.spaces import actions as spaces
from network.spaces.acting import speaking
from network.spaces.actors import Actor
from network.spaces.answers import refuse, sentence
from network.spaces.models import Invitation, JoinRequest


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: Request) -> HttpResponse:
    """Open a group: one's own, or one that an institution owns."""
    actor: Actor = request.actor
    check(actor, "group.create")
    form = GroupForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            group = actions.create(speaking(request), **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The group is open. Invite people, or write the first word."))
            return done(request, group.get_absolute_url())
    chosen = request.POST.get("on_behalf_of", "")
    return page(request, "groups/form.html", status=422 if form.is_bound else 200, nav="groups", form=form, group=None, chosen=chosen)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: Request, group_id: int) -> HttpResponse:
    actor: Actor = request.actor
    group = find(request, group_id)
    check(actor, "group.edit", group)
    form = GroupForm(request.POST or None, request.FILES or None, instance=group)
    if request.method == "POST" and form.is_valid():
        try:
            group = actions.edit(actor, group, **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Saved."))
            return done(request, group.get_absolute_url())
    return page(
        request, "groups/form.html", status=422 if form.is_bound else 200, nav="groups", here_space_id=group.pk, form=form, group=group
    )


@require_safe
@login_required
def requests(request: Request, group_id: int) -> HttpResponse:
    """Who asks to be let in, the oldest first."""
    group = find(request, group_id)
    check(request.actor, "space.manage", group)
    waiting = JoinRequest.objects.filter(space=group).select_related("user__page", "entity")[:100]
    return show(request, group, "requests", waiting=waiting)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def invitations(request: Request, group_id: int) -> HttpResponse:
    """Whom the group has asked in, and asking more: people and institutions."""
    actor: Actor = request.actor
    group = find(request, group_id)
    check(actor, "space.manage", group)
    may_invite = can(actor, "space.invite", group)
    form = InviteForm(actor, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        check(actor, "space.invite", group)
        rates.spend("lookup", actor.person.pk)  # a name tried is a name looked up
        if form.is_valid():
            rates.spend("invite", actor.user_id or 0)
            fields = dict(form.cleaned_data)
            who = fields.pop("who")
            try:
                spaces.invite(actor, group, user=who.user, entity=None if who.user_id else who, **fields)
            except ValidationError as error:
                refuse(form, error)
            else:
                messages.success(request, _("%(name)s is invited.") % {"name": who.name})
                return done(request, request.path)
    sent = Invitation.objects.filter(space=group).select_related("user__page", "entity", "by__page")[:100]
    return show(request, group, "invitations", status=422 if form.is_bound else 200, form=form if may_invite else None, sent=sent)


@require_http_methods(["POST"])
@login_required
def hand_over(request: Request, group_id: int) -> HttpResponse:
    """Make a member the owner and step down."""
    group = find(request, group_id)
    check(request.actor, "space.hand_over", group)
    form = HandOverForm(group, request.POST)
    if not form.is_valid():
        return members_page(request, group, refusal=" ".join(str(error) for errors in form.errors.values() for error in errors))
    try:
        spaces.hand_over(request.actor, group, form.cleaned_data["to"].user)
    except ValidationError as error:
        return members_page(request, group, refusal=sentence(error))
    messages.success(request, _("The group is handed over."))
    return done(request, f"{group.get_absolute_url()}members/")
