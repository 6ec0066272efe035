"""The only writer of conversations and of what hangs on them."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models import Attachment, Conversation, Message, Participant, Seat
from network import content, live
from network.activity.recording import record
from network.content import Audience
from network.files.stored import forget
from network.names import fold, tidy_name
from network.permissions import SENTENCES, check
from network.spaces.actors import actors
from network.spaces.models import Space
from network.spaces.readers import representatives
from network.spaces.writing import Body, prepare
from profiles.models import Block

if TYPE_CHECKING:
    from network.spaces.actors import Actor
    from profiles.models import User

_NOTHING = Body(html="", text="", language="", direction="rtl", mentioned=())
_GONE = {"removed": "removed_from_conversation", "left": "left_conversation"}


# --- Beginning -----------------------------------------------------------------------------------------------------------
def start(actor: Actor, whom: Iterable[Space], *, name: str = "", client_id: uuid.UUID | None = None) -> Conversation:
    """A conversation with these people and institutions; where the same two people, or the same institutions, talk already, that one.

    Written for an institution, it is the institution that takes part. The same `client_id` again answers with the first conversation.
    ValidationError for whom one cannot talk to.
    """
    check(actor, "conversation.start")
    guests = [space for space in dict.fromkeys(whom) if space.user_id != actor.user_id and space.pk != actor.entity_id]
    if not guests:
        raise ValidationError({"who": _("Choose at least one person or institution.")})
    if len(guests) >= settings.CHAT_PARTICIPANTS:
        raise ValidationError({"who": _("That is too many for one conversation. Open a group instead.")})
    _check_reachable(actor, guests)
    kind, key = _kind_of(actor, guests, client_id)
    with transaction.atomic():
        conversation, made = Conversation.objects.get_or_create(
            key=key,
            defaults={
                "kind": kind,
                "created_by": actor.person,
                "name": tidy_name(name)[:100] if kind != Conversation.Kind.DIRECT else "",
            },
        )
        if not made:
            return conversation
        ours = {"entity": actor.entity} if actor.entity is not None else {"user": actor.person}
        rows = [Participant(conversation=conversation, convenes=True, added_by=actor.person, **ours)]
        rows += [
            Participant(conversation=conversation, user_id=space.user_id, entity=None if space.user_id else space, added_by=actor.person)
            for space in guests
        ]
        Participant.objects.bulk_create(rows)
        conversation = _locked(conversation)
        if kind != Conversation.Kind.DIRECT:
            _happened(actor, conversation, "started", guests)
        record(actor, "started_conversation", conversation, reach=Audience.PARTICIPANTS, soon=False)
        return conversation


@transaction.atomic
def room_of(actor: Actor, group: Space) -> Conversation:
    """The one room of a group, made when a member first asks for it."""
    check(actor, "conversation.room", group)
    return open_room(group, by=actor.person)


def open_room(group: Space, *, by: User | None = None) -> Conversation:
    """The room of a group, made where it has none yet."""
    conversation, _made = Conversation.objects.get_or_create(
        key=f"group:{group.pk}", defaults={"kind": Conversation.Kind.GROUP, "space": group, "created_by": by}
    )
    return conversation


# --- Saying something ----------------------------------------------------------------------------------------------------
def send(
    actor: Actor,
    conversation: Conversation,
    *,
    body: str,
    client_id: uuid.UUID,
    reply_to: Message | None = None,
    attachments: Iterable[Attachment] = (),
) -> Message:
    """Say something. The same `client_id` again answers with the first message, for ever; whoever was taken out meanwhile is refused."""
    files = list(attachments)
    ready = prepare(actor, body) if body or not files else _NOTHING
    with transaction.atomic():
        conversation = _locked(conversation)
        if again := sent_before(actor, conversation, client_id):  # under the lock: a twin request may have held it before us
            again.unknown = ready.unknown
            return again
        check(actor, "conversation.speak", conversation)
        _check_voice(actor, conversation)
        _check_blocked(actor, conversation)
        reply_to = _answered(actor, conversation, reply_to) if reply_to is not None else None
        message = _write(actor, conversation, ready, client_id, reply_to)
        if files:
            _attach(actor, message, files)
        _read_to(actor, conversation, message.number)  # one has read what one writes after
        mentioned = list(ready.mentioned)
        # In a group's room only those are told who are named; elsewhere, whoever is not reading.
        soon = bool(mentioned) or conversation.kind != Conversation.Kind.GROUP
        record(actor, "said", message, target=conversation, reach=Audience.PARTICIPANTS, soon=soon, mentioned=mentioned)
        return message


def edit(actor: Actor, message: Message, *, body: str) -> Message:
    """Change what one said, within the window; open pages say that it was edited. The same text again is quiet."""
    ready = prepare(actor, body)
    with transaction.atomic():
        message = hold(message)
        check(actor, "message.edit", message)
        _check_blocked(actor, message.conversation)
        message.unknown = ready.unknown
        if message.html == ready.html:
            return message
        message.html, message.text, message.folded, message.direction = ready.html, ready.text, fold(ready.text), ready.direction
        message.edited_at = timezone.now()
        _changed(message, "html", "text", "folded", "direction", "edited_at")
        _requote(message)
        record(actor, "edited_message", message, target=message.conversation, reach=Audience.PARTICIPANTS, soon=False)
        return message


@transaction.atomic
def delete(actor: Actor, message: Message) -> None:
    """Take a message back, or, for whoever manages the group or answers a report, down. Its words go; that it stood there stays."""
    message = hold(message)
    if message.deleted_at is not None:
        return
    check(actor, "message.delete", message)
    message.deleted_at, message.deleted_by, message.pinned_at, message.pinned_by = timezone.now(), actor.person, None, None
    stored = list(message.attachments.values_list("stored", flat=True))
    message.attachments.all().delete()
    message.html = message.text = message.folded = ""
    message.files, message.reactions = [], {}
    message.reactions_given.all().delete()
    _changed(message, "deleted_at", "deleted_by", "pinned_at", "pinned_by", "html", "text", "folded", "files", "reactions")
    _requote(message)
    record(actor, "deleted_message", message, target=message.conversation, reach=Audience.PARTICIPANTS, soon=False)
    for name in stored:
        transaction.on_commit(partial(default_storage.delete, name), robust=True)


@transaction.atomic
def react(actor: Actor, message: Message, kind: str, *, on: bool = True) -> Message:
    """Give or take back a reaction; both twice are quiet. The count is a recount, so it cannot drift."""
    message = hold(message)
    check(actor, "message.react", message)
    if content.react(message, actor.person, kind, on=on):
        _changed(message, "reactions")
        record(actor, "reacted" if on else "unreacted", message, target=message.conversation, reach=Audience.PARTICIPANTS, soon=False)
    return message


@transaction.atomic
def pin(actor: Actor, message: Message, *, pinned: bool) -> Message:
    """Keep a message at hand for all; twice is quiet."""
    message = hold(message)
    check(actor, "message.pin", message)
    if pinned != (message.pinned_at is not None):
        message.pinned_at, message.pinned_by = (timezone.now(), actor.person) if pinned else (None, None)
        _changed(message, "pinned_at", "pinned_by")
        verb = "pinned_message" if pinned else "unpinned_message"
        record(actor, verb, message, target=message.conversation, reach=Audience.PARTICIPANTS, soon=False)
    return message


@transaction.atomic
def flag(actor: Actor, message: Message) -> Message:
    """Show this message, and only this, to moderators: somebody who takes part reports it (moderation.actions.report)."""
    message = hold(message)
    check(actor, "message.report", message)
    if message.reported_at is None:
        message.reported_at = timezone.now()
        message.save(update_fields=["reported_at"])
    return message


@transaction.atomic
def unflag(message: Message) -> None:
    """The last report of it was answered: the caller has checked that the actor may."""
    Message.objects.filter(pk=message.pk).update(reported_at=None)


# --- Who takes part --------------------------------------------------------------------------------------------------------
def add(actor: Actor, conversation: Conversation, whom: Iterable[Space], *, history: bool = False) -> list[Space]:
    """Bring people or institutions in. They see what comes after, or, with `history`, all that was said. Returns who is new."""
    guests = list(dict.fromkeys(whom))
    _check_reachable(actor, guests)
    with transaction.atomic():
        conversation = _locked(conversation)
        check(actor, "conversation.add", conversation)
        if history and conversation.seen_from(actor) != 1:
            raise PermissionDenied(_("You came later yourself: you cannot share what you do not see."))
        inside = {held.who.pk for held in conversation.participants.all()}
        new = [space for space in guests if space.pk not in inside]
        if not new:
            return []
        if len(inside) + len(new) > settings.CHAT_PARTICIPANTS:
            raise ValidationError({"who": _("That is too many for one conversation. Open a group instead.")})
        if conversation.kind == Conversation.Kind.DIRECT:  # two become several
            conversation.kind = Conversation.Kind.SEVERAL
            conversation.save(update_fields=["kind"])
            conversation.participants.update(convenes=True)
        _open_key(conversation)
        heard_from = conversation.shared_from
        first = 1 if history else conversation.last_number + 1
        Participant.objects.bulk_create(
            [
                Participant(
                    conversation=conversation,
                    user_id=space.user_id,
                    entity=None if space.user_id else space,
                    from_number=first,
                    added_by=actor.person,
                )
                for space in new
            ],
            ignore_conflicts=True,
        )
        conversation = _locked(conversation)
        event = _happened(actor, conversation, "added", new, history=history)
        _ask_again(conversation, heard_from=heard_from, new=new)
        record(actor, "added_to_conversation", event, target=conversation, reach=Audience.PARTICIPANTS, soon=False)
        return new


@transaction.atomic
def remove(actor: Actor, conversation: Conversation, participant: Participant) -> None:
    """Take somebody out: their open pages fall silent within a second. Removing twice is quiet."""
    conversation = _locked(conversation)
    check(actor, "conversation.remove", conversation)
    _let_go(actor, conversation, participant, "removed")


@transaction.atomic
def leave(actor: Actor, conversation: Conversation) -> None:
    """Go. Whoever takes part through an institution goes with it only as its head. The last convener passes that on."""
    conversation = _locked(conversation)
    check(actor, "conversation.leave", conversation)
    held = [one for one in conversation.participants.all() if one.is_of(actor)]
    mine = next((one for one in held if one.user_id), None)
    if mine is None:
        mine = next((one for one in held if actor.mandates[one.entity_id or 0].is_head), None)
    if mine is None:
        raise ValidationError(_("Your institution takes part, not you. Mute or archive the conversation, or ask its head to take it out."))
    _let_go(actor, conversation, mine, "left")


@transaction.atomic
def describe(
    actor: Actor,
    conversation: Conversation,
    *,
    name: str,
    topic: str,
) -> Conversation:
    """Give a conversation of several a name and a line about it."""
    conversation = _locked(conversation)
    check(actor, "conversation.edit", conversation)
    name, topic = tidy_name(name)[:100], tidy_name(topic)[:200]
    if (name, topic) != (conversation.name, conversation.topic):
        renamed = name != conversation.name
        conversation.name, conversation.topic = name, topic
        conversation.save(update_fields=["name", "topic"])
        event = _happened(actor, conversation, "renamed" if renamed else "described", [], name=name or topic)
        record(actor, "described_conversation", event, target=conversation, reach=Audience.PARTICIPANTS, soon=False)
    return conversation


@transaction.atomic
def set_picture(actor: Actor, conversation: Conversation, data: bytes | None) -> None:
    """Give it a picture (redrawn already: network.spaces.pictures.redrawn), or, with None, take it away."""
    from django.core.files.base import ContentFile  # noqa: PLC0415 -- only here

    conversation = _locked(conversation)
    check(actor, "conversation.edit", conversation)
    former = conversation.picture
    conversation.picture = default_storage.save(f"chat/{secrets.token_hex(16)}.webp", ContentFile(data)) if data is not None else ""
    conversation.save(update_fields=["picture"])
    if former:
        transaction.on_commit(partial(default_storage.delete, former), robust=True)


# --- What a person keeps for oneself -----------------------------------------------------------------------------------------
@transaction.atomic
def mark_read(actor: Actor, conversation: Conversation, number: int) -> None:
    """Remember how far one has read, and tell those who listen; it never goes back by itself."""
    check(actor, "conversation.view", conversation)
    number = min(number, conversation.last_number)
    if _read_to(actor, conversation, number):
        frames: list[tuple[str, live.Frame]] = [
            (f"{conversation.stream}/people", {"type": "read", "user": actor.user_id, "number": number, "passing": True}),
            (f"user.{actor.user_id}", {"type": "hint", "kind": "chat", "conversation": conversation.pk, "quiet": True, "passing": True}),
        ]
        transaction.on_commit(partial(live.publish_all, frames), robust=True)


@transaction.atomic
def mute(actor: Actor, conversation: Conversation, *, muted: bool) -> None:
    """Hear nothing of it unless one looks; twice is quiet."""
    _keep(actor, conversation, muted_at=timezone.now() if muted else None)


@transaction.atomic
def archive(actor: Actor, conversation: Conversation, *, archived: bool) -> None:
    """Put it out of sight until something is said in it."""
    _keep(actor, conversation, archived_at=timezone.now() if archived else None)


# --- Files -----------------------------------------------------------------------------------------------------------------
def upload(actor: Actor, file: UploadedFile) -> Attachment:
    """Take in one file, which belongs to no message yet. UploadRefused with its sentence when it is not what it says, or too large."""
    return Attachment.take_in(actor.person, file)


def sweep(*, older_than: timedelta = timedelta(hours=24)) -> int:
    """Forget files of no message, and conversations that everybody has left; the clock asks daily. Says how many files went."""
    empty = Conversation.objects.exclude(kind=Conversation.Kind.GROUP).filter(participants=None)
    count = Attachment.sweep(older_than=older_than) + forget(Attachment.objects.filter(message__conversation__in=empty))
    for conversation in empty:
        if Conversation.objects.filter(pk=conversation.pk, participants=None).delete()[0] and conversation.picture:
            default_storage.delete(conversation.picture)
    return count


def hold(message: Message) -> Message:
    """A message as it is under its conversation's lock; inside a transaction, first of all."""
    conversation = _locked(message.conversation)
    message = Message.objects.with_author().get(pk=message.pk)
    message.conversation = conversation
    return message


# --- Helpers -------------------------------------------------------------------------------------------------------------
def _locked(conversation: Conversation) -> Conversation:
    """The row under its lock, with those who take part as they are now."""
    Conversation.objects.select_for_update(of=("self",)).values_list("pk").get(pk=conversation.pk)
    return Conversation.objects.with_participants().get(pk=conversation.pk)


def sent_before(actor: Actor, conversation: Conversation, client_id: uuid.UUID) -> Message | None:
    """The message this person sent with this number before: a retry has one effect and one answer."""
    number = Message._meta.get_field("client_id").get_db_prep_value(client_id, connection)
    with connection.cursor() as cursor:  # plainly: nearly always there is none, and this stands in the way of every message
        cursor.execute("SELECT id, conversation_id FROM chat_message WHERE author_id = %s AND client_id = %s", [actor.user_id, number])
        found = cursor.fetchone()
    if found is None:
        return None
    if found[1] != conversation.pk:
        raise ValidationError(_("This was sent in another conversation already."))
    message = Message.objects.with_author().get(pk=found[0])
    message.conversation = conversation
    return message


def _kind_of(actor: Actor, guests: list[Space], client_id: uuid.UUID | None) -> tuple[str, str]:
    if actor.entity is not None and all(space.is_entity for space in guests):
        numbers = sorted(space.pk for space in [actor.entity, *guests])
        key = f"entities:{':'.join(map(str, numbers))}"
        # Many institutions need not be the same conversation twice: the name would not fit.
        return Conversation.Kind.ENTITIES, key if len(key) <= 200 else f"start:{actor.user_id}:{client_id or uuid.uuid4()}"
    if actor.entity is None and len(guests) == 1 and guests[0].user_id:
        low, high = sorted((actor.person.pk, guests[0].user_id))
        return Conversation.Kind.DIRECT, f"direct:{low}:{high}"
    return Conversation.Kind.SEVERAL, f"start:{actor.user_id}:{client_id or uuid.uuid4()}"


def _check_reachable(actor: Actor, guests: list[Space]) -> None:
    """Whoever is asked in is there for the actor, active, of the network, and has not blocked them."""
    seen = set(Space.objects.visible_to(actor).filter(pk__in=[space.pk for space in guests]).values_list("pk", flat=True))
    people = {space.user_id: space for space in guests if space.user_id}
    known = actors(people)
    deaf = set(Block.objects.filter(user__in=people, blocked=actor.user_id).values_list("user_id", flat=True)) if people else set()
    for space in guests:
        if space.pk not in seen or space.kind == Space.Kind.GROUP or (space.is_entity and not space.listed):
            raise ValidationError({"who": _("Choose people and institutions you can see.")})
        if space.user_id and (space.user_id not in known or not known[space.user_id].is_networked or space.user_id in deaf):
            raise ValidationError({"who": _("%(name)s takes no messages at present.") % {"name": space.name}})


def _check_voice(actor: Actor, conversation: Conversation) -> None:
    if actor.entity_id is not None and actor.entity_id not in {space.pk for space in conversation.voices(actor)}:
        raise PermissionDenied(SENTENCES["entity.speak"])


def _check_blocked(actor: Actor, conversation: Conversation) -> None:
    if conversation.kind != Conversation.Kind.DIRECT:
        return
    other = next((held for held in conversation.participants.all() if held.user_id != actor.user_id), None)
    if other is not None and Block.objects.filter(user=other.user_id, blocked=actor.user_id).exists():
        raise PermissionDenied(_("%(name)s takes no messages at present.") % {"name": other.who.name})


def _answered(actor: Actor, conversation: Conversation, message: Message) -> Message | None:
    """What is answered, where the actor sees it: read under the lock, or words that were changed or taken back just now stay in the quote."""
    found = Message.objects.with_author().filter(conversation=conversation, pk=message.pk).first()
    if found is None:
        return None
    found.conversation = conversation
    return found if found.is_seen_by(actor) else None


def _write(actor: Actor, conversation: Conversation, ready: Body, client_id: uuid.UUID, reply_to: Message | None) -> Message:
    mandate = actor.mandates.get(actor.entity_id) if actor.entity_id else None
    message = Message(
        author=actor.person,
        on_behalf_of=actor.entity,
        author_title=mandate.title if mandate else "",
        html=ready.html,
        text=ready.text,
        folded=fold(ready.text),
        direction=ready.direction,
        client_id=client_id,
        reply_to=reply_to,
    )
    message.unknown = ready.unknown
    return _place(conversation, message)


def _happened(actor: Actor, conversation: Conversation, verb: str, spaces: list[Space], **data: object) -> Message:
    """A line among the messages about what happened to the conversation."""
    data = {"verb": verb, "spaces": [space.pk for space in spaces], **data}
    return _place(
        conversation,
        Message(kind=Message.Kind.EVENT, author=actor.person, on_behalf_of=actor.entity, client_id=uuid.uuid4(), data=data),
    )


def _place(conversation: Conversation, message: Message) -> Message:
    """Give a message its number and version in the conversation, which the caller holds locked."""
    conversation.last_number += 1
    message.conversation, message.number, message.version = conversation, conversation.last_number, conversation.next_version()
    message.save(force_insert=True)
    conversation.last_at, conversation.last_message = message.created_at, message
    conversation.save(update_fields=["last_number", "version", "last_at", "last_message"])
    return message


def _attach(actor: Actor, message: Message, files: list[Attachment]) -> None:
    message.files = Attachment.hang(actor.person, files, message)
    message.save(update_fields=["files"])


def _changed(message: Message, *fields: str) -> None:
    message.version = message.conversation.next_version()
    message.save(update_fields=[*fields, "version"])
    message.conversation.save(update_fields=["version"])


def _requote(message: Message) -> None:
    """What quotes this message shows it as it is now, or no more: those change with it."""
    message.requoted = bool(Message.objects.filter(reply_to=message).update(version=message.version))


def _read_to(actor: Actor, conversation: Conversation, number: int) -> bool:
    now = timezone.now()
    if Seat.objects.filter(conversation=conversation, user=actor.person, number__lt=number).update(number=number, at=now):
        return True
    return Seat.objects.get_or_create(conversation=conversation, user=actor.person, defaults={"number": number, "at": now})[1]


def _keep(actor: Actor, conversation: Conversation, **fields: object) -> None:
    check(actor, "conversation.view", conversation)
    Seat.objects.update_or_create(conversation=conversation, user=actor.person, defaults=fields)
    frame = {"type": "hint", "kind": "chat", "conversation": conversation.pk, "quiet": True, "passing": True}
    transaction.on_commit(partial(live.publish, f"user.{actor.user_id}", frame), robust=True)


def _let_go(actor: Actor, conversation: Conversation, participant: Participant, verb: str) -> None:
    held = next((one for one in conversation.participants.all() if one.pk == participant.pk), None)
    if held is None:
        return
    who, heard_from = held.who, conversation.shared_from
    held.delete()
    _open_key(conversation)
    rest = Participant.objects.filter(conversation=conversation)
    if held.convenes and not rest.filter(convenes=True).exists() and (heir := rest.order_by("since", "pk").first()) is not None:
        Participant.objects.filter(pk=heir.pk).update(convenes=True)
    conversation = _locked(conversation)
    event = _happened(actor, conversation, verb, [who])
    _ask_again(conversation, heard_from=heard_from, gone=[who])
    record(actor, _GONE[verb], event, target=conversation, reach=Audience.PARTICIPANTS, spaces=[who.pk])


def _open_key(conversation: Conversation) -> None:
    """Others take part than its key says: those whom it names may begin anew between themselves, and meet in that one."""
    if (conversation.key or "").startswith(("direct:", "entities:")):
        conversation.key = None
        conversation.save(update_fields=["key"])


def _ask_again(conversation: Conversation, *, heard_from: int, new: Iterable[Space] = (), gone: Iterable[Space] = ()) -> None:
    """Their lists are stale; who is gone is asked at the door again, and so is everybody who hears the conversation when its messages
    travel elsewhere now (`Conversation.channel`). Call it before what happened is recorded: nothing is told before they are asked.
    """
    hint = {"type": "hint", "kind": "chat", "quiet": True, "passing": True}
    going = _people(gone)
    # The hint first: whoever is being asked hears nothing meanwhile.
    frames = [(f"user.{user_id}", hint) for user_id in sorted({*going, *_people(new)})]
    transaction.on_commit(partial(live.publish_all, frames), robust=True)
    for user_id in sorted(going):
        transaction.on_commit(partial(live.withdraw, user_id), robust=True)
    if conversation.shared_from != heard_from:
        transaction.on_commit(partial(live.withdraw, stream=conversation.stream), robust=True)


def _people(spaces: Iterable[Space]) -> set[int]:
    """These people, and whoever speaks for these institutions."""
    spaces = list(spaces)
    people = {space.user_id for space in spaces if space.user_id}
    return {*people, *representatives(space.pk for space in spaces if space.is_entity)}
