"""A message: sending it, its place, its menu, and what is done with it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat import actions, queries
from chat.forms import EditForm, MessageForm
from chat.fragments import message_html
from chat.models import Attachment, Conversation, Message, MessageReaction, Seat
from chat.views.common import find, find_message, refused, signed_in, wants_json
from chat.views.rooms import show
from network import rates, text
from network.files import serve_stored
from network.fragments import done, fragment, is_partial, page
from network.permissions import can, check
from network.reactions import reaction_choices
from network.refusals import REFUSALS, Refusal
from network.requests import Request, language
from network.spaces.acting import speaking
from network.spaces.writing import spend


# --- Sending ----------------------------------------------------------------------------------------------------------------
@require_POST
@signed_in
def send(request: Request, conversation_id: int) -> HttpResponse:
    """Say something. A script gets the message, or a status and a sentence, and keeps the words; without one the page comes back."""
    if wants_json(request):
        return _send_by_script(request, conversation_id)
    conversation = find(request, conversation_id)
    form = MessageForm(request.POST, request.FILES)
    try:
        message = _send(request, conversation, form)
    except REFUSALS as error:
        refusal = Refusal.of(error)
        return refusal.mark(show(request, conversation, form=form, status=refusal.status, refusal=refusal.sentence))
    if message is None:
        return show(request, conversation, form=form, status=422)
    _tell_unknown(request, message)
    return done(request, f"{conversation.get_absolute_url()}#{message.element_id}")


def _send_by_script(request: Request, conversation_id: int) -> HttpResponse:
    conversation = Conversation.objects.visible_to(request.actor).with_participants().filter(pk=conversation_id).first()
    if conversation is None:
        return refused(
            Refusal(404, _("You no longer take part in this conversation. What you wrote is kept here; copy it if you need it."))
        )
    form = MessageForm(request.POST, request.FILES)
    try:
        message = _send(request, conversation, form)
    except REFUSALS as error:
        return refused(Refusal.of(error))
    if message is None:
        return refused(Refusal(422, " ".join(str(sentence) for sentences in form.errors.values() for sentence in sentences)))
    return JsonResponse(_answer(message))


def _send(request: Request, conversation: Conversation, form: MessageForm) -> Message | None:
    """None when the form says what is wrong. A page that comes back has lost its files, a script has them still: only a page's are taken in first."""
    valid, person, keeps_files = form.is_valid(), request.actor.person, wants_json(request)
    upload = partial(actions.upload, request.actor)
    files = [] if keeps_files else form.take_files(person, Attachment, upload)
    if not valid or form.errors:
        return None
    data, actor = form.cleaned_data, speaking(request)
    if (data["files"] or data["kept"]) and (sent := actions.sent_before(actor, conversation, data["client_id"])):
        return sent  # a retry: its files are here already, and hang on it
    spend(actor, "chat", data["body"])
    if keeps_files:
        files = form.take_files(person, Attachment, upload)
        if form.errors:
            return None
    answered = None
    if data.get("reply_to"):
        answered = Message.objects.visible_to(actor).kept().filter(conversation=conversation, pk=data["reply_to"]).first()
    return actions.send(actor, conversation, body=data["body"], client_id=data["client_id"], reply_to=answered, attachments=files)


def _answer(message: Message) -> dict[str, Any]:
    return {
        "id": message.pk,
        "number": message.number,
        "version": message.version,
        "html": message_html(message, language()),
        "unknown": list(message.unknown),
    }


def _tell_unknown(request: Request, message: Message) -> None:
    if message.unknown:
        names = pgettext("between items", ", ").join(f"@{handle}" for handle in message.unknown)
        messages.warning(request, _("Sent. Nobody here is called %(names)s.") % {"names": names})


# --- Its place and its menu ---------------------------------------------------------------------------------------------------
@require_safe
@signed_in
def place(request: Request, message_id: int) -> HttpResponse:
    """The permanent link: to the message's place in its conversation, in the reader's language."""
    return done(request, find_message(request, message_id).get_absolute_url())


@require_safe
@signed_in
def menu(request: Request, message_id: int) -> HttpResponse:
    """What this reader may do with the message: a page of its own, a floating menu with script."""
    message, actor = find_message(request, message_id), request.actor
    given = list(MessageReaction.objects.filter(message=message, user=actor.user_id).values_list("kind", flat=True))
    said = message.kind == Message.Kind.TEXT and message.deleted_at is None
    context: dict[str, Any] = {
        "message": message,
        "conversation": message.conversation,
        "reactions": reaction_choices("message", message.pk, message.reactions, given) if can(actor, "message.react", message) else [],
        "may_reply": said and can(actor, "conversation.speak", message.conversation),
        "may_edit": can(actor, "message.edit", message),
        "may_delete": can(actor, "message.delete", message),
        "may_pin": can(actor, "message.pin", message),
        "is_pinned": message.pinned_at is not None,
        "may_report": can(actor, "message.report", message),
        "may_forward": said and actor.is_networked,
        "read_by": _read_by(request, message) if said and message.author_id == actor.user_id else None,
    }
    if is_partial(request):
        return fragment(request, "chat/_message_menu.html", **context)
    return page(request, "chat/message_menu.html", nav="chat", room=_room_name(request, message), **context)


def _read_by(request: Request, message: Message) -> list[Any]:
    """The pages of those who have read a message of one's own."""
    readers = queries.readers_of(message) - {request.actor.user_id}
    seats = Seat.objects.filter(conversation=message.conversation, user__in=readers)
    return [seat.user.page for seat in seats.select_related("user__page").order_by("at")]


def _room_name(request: Request, message: Message) -> str:
    return message.conversation.title_for(request.actor)


# --- What is done with it --------------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def edit(request: Request, message_id: int) -> HttpResponse:
    """Change what one said, within the window."""
    message = find_message(request, message_id)
    context: dict[str, Any] = {
        "nav": "chat",
        "message": message,
        "conversation": message.conversation,
        "room": _room_name(request, message),
    }
    if request.method != "POST":
        check(request.actor, "message.edit", message)
        return page(request, "chat/message_edit.html", form=EditForm(initial={"body": text.to_plain(message.html)}), **context)
    form = EditForm(request.POST)
    refusal = Refusal(422)
    if form.is_valid():
        try:
            spend(request.actor, "chat", form.cleaned_data["body"], before=message.html)
            message = actions.edit(request.actor, message, body=form.cleaned_data["body"])
        except REFUSALS as error:
            refusal = Refusal.of(error)
            if wants_json(request):
                return refused(refusal)
            form.add_error(None, refusal.sentence)
        else:
            if wants_json(request):
                return JsonResponse(_answer(message))
            _tell_unknown(request, message)
            return done(request, message.get_absolute_url())
    elif wants_json(request):
        return refused(Refusal(422, " ".join(map(str, form.errors["body"]))))
    return refusal.mark(page(request, "chat/message_edit.html", status=refusal.status, form=form, **context))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def removal(request: Request, message_id: int) -> HttpResponse:
    """Ask first, then take the message back."""
    message = find_message(request, message_id)
    if request.method != "POST":
        check(request.actor, "message.delete", message)
        return page(
            request,
            "chat/message_removal.html",
            nav="chat",
            message=message,
            conversation=message.conversation,
            room=_room_name(request, message),
        )
    actions.delete(request.actor, message)
    if wants_json(request):
        return HttpResponse(status=204)
    return done(request, message.get_absolute_url())


@require_POST
@signed_in
def react(request: Request, message_id: int, *, on: bool) -> HttpResponse:
    """`kind` is given or taken back; a script gets the message as it is now."""
    message = find_message(request, message_id)
    rates.spend("react", request.actor.person.pk)
    try:
        message = actions.react(request.actor, message, request.POST.get("kind", ""), on=on)
    except REFUSALS as error:
        if wants_json(request) or request.headers.get("X-Requested-With"):
            return refused(Refusal.of(error))
        if isinstance(error, PermissionDenied):
            raise
        messages.error(request, Refusal.of(error).sentence)
    if is_partial(request) or request.headers.get("X-Requested-With"):
        [one] = queries.shown(request.actor, [message], language())
        return HttpResponse(one.html)
    return done(request, message.get_absolute_url())


@require_POST
@signed_in
def pin(request: Request, message_id: int, *, pinned: bool) -> HttpResponse:
    message = find_message(request, message_id)
    actions.pin(request.actor, message, pinned=pinned)
    if request.headers.get("X-Requested-With"):
        return HttpResponse(status=204)
    return done(request, message.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def forward(request: Request, message_id: int) -> HttpResponse:
    """Make this a discussion: the words wait in the composer of a new topic, where one chooses the board and who may read."""
    message = find_message(request, message_id)
    if message.kind != Message.Kind.TEXT or message.deleted_at is not None:
        raise Http404
    if request.method != "POST":
        return page(
            request,
            "chat/message_forward.html",
            nav="chat",
            message=message,
            conversation=message.conversation,
            room=_room_name(request, message),
        )
    # What waits in the session under this name is taken up by the composer of that place (forums.views.common.take_kept).
    quoted = format_html("<blockquote>{}</blockquote><p></p>", SafeString(message.html))  # nosec B703 # clean when it was stored
    request.session["kept_text"] = {"place": "topics.new", "body": str(quoted), "format": "html", "title": ""}
    return done(request, f"/{language()}/topics/new/")


@require_safe
@signed_in
def file(request: Request, key: str) -> FileResponse:
    """A file, through the door of its message, or of its report; one that belongs to no message is its uploader's."""
    found = get_object_or_404(Attachment, key=key)
    if found.message_id is None:
        if found.uploader_id != request.actor.user_id:
            raise Http404
    else:
        message = get_object_or_404(Message.objects.kept().with_conversation(), pk=found.message_id)
        if not (can(request.actor, "message.view", message) or can(request.actor, "message.inspect", message)):
            raise Http404
    return serve_stored(found.stored, found.name, found.content_type)
