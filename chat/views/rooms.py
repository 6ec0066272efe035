"""The rooms, one room, and pieces of its past."""

from __future__ import annotations

from uuid import uuid4

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat import queries
from chat.forms import MessageForm
from chat.models import Conversation, Message
from chat.views.common import find, signed_in
from network import rates
from network.fragments import fragment, page
from network.live import presence
from network.permissions import can
from network.requests import Request, as_number, language


@require_safe
@signed_in
def rooms(request: Request) -> HttpResponse:
    """Everything one takes part in; `?kind=archived` what was put away."""
    archived = request.GET.get("kind") == "archived"
    found = queries.rooms(request.actor, archived=archived)
    return page(
        request,
        "chat/page.html",
        nav="chat",
        rooms=found,
        sections=queries.sections(found),
        archived=archived,
        conversation=None,
        may_start=can(request.actor, "conversation.start"),
    )


@require_safe
@signed_in
def room_list(request: Request) -> HttpResponse:
    """The list alone, after a hint; `?here=` is the room that is open."""
    here = as_number(request.GET.get("here", ""), digits=9)
    archived = request.GET.get("kind") == "archived"
    found = queries.rooms(request.actor, archived=archived)
    return fragment(
        request, "chat/_rooms.html", rooms=found, sections=queries.sections(found), here=here, archived=archived, conversation=None
    )


@require_safe
@signed_in
def room(request: Request, conversation_id: int) -> HttpResponse:
    """A room at its first unread message, or at its end; `?around=` at a message."""
    return show(request, find(request, conversation_id))


def show(
    request: Request, conversation: Conversation, *, form: MessageForm | None = None, status: int = 200, refusal: str = ""
) -> HttpResponse:
    """The page of a room, with the form as it was and why it was refused."""
    actor = request.actor
    assert actor.user_id is not None  # noqa: S101 -- who takes part is signed in
    seat = get_object_or_404(Conversation.objects.visible_to(actor).with_seat(actor), pk=conversation.pk)
    around, unread = as_number(request.GET.get("around", ""), digits=9), seat.unread
    if around is None and unread and seat.known + 1 < conversation.last_number:
        around = seat.known + 1
    if around is not None and conversation.last_number - around < queries.PAGE // 2:
        around = None  # the end shows it
    shown = queries.window(actor, conversation, language(), around=around, read_number=seat.known, unread=unread)
    found = queries.rooms(actor)
    people = queries.people(actor, conversation)
    reply_to = _answered(request, conversation)
    voices = conversation.voices(actor)
    voice = str(voices[0].pk) if conversation.kind == Conversation.Kind.ENTITIES and voices else ""
    form = form or MessageForm(initial={"client_id": uuid4(), "reply_to": reply_to.pk if reply_to else None, "on_behalf_of": voice})
    return page(
        request,
        "chat/page.html",
        status=status,
        nav="chat",
        rooms=found,
        sections=queries.sections(found),
        archived=False,
        here=conversation.pk,
        conversation=conversation,
        room=next((room for room in found if room.pk == conversation.pk), None) or _room(request, conversation),
        messages_shown=shown.shown,
        before=shown.before,
        after=shown.after,
        is_tail=shown.is_tail,
        read_number=seat.known,
        unread=unread,
        reads={str(user_id): number for user_id, number in queries.reads(conversation).items()},
        people=people,
        people_count=conversation.space.members_count if conversation.space else len(people),
        here_count=sum(person.state == presence.HERE for person in people),
        pinned=queries.pinned(actor, conversation),
        form=form,
        reply_to=reply_to,
        refusal=refusal,
        voices=voices,
        is_muted=seat.muted_at is not None,
        may_start=can(actor, "conversation.start"),
        may_speak=can(actor, "conversation.speak", conversation),
    )


@require_safe
@signed_in
def messages(request: Request, conversation_id: int) -> HttpResponse:
    """Forty messages, before, after or around a number, or the newest; for a page that has some already."""
    conversation = find(request, conversation_id)
    shown = queries.window(
        request.actor,
        conversation,
        language(),
        before=as_number(request.GET.get("before", ""), digits=9),
        after=as_number(request.GET.get("after", ""), digits=9),
        around=as_number(request.GET.get("around", ""), digits=9),
    )
    response = fragment(
        request,
        "chat/_messages.html",
        conversation=conversation,
        messages_shown=shown.shown,
        before=shown.before,
        after=shown.after,
        is_tail=shown.is_tail,
    )
    # A script keeps them apart from the messages: where the next page begins, and how far the stream had come.
    response["X-Before"], response["X-After"] = str(shown.before or ""), str(shown.after or "")
    response["X-Version"] = str(conversation.version)
    return response


@require_safe
@signed_in
def search(request: Request, conversation_id: int) -> HttpResponse:
    """What was said in this room, by words."""
    conversation = find(request, conversation_id)
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found: list[Message] = []
    if words:
        rates.spend("search", request.actor.person.pk)
        found = queries.search(request.actor, conversation, words)
    return page(
        request,
        "chat/search.html",
        nav="chat",
        conversation=conversation,
        room=_room(request, conversation),
        words=words,
        found=found,
    )


@require_safe
@never_cache
def count(request: Request) -> HttpResponse:
    """`{"count": conversations with something unread, "rooms": {"9": 3}}`; for visitors nothing."""
    rooms = queries.unread_counts(request.actor)
    return JsonResponse({"count": len(rooms), "rooms": {str(pk): unread for pk, unread in rooms.items()}})


def _room(request: Request, conversation: Conversation) -> queries.Room:
    actor = request.actor
    row = Conversation.objects.visible_to(actor).with_seat(actor).with_participants()
    return queries.as_room(actor, row.select_related("last_message__author__page", "last_message__on_behalf_of").get(pk=conversation.pk))


def _answered(request: Request, conversation: Conversation) -> Message | None:
    number = as_number(request.GET.get("reply_to", ""), digits=9)
    if number is None:
        return None
    return Message.objects.visible_to(request.actor).kept().with_author().filter(conversation=conversation, pk=number).first()
