"""Beginning a conversation: from the list, or from the page of somebody."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST

from chat import actions, queries
from chat.forms import NewForm
from chat.models import Conversation
from chat.views.common import guests_of, signed_in
from network import rates
from network.fragments import done, page
from network.names import fold
from network.permissions import check
from network.refusals import REFUSALS, Refusal
from network.requests import Request
from network.spaces.acting import speaking
from network.spaces.actors import Actor
from network.spaces.models import Space

SUGGESTIONS = 12


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: Request) -> HttpResponse:
    """Choose people or institutions, perhaps a name and the first words. `?with=` is chosen already, `?q=` searches."""
    check(request.actor, "conversation.start")
    if request.method != "POST":
        form = NewForm(initial={"client_id": uuid4()})
        form.handles = [handle for handle in request.GET.getlist("with") if handle][:50]
        return _show(request, form)
    form = NewForm(request.POST)
    if "search" in request.POST:  # the button beside the search box, without script: nothing is begun, nothing is lost
        return _show(request, form, words=request.POST.get("q", ""))
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        rates.spend("converse", request.actor.person.pk)
        actor = speaking(request)
        conversation = _begin(actor, guests_of(request, form), form)
    except REFUSALS as error:
        refusal = Refusal.of(error)
        form.add_error(None, refusal.sentence)
        return refusal.mark(_show(request, form, status=refusal.status))
    return done(request, conversation.get_absolute_url())


def _begin(actor: Actor, guests: list[Space], form: NewForm) -> Conversation:
    data = form.cleaned_data
    conversation = actions.start(actor, guests, name=data["name"], client_id=data["client_id"])
    if data["body"]:
        voice = actor if actor.entity_id is None or actor.entity in conversation.voices(actor) else actor.speaking_for(None)
        actions.send(voice, conversation, body=data["body"], client_id=data["client_id"])
    return conversation


def _show(request: Request, form: NewForm, *, status: int = 200, words: str | None = None) -> HttpResponse:
    actor = request.actor
    words = (request.GET.get("q", "") if words is None else words).replace("\0", "").strip()[:100]
    found = Space.objects.visible_to(actor).reachable().exclude(kind=Space.Kind.GROUP).exclude(user=actor.user_id).filter(listed=True)
    if words:
        rates.spend("lookup", actor.person.pk)
        for word in fold(words).split()[:8]:
            found = found.filter(folded__contains=word)
    else:  # those one talked to last, else those one follows
        found = found.filter(followers__user=actor.user_id)
    chosen = queries.guests(actor, form.handles)
    return page(
        request,
        "chat/new.html",
        status=status,
        nav="chat",
        form=form,
        q=words,
        chosen=chosen,
        suggestions=[space for space in found.order_by("kind", "name_ar", "pk")[:SUGGESTIONS] if space not in chosen],
    )


@require_POST
@signed_in
def with_space(request: Request, space_id: int) -> HttpResponse:
    """From the page of a person, an institution or a group: find the conversation, or begin it, and go there."""
    space = get_object_or_404(Space.objects.visible_to(request.actor), pk=space_id)
    try:
        rates.spend("converse", request.actor.person.pk)
        if space.kind == Space.Kind.GROUP:
            conversation = actions.room_of(request.actor, space)
        else:
            actor = speaking(request)
            if space.is_entity and actor.entity is None and actor.entities:
                # To an institution one writes for one's own: asked where there is more than one, taken where there is one.
                actor = actor.speaking_for(actor.entities[0].pk)
            conversation = actions.start(actor, [space])
    except (ValidationError, rates.TooMany) as error:
        messages.error(request, Refusal.of(error).sentence)
        return done(request, space.get_absolute_url())
    return done(request, conversation.get_absolute_url())
