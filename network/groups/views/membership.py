"""Coming and going: the buttons of a group. Each is a POST that answers with the page it stood on."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from network.fragments import done
from network.groups import actions
from network.groups.views.place import find, members_page
from network.permissions import check
from network.requests import Request
from network.spaces import actions as spaces
from network.spaces.acting import speaking
from network.spaces.answers import back, sentence
from network.spaces.models import JoinRequest, Membership


@require_POST
@login_required
def join(request: Request, group_id: int) -> HttpResponse:
    """Through an open door, for oneself or for one's institution."""
    group = find(request, group_id)
    actions.join(speaking(request), group)
    messages.success(request, _("You are in. Welcome."))
    return back(request, group.get_absolute_url())


@require_POST
@login_required
def leave(request: Request, group_id: int) -> HttpResponse:
    """One's own membership; the last owner is told what to do first."""
    group = find(request, group_id)
    own = Membership.objects.filter(space=group, user=request.actor.user_id).first()
    if own is None:
        check(request.actor, "group.leave", group)
        return members_page(
            request,
            group,
            refusal=_("You are here through an institution you speak for. Take the institution out of the group, if that is meant."),
        )
    try:
        spaces.remove(request.actor, own)
    except ValidationError as error:
        return members_page(request, group, refusal=sentence(error))
    messages.success(request, _("You left %(group)s.") % {"group": group.name})
    # A hidden or closed group is gone for whoever left it.
    return done(request, f"/{request.LANGUAGE_CODE}/groups/")


@require_POST
@login_required
def take_back(request: Request, group_id: int) -> HttpResponse:
    """One's own request, before it is answered."""
    group = find(request, group_id)
    spaces.withdraw_request(request.actor, group)
    return back(request, group.get_absolute_url())


@require_POST
@login_required
def answer(request: Request, group_id: int, request_id: int) -> HttpResponse:
    """Let someone in, or say no with a word."""
    group = find(request, group_id)
    check(request.actor, "space.manage", group)
    to = f"{group.get_absolute_url()}requests/"
    asked = JoinRequest.objects.filter(space=group, pk=request_id).select_related("space").first()
    if asked is None:
        messages.info(request, _("Somebody answered this request meanwhile."))
        return back(request, to)
    approve = request.POST.get("answer") == "approve"
    try:
        spaces.answer_request(
            request.actor, asked, approve=approve, message=request.POST.get("message", "").replace("\0", "").strip()[:500]
        )
    except ValidationError as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, _("Let in.") if approve else _("Declined."))
    return back(request, to)


@require_POST
@login_required
def role(request: Request, group_id: int, membership_id: int) -> HttpResponse:
    group = find(request, group_id)
    membership = get_object_or_404(Membership.objects.select_related("space"), space=group, pk=membership_id)
    try:
        spaces.set_role(request.actor, membership, request.POST.get("role", ""))
    except ValidationError as error:
        return members_page(request, group, refusal=sentence(error))
    messages.success(request, _("The role is changed."))
    return back(request, f"{group.get_absolute_url()}members/")


@require_POST
@login_required
def remove(request: Request, group_id: int, membership_id: int) -> HttpResponse:
    """Another person, or an institution: one's own, or any when one moderates."""
    group = find(request, group_id)
    membership = get_object_or_404(Membership.objects.select_related("space"), space=group, pk=membership_id)
    try:
        spaces.remove(request.actor, membership)
    except ValidationError as error:
        return members_page(request, group, refusal=sentence(error))
    messages.success(request, _("Removed from the group."))
    return back(request, f"{group.get_absolute_url()}members/")
