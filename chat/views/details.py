"""Who takes part, what a conversation is called, and what one keeps of it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat import actions, queries
from chat.forms import AddForm, DetailsForm
from chat.models import Conversation
from chat.views.common import find, guests_of, signed_in
from network import rates
from network.files import serve_stored
from network.fragments import done, is_partial, page
from network.live import presence
from network.permissions import can
from network.refusals import REFUSALS, Refusal
from network.requests import Request, as_number, language


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def details(request: Request, conversation_id: int) -> HttpResponse:
    """What the room is called, who takes part, what is pinned, its files; POST changes its name, line and picture."""
    conversation = find(request, conversation_id)
    if request.method != "POST":
        return show(request, conversation)
    form = DetailsForm(request.POST, request.FILES)
    if not form.is_valid():
        return show(request, conversation, form=form, status=422)
    actions.describe(request.actor, conversation, name=form.cleaned_data["name"], topic=form.cleaned_data["topic"])
    if form.redrawn_picture is not None:
        actions.set_picture(request.actor, conversation, form.redrawn_picture)
    elif form.cleaned_data["without_picture"]:
        actions.set_picture(request.actor, conversation, None)
    return done(request, _home(conversation))


def show(
    request: Request,
    conversation: Conversation,
    *,
    form: DetailsForm | None = None,
    add_form: AddForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    actor = request.actor
    seat = get_object_or_404(Conversation.objects.visible_to(actor).with_seat(actor), pk=conversation.pk)
    people = queries.people(actor, conversation)
    return page(
        request,
        "chat/details.html",
        status=status,
        nav="chat",
        conversation=conversation,
        title=conversation.title_for(actor),
        face=conversation.face_for(actor),
        people=people,
        people_count=conversation.space.members_count if conversation.space else len(people),
        here_count=sum(person.state == presence.HERE for person in people),
        participants=list(conversation.participants.all()),
        pinned=queries.pinned(actor, conversation),
        files=queries.files(actor, conversation),
        form=form or DetailsForm(initial={"name": conversation.name, "topic": conversation.topic}),
        add_form=add_form or AddForm(),
        chosen=queries.guests(actor, add_form.handles) if add_form is not None else [],
        may_share=conversation.seen_from(actor) == 1,
        refusal=refusal,
        is_muted=seat.muted_at is not None,
        is_archived=seat.is_put_away,
        may_edit=can(actor, "conversation.edit", conversation),
        may_add=can(actor, "conversation.add", conversation),
        may_remove=can(actor, "conversation.remove", conversation),
        may_leave=can(actor, "conversation.leave", conversation),
    )


@require_POST
@signed_in
def add(request: Request, conversation_id: int) -> HttpResponse:
    """`who`: handles; `history`: they also see what was said before."""
    conversation = find(request, conversation_id)
    form = AddForm(request.POST)
    form.is_valid()
    if not form.handles:
        return show(request, conversation, add_form=form, refusal=_("Choose at least one person or institution."), status=422)
    try:
        guests = guests_of(request, form)
        rates.spend("invite", request.actor.person.pk, len(guests))
        actions.add(request.actor, conversation, guests, history=bool(form.cleaned_data.get("history")))
    except REFUSALS as error:
        refusal = Refusal.of(error)
        return refusal.mark(show(request, conversation, add_form=form, refusal=refusal.sentence, status=refusal.status))
    return done(request, conversation.get_absolute_url())


@require_POST
@signed_in
def remove(request: Request, conversation_id: int, participant_id: int) -> HttpResponse:
    conversation = find(request, conversation_id)
    participant = get_object_or_404(conversation.participants.all(), pk=participant_id)
    actions.remove(request.actor, conversation, participant)
    if not Conversation.objects.visible_to(request.actor).filter(pk=conversation.pk).exists():  # one can take oneself out
        return done(request, _list(request))
    return done(request, _home(conversation))


@require_POST
@signed_in
def leave(request: Request, conversation_id: int) -> HttpResponse:
    conversation = find(request, conversation_id)
    try:
        actions.leave(request.actor, conversation)
    except ValidationError as wrong:
        return show(request, conversation, refusal=" ".join(wrong.messages), status=422)
    messages.success(request, _("You left the conversation."))
    return done(request, _list(request))


@require_POST
@signed_in
def read(request: Request, conversation_id: int) -> HttpResponse:
    """`number`: the reader has read so far."""
    conversation = find(request, conversation_id)
    number = as_number(request.POST.get("number", ""), digits=9)
    if number is None:
        return HttpResponse(status=422)
    actions.mark_read(request.actor, conversation, number)
    return _kept(request, conversation)


@require_POST
@signed_in
def mute(request: Request, conversation_id: int, *, on: bool) -> HttpResponse:
    conversation = find(request, conversation_id)
    actions.mute(request.actor, conversation, muted=on)
    return _kept(request, conversation)


@require_POST
@signed_in
def archive(request: Request, conversation_id: int, *, on: bool) -> HttpResponse:
    conversation = find(request, conversation_id)
    actions.archive(request.actor, conversation, archived=on)
    if on and not request.headers.get("X-Requested-With"):
        messages.success(request, _("Archived. It comes back by itself when something is said in it."))
        return done(request, _list(request))
    return _kept(request, conversation)


@require_safe
@signed_in
def picture(request: Request, conversation_id: int) -> FileResponse:
    conversation = find(request, conversation_id)
    if not conversation.picture:
        raise Http404
    return serve_stored(conversation.picture, "picture.webp", "image/webp", inline=True)


def _kept(request: Request, conversation: Conversation) -> HttpResponse:
    if request.headers.get("X-Requested-With") or is_partial(request):
        return HttpResponse(status=204)
    return done(request, conversation.get_absolute_url())


def _home(conversation: Conversation) -> str:
    return f"{conversation.get_absolute_url()}details/"


def _list(request: Request) -> str:
    return f"/{language()}/conversations/"
