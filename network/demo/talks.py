"""What is said live in the demo world: scenario 4 word for word, the rooms of groups, and talks between institutions and people."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from xml.sax.saxutils import escape

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from chat import actions as chat
from chat.models import Attachment, Conversation, Message, MessageReaction, Seat
from network.demo.circles import handle_of
from network.demo.reading import Row, number_of, read, to_html
from network.demo.story import Happening, person, place
from network.spaces.actors import Actor

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_DOCX}.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
    "</Relationships>",
}


def talks() -> Iterator[Happening]:
    """Conversations, what was said in them and what became of it: what is missing of it."""
    known = set(Message.objects.values_list("client_id", flat=True))
    for row in read("conversations")["conversations"]:
        if number_of("talk", row["code"], 0) in known:
            continue
        yield Happening(row["days"] + 0.001, row["by"], partial(_begin, row))
        for number, said in enumerate(row["messages"]):
            if "add" in said:
                yield Happening(said["days"], said["by"], partial(_add, row, said))
                continue
            yield Happening(said["days"], said["by"], partial(_say, row, number, said))
            yield from _becomes(row, number, said)


def _becomes(row: Row, number: int, said: Row) -> Iterator[Happening]:
    for kind, handles in said.get("reactions", {}).items():
        for handle in handles:
            yield Happening(said["days"] * 0.995, handle, partial(_react, row, number, kind))
    if "edited" in said:
        yield Happening(said["days"] * 0.998, said["by"], partial(_edit, row, number, said["edited"]))
    if said.get("removed"):
        yield Happening(said["days"] * 0.9995, said["by"], partial(_remove, row, number))
    if said.get("pinned"):
        yield Happening(said["days"] * 0.997, said["by"], partial(_pin, row, number))


def _begin(row: Row, actor: Actor, when: datetime) -> None:
    if row["kind"] == "group":
        conversation = chat.room_of(actor, place(handle_of(row["group"])))
    else:
        guests = [place(handle) for handle in row["with"]]
        conversation = chat.start(_writer(row, actor), guests, name=row.get("name", ""), client_id=number_of("talk", row["code"]))
        if "topic" in row:
            chat.describe(actor, conversation, name=row["name"], topic=row["topic"])
    Conversation.objects.filter(pk=conversation.pk).update(created_at=when)
    Message.objects.filter(conversation=conversation, kind=Message.Kind.EVENT).update(created_at=when)


def _say(row: Row, number: int, said: Row, actor: Actor, when: datetime) -> None:
    writer = _writer(said, actor)
    message = chat.send(
        writer,
        _talk(row, number, actor),
        body=to_html(said["body"]),
        client_id=number_of("talk", row["code"], number),
        # A reply names what it answers by its place among what was said, from one.
        reply_to=_message(row, said["reply"] - 1) if "reply" in said else None,
        attachments=[_paper(writer, said["file"])] if "file" in said else [],
    )
    Message.objects.filter(pk=message.pk).update(created_at=when)
    Attachment.objects.filter(message=message).update(created_at=when)


def _add(row: Row, said: Row, actor: Actor, when: datetime) -> None:
    conversation = _talk(row, 1, actor)
    chat.add(actor, conversation, [place(handle) for handle in said["add"]])
    event = Message.objects.filter(conversation=conversation, kind=Message.Kind.EVENT).latest("number")
    Message.objects.filter(pk=event.pk).update(created_at=when)


def _react(row: Row, number: int, kind: str, actor: Actor, when: datetime) -> None:
    message = chat.react(actor, _message(row, number), kind)
    MessageReaction.objects.filter(message=message, user=actor.user, kind=kind).update(at=when)


def _edit(row: Row, number: int, words: str, actor: Actor, when: datetime) -> None:
    # It was said a moment ago and only dated back: for the length of the change it stands in the present, within the window.
    message = _message(row, number)
    Message.objects.filter(pk=message.pk).update(created_at=timezone.now())
    chat.edit(actor, _message(row, number), body=to_html(words))
    Message.objects.filter(pk=message.pk).update(created_at=message.created_at, edited_at=when)


def _remove(row: Row, number: int, actor: Actor, when: datetime) -> None:
    message = _message(row, number)
    chat.delete(actor, message)
    Message.objects.filter(pk=message.pk).update(deleted_at=when)


def _pin(row: Row, number: int, actor: Actor, when: datetime) -> None:
    message = chat.pin(actor, _message(row, number), pinned=True)
    Message.objects.filter(pk=message.pk).update(pinned_at=when)


def settle() -> None:
    """What each person keeps: how far they read, what they muted and archived; and when each conversation was last heard."""
    newest = Message.objects.filter(conversation=OuterRef("pk")).order_by("-number").values("created_at")[:1]
    Conversation.objects.filter(last_number__gt=0).update(last_at=Subquery(newest))
    for row in read("conversations")["conversations"]:
        conversation = _message(row, 0).conversation
        Seat.objects.filter(conversation=conversation).exclude(user__page__handle__in=row["read"]).delete()
        for handle, number in row["read"].items():
            chat.mark_read(Actor.of(person(handle)), conversation, number)
        for handle in row.get("muted", ()):
            chat.mute(Actor.of(person(handle)), conversation, muted=True)
        for handle in row.get("archived", ()):
            chat.archive(Actor.of(person(handle)), conversation, archived=True)


def _talk(row: Row, number: int, actor: Actor) -> Conversation:
    """The conversation: through its first message, or, before that is said, as it was begun."""
    if number:
        return _message(row, 0).conversation
    if row["kind"] == "group":
        return chat.room_of(actor, place(handle_of(row["group"])))
    guests = [place(handle) for handle in row["with"]]
    return chat.start(_writer(row, actor), guests, client_id=number_of("talk", row["code"]))


def _message(row: Row, number: int) -> Message:
    return Message.objects.with_author().with_conversation().get(client_id=number_of("talk", row["code"], number))


def _writer(row: Row, actor: Actor) -> Actor:
    return actor.speaking_for(place(row["as"]).pk) if "as" in row else actor


def _paper(actor: Actor, name: str) -> Attachment:
    """A small word processor's file, made here: it passes the same guards as everybody's."""
    lines = (name.removesuffix(".docx"), "اسم المدرسة:", "المحور:", "ما أُنجز:", "ما يلزم:")
    body = "".join(f"<w:p><w:pPr><w:bidi/></w:pPr><w:r><w:rPr><w:rtl/></w:rPr><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as parts:
        for part, xml in {**_PARTS, "word/document.xml": f'<w:document xmlns:w="{_MAIN}"><w:body>{body}</w:body></w:document>'}.items():
            parts.writestr(part, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{xml}')
    return chat.upload(actor, SimpleUploadedFile(name, kept.getvalue(), _DOCX))
