"""A mail came in: it becomes a post, a message or a topic, or its sender is told why not. Every door (LMTP, IMAP, webhooks, stdin) ends here."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from chat import actions as chat
from chat.models import Conversation
from forums import actions as forums
from forums.models import Topic
from network import rates, text
from network.files import UploadRefused
from network.refusals import REFUSALS, Refusal
from network.spaces.actors import Actor
from network.spaces.models import Space
from network.spaces.writing import spend
from notices.actions.addresses import bounced, complained
from notices.mail import outbox, parsing, reply_address
from notices.models import Incoming, Mail, SpaceMail

if TYPE_CHECKING:
    from notices.mail.parsing import Arrived
    from notices.mail.reply_address import Meant
    from profiles.models import User

# Mails of ours that come in name what they answer: the same mail is the same post, however often it is delivered.
_NAMESPACE = uuid.UUID("5b0fbd4e-3c1f-4d07-9f0c-0f2d7a6f6a51")
Outcome = Incoming.Outcome


class Refused(Exception):
    """Why a mail was not posted, in its sender's language."""


def receive(raw: bytes, *, recipients: Sequence[str] = ()) -> Incoming:
    """Take one mail in; the same mail twice is quiet. Nothing in a mail makes it fail: only a database that is away does, and the door then says "later"."""
    arrived = parsing.read(raw, recipients)
    ours = [(address, meant) for address in arrived.recipients if (meant := reply_address.read(address)) is not None]
    address, meant = ours[0] if ours else ("", None)
    # A mail to two of our addresses comes twice, and is an answer in both.
    arrived.key = sha256(f"{arrived.key}:{address.lower()}".encode()).hexdigest()
    known = Incoming.objects.filter(message_key=arrived.key).first()
    if known is not None:
        return known
    row = Incoming(message_key=arrived.key, sender=arrived.sender)
    if meant is None:
        row.outcome, row.why = Outcome.IGNORED, "no address of ours"
    elif meant.purpose == reply_address.BOUNCE:
        _returned(arrived, meant, row)
    elif arrived.is_automatic:
        row.outcome, row.why = Outcome.IGNORED, "written by a machine"
    else:
        _written(arrived, meant, row)
    row.why = row.why[:300]
    Incoming.objects.bulk_create([row], ignore_conflicts=True)  # a twin delivery may have been quicker
    return Incoming.objects.get(message_key=arrived.key)


def undelivered(address: str, why: str, *, for_good: bool, complaint: bool = False) -> None:
    """A mail service tells (by webhook) that mail to this address did not arrive, or was called unwanted."""
    user = get_user_model().objects.filter(email__iexact=address).first()
    if user is not None:
        complained(user) if complaint else bounced(user, why, for_good=for_good)


def _returned(arrived: Arrived, meant: Meant, row: Incoming) -> None:
    mail = Mail.objects.filter(pk=meant.number).select_related("user").first()
    row.outcome, row.why = Outcome.IGNORED, "no report"
    if mail is None or mail.user is None:
        return
    row.user = mail.user
    if arrived.is_complaint:
        row.outcome, row.why = Outcome.COMPLAINT, mail.key
        complained(mail.user)
    elif arrived.bounce is not None:
        status, said = arrived.bounce
        row.outcome, row.why = Outcome.BOUNCE, f"{status} {said}"
        bounced(mail.user, row.why, for_good=status.startswith("5."))


def _written(arrived: Arrived, meant: Meant, row: Incoming) -> None:
    user = get_user_model().objects.filter(pk=meant.user_id).select_related("page").first()
    row.user = user if user is not None and _is_from(arrived.sender, user) else None
    language = user.language if row.user is not None and user is not None else text.language_of(arrived.text, "ar")
    with translation.override(language):
        try:
            if row.user is None or user is None:
                raise Refused(_("It came from another address than that of the account it was meant for. Write from your own address."))
            row.path = _post(arrived, meant, user)
            row.outcome = Outcome.POSTED
        except Refused as refused:
            _refuse(arrived, row, str(refused), language)
        except REFUSALS as error:
            _refuse(arrived, row, Refusal.of(error).sentence, language)


def _post(arrived: Arrived, meant: Meant, user: User) -> str:
    """Do what the mail asks, as that person; the path of what it became. Refused, or an action's own refusal."""
    if not user.is_active:
        raise Refused(_("This account is suspended."))
    if meant.is_over:
        raise Refused(_("One can answer a mail for 30 days; this one is older. Answer on the platform."))
    if not arrived.text and not arrived.files:
        raise Refused(_("Nothing was written above the quoted text."))
    actor = Actor.of(user)
    client_id = uuid.uuid5(_NAMESPACE, arrived.key)
    body = text.from_plain(arrived.text)
    if meant.purpose == reply_address.POST:
        return _open(actor, meant, arrived, body, client_id)
    kind, _dot, number = meant.thread.partition(".")
    if kind == "topic":
        topic = Topic.objects.visible_to(actor).select_related("space").filter(pk=int(number)).first()
        if topic is None:
            raise Refused(_("What you answered is no longer there, or you no longer see it."))
        spend(actor, "post", body)
        files = _files(actor, arrived, forums.upload)
        return forums.reply(actor, topic, body=body or _only_files(), client_id=client_id, attachments=files).path
    conversation = Conversation.objects.visible_to(actor).filter(pk=int(number)).first()
    if conversation is None:
        raise Refused(_("What you answered is no longer there, or you no longer see it."))
    spend(actor, "chat", body)
    files = _files(actor, arrived, chat.upload)
    return chat.send(actor, conversation, body=body, client_id=client_id, attachments=files).path


def _open(actor: Actor, meant: Meant, arrived: Arrived, body: str, client_id: uuid.UUID) -> str:
    space = Space.objects.visible_to(actor).filter(pk=meant.number).first()
    held = SpaceMail.objects.filter(space=space).select_related("board__space").first() if space is not None else None
    if held is None or held.board is None:
        raise Refused(_("No topics are opened by mail there, or no longer."))
    spend(actor, "post", body)
    title = arrived.subject or text.excerpt(body, 80)
    files = _files(actor, arrived, forums.upload)
    return forums.open_topic(actor, held.board, body=body or _only_files(), title=title, client_id=client_id, attachments=files).path


def _only_files() -> str:
    return text.from_plain(_("Sent by mail, without a text."))


def _files(actor: Actor, arrived: Arrived, upload: Callable[[Actor, Any], Any]) -> list[Any]:
    """What hangs on the mail, through the same guards as on the pages; one that is not accepted refuses the whole, by its name."""
    files = []
    for file in arrived.files:
        rates.spend("upload", actor.person.pk)
        try:
            files.append(upload(actor, SimpleUploadedFile(file.name, file.data, file.content_type)))
        except UploadRefused as refused:
            raise Refused(f"{file.name}: {' '.join(refused.messages)}") from refused
    return files


def _is_from(sender: str, user: User) -> bool:
    if sender == user.email.lower():
        return True
    return EmailAddress.objects.filter(user=user, verified=True, email__iexact=sender).exists()


@transaction.atomic
def _refuse(arrived: Arrived, row: Incoming, why: str, language: str) -> None:
    """Tell the sender why, and give their text back; at most once an hour, so that nobody is written to by our kindness."""
    row.outcome, row.why = Outcome.REFUSED, why
    try:
        rates.spend("refusal", arrived.sender)
    except rates.TooMany:
        return
    about: dict[str, Any] = {"language": language, "why": why, "subject": arrived.subject, "text": arrived.text[:20_000]}
    outbox.post(Mail.Kind.REFUSAL, f"refusal:{arrived.key}", address=arrived.sender, **about)
