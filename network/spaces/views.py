"""Following, and the invitations that wait for me or for my institutions."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from network.fragments import done, page
from network.requests import Request
from network.spaces import actions
from network.spaces.acting import speaking
from network.spaces.actors import Actor
from network.spaces.answers import back, sentence
from network.spaces.models import Invitation, Space
from network.spaces.readers import addressed_to


@require_safe
@login_required
def invitations(request: Request) -> HttpResponse:
    """What waits for my answer, and for that of the institutions I speak for."""
    found = _mine(request.actor).select_related("space", "entity", "by__page")
    return page(request, "spaces/invitations.html", invitations=found, nav="groups")


@require_POST
@login_required
def accept(request: Request, invitation_id: int) -> HttpResponse:
    invitation = get_object_or_404(_mine(request.actor).select_related("space"), pk=invitation_id)
    try:
        actions.accept(request.actor, invitation)
    except ValidationError as error:
        messages.error(request, sentence(error))
        return back(request, "/")
    messages.success(request, _("You are in. Welcome."))
    return done(request, invitation.space.get_absolute_url())


@require_POST
@login_required
def decline(request: Request, invitation_id: int) -> HttpResponse:
    """Say no, or take an invitation of one's own space back."""
    actor: Actor = request.actor
    found = Invitation.objects.filter(addressed_to(actor) | Q(space__in=actor.managed) | Q(by=actor.user_id))
    invitation = get_object_or_404(found, pk=invitation_id)
    actions.decline(actor, invitation)
    return back(request, "/")


@require_POST
@login_required
def follow(request: Request, space_id: int) -> HttpResponse:
    space = get_object_or_404(Space.objects.visible_to(request.actor), pk=space_id)
    actions.follow(speaking(request), space)
    return back(request, space.get_absolute_url())


@require_POST
@login_required
def unfollow(request: Request, space_id: int) -> HttpResponse:
    space = get_object_or_404(Space.objects.visible_to(request.actor), pk=space_id)
    actions.unfollow(speaking(request), space)
    return back(request, space.get_absolute_url())


def _mine(actor: Actor):  # type: ignore[no-untyped-def]
    return Invitation.objects.filter(addressed_to(actor))
