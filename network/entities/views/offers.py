"""The link in a mail that offers a mandate: sign in or sign up with that address, then accept. Each way it can fail is told in words."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from network import rates
from network.fragments import done, page
from network.requests import Request
from network.spaces import actions
from network.spaces.actions.invitations import invitation_of, is_addressed_to
from network.spaces.answers import sentence
from network.spaces.models import MandateInvitation


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: Request, token: str) -> HttpResponse:
    """What is offered, and the button that accepts it. Whoever holds the link sees what the mail said, and nothing of any account."""
    rates.spend("invitation", rates.address_of(request))
    if request.method == "POST" and request.actor.user is None:
        return redirect_to_login(request.get_full_path())
    found = invitation_of(token)
    if found is None:
        return page(request, "entities/offer.html", status=404, nav="entities", invitation=None, state="unknown")
    if request.method == "POST":
        return _accept(request, found)
    return _shown(request, found)


def _accept(request: Request, found: MandateInvitation) -> HttpResponse:
    try:
        actions.accept_mandate(request.actor, found)
    except PermissionDenied:
        return _shown(request, found, status=403)
    except ValidationError as error:
        found.refresh_from_db()
        return _shown(request, found, status=422, refused=sentence(error))
    messages.success(request, _("Welcome: from now on you may write in the name of %(name)s.") % {"name": found.entity.name})
    return done(request, found.entity.get_absolute_url())


def _shown(request: Request, found: MandateInvitation, *, status: int = 200, refused: str = "") -> HttpResponse:
    person = request.actor.user
    state = found.state
    if person is not None and state == MandateInvitation.State.OPEN and not is_addressed_to(found, person):
        state = "other"
    mine = found.mandate is not None and person is not None and found.mandate.user_id == person.pk
    return page(
        request,
        "entities/offer.html",
        status=status,
        nav="entities",
        invitation=found,
        entity=found.entity,
        state="mine" if mine else state,
        person=person,
        refused=refused,
        here=request.get_full_path(),
    )
