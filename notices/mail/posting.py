"""What somebody wrote by mail, posted as if on the page: the same forms, rights, rates and guards of files, and a sentence for each refusal."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from chat import actions as chat
from chat.forms import MessageForm
from chat.models import Attachment as ChatAttachment
from chat.models import Conversation
from forums import actions as forums
from forums import queries
from forums.forms import ReplyForm, TopicForm
from forums.models import Attachment, Board, Topic
from network import text
from network.files.forms import FilesForm
from network.refusals import REFUSALS, Refusal
from network.spaces.actors import Actor
from network.spaces.writing import spend
from notices.models import SpaceMail

if TYPE_CHECKING:
    from notices.mail.reading import File
    from notices.mail.reply_address import Meant
    from profiles.models import User

# What mail programs write before a subject that is answered or passed on, in the languages of the network.
_PREFIX = re.compile(
    r"^\s*(?:(?:re|aw|rv|rép|rep|fw|fwd|tr|wg|رد|ردّ|الرد|إعادة توجيه|اعادة توجيه|إعادة إرسال|تحويل)\s*(?:\[\d+\]|\(\d+\))?\s*[:：]\s*|\[[^\]]{1,40}\]\s*)+",
    re.IGNORECASE,
)


class Refused(Exception):
    """Not posted; its words say why, in the language that is active."""


@dataclass(frozen=True, slots=True)
class Written:
    """The writer's own words, the subject, the files, and the number under which twice is once."""

    words: str
    subject: str
    files: list[File]
    client_id: uuid.UUID


def post(user: User, meant: Meant, mail: Written) -> str:
    """Post it, in the person's own name, and return the path of what it became. Refused when that may not be."""
    actor = Actor.of(user)
    try:
        return _POSTS[meant.noun](actor, meant.number, mail)
    except REFUSALS as error:
        raise Refused(Refusal.of(error).sentence) from error


def title_of(subject: str, words: str) -> str:
    """A topic's title: the subject without "Re:" and its kind, else the first words."""
    bare = _PREFIX.sub("", subject).strip()
    return bare[:200].strip() or text.excerpt(text.clean_html(text.from_plain(words)).html, 80)


def _reply(actor: Actor, topic_id: int, mail: Written) -> str:
    try:
        topic = queries.topic_to_act_on(actor, topic_id)
    except Http404:
        raise Refused(_("This topic is no longer there for you: it was removed, or you no longer belong to its group.")) from None
    if Topic.objects.filter(pk=topic_id, closed_at__isnull=False).exists():
        raise Refused(_("This topic was closed; it takes no more replies."))
    body, files = _filled(ReplyForm(_data(mail, alone=_("Sent by mail, without a text.")), _files(mail)), actor, Attachment, forums.upload)
    spend(actor, "post", body)
    return forums.reply(actor, topic, body=body, client_id=mail.client_id, attachments=files).path


def _say(actor: Actor, conversation_id: int, mail: Written) -> str:
    conversation = Conversation.objects.visible_to(actor).with_participants().filter(pk=conversation_id).first()
    if conversation is None:
        raise Refused(_("You no longer take part in this conversation."))
    if again := chat.sent_before(actor, conversation, mail.client_id):
        return again.path
    body, files = _filled(MessageForm(_data(mail), _files(mail)), actor, ChatAttachment, chat.upload)
    spend(actor, "chat", body)
    return chat.send(actor, conversation, body=body, client_id=mail.client_id, attachments=files).path


def _open(actor: Actor, space_id: int, mail: Written) -> str:
    board_id = SpaceMail.objects.filter(space=space_id).values_list("board", flat=True).first()
    board = Board.objects.visible_to(actor).filter(pk=board_id, space=space_id).first() if board_id else None
    if board is None:
        # The same words whether the group takes no mail or is not there for the writer: a hidden group stays hidden.
        raise Refused(_("This address opens no topics: the group takes none by mail, or you no longer belong to it."))
    form = TopicForm({**_data(mail, alone=_("Sent by mail, without a text.")), "title": title_of(mail.subject, mail.words)}, _files(mail))
    body, files = _filled(form, actor, Attachment, forums.upload)
    spend(actor, "post", body)
    title = form.cleaned_data["title"]
    return forums.open_topic(actor, board, title=title, body=body, client_id=mail.client_id, attachments=files).path


_POSTS: dict[str, Callable[[Actor, int, Written], str]] = {"topic": _reply, "conversation": _say, "space": _open}


def _filled(form: FilesForm, actor: Actor, model: type[Any], upload: Callable[..., Any]) -> tuple[str, list[Any]]:
    """The clean text and the files of a form, or Refused with all that it says against them."""
    if form.is_valid():
        files = form.take_files(actor.person, model, partial(upload, actor))
        if not form.errors:
            return form.cleaned_data["body"], files
    raise Refused(" ".join(dict.fromkeys(str(sentence) for sentences in form.errors.values() for sentence in sentences)))


def _data(mail: Written, *, alone: str = "") -> dict[str, Any]:
    """What the form is told. Files without a word are a message; a post needs one, `alone`."""
    return {"body": mail.words if mail.words.strip() else alone, "body_format": "plain", "client_id": str(mail.client_id)}


def _files(mail: Written) -> MultiValueDict[str, Any]:
    return MultiValueDict({"files": [file.uploaded() for file in mail.files]} if mail.files else {})
