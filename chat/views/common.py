"""What every view of conversations needs: finding what one takes part in, answers for scripts, going back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from chat import queries
from chat.forms import WhomForm
from chat.models import Conversation, Message
from network.refusals import Refusal
from network.requests import Request
from network.spaces.models import Space

View = Callable[..., HttpResponseBase]


def find(request: Request, conversation_id: int) -> Conversation:
    """A conversation the reader takes part in, with all that doors and names read of it, or 404."""
    return get_object_or_404(Conversation.objects.visible_to(request.actor).with_participants(), pk=conversation_id)


def find_message(request: Request, message_id: int) -> Message:
    """A message the reader may see, or 404."""
    return get_object_or_404(Message.objects.visible_to(request.actor).with_author().with_conversation(), pk=message_id)


def guests_of(request: Request, form: WhomForm) -> list[Space]:
    """Whom the form names; ValidationError where somebody it names is not there for the reader: never fewer than were meant."""
    found = queries.guests(request.actor, form.handles)
    if len(found) < len(form.handles):
        raise ValidationError({"who": _("Choose people and institutions you can see.")})
    return found


def wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def signed_in(view: View) -> View:
    """Visitors are led to sign in; a script is told in words, and keeps what was written."""
    guarded = login_required(view)

    @wraps(view)
    def answer(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.actor.user_id is None and wants_json(request):
            return refused(Refusal(401, _("You were signed out. Sign in again: what you wrote is kept.")))
        return guarded(request, *args, **kwargs)

    return answer


def refused(refusal: Refusal) -> JsonResponse:
    """Why not, in the reader's language, for a script that keeps the words."""
    answer: dict[str, object] = {"error": refusal.sentence}
    if refusal.seconds:
        answer["seconds"] = refusal.seconds
    return refusal.mark(JsonResponse(answer, status=refusal.status))
