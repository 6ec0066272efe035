"""Reads of conversations that are longer than a queryset's method."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chat.fragments import event_sentence, messages_html
from chat.models import MOST_UNREAD, Attachment, Conversation, Message, MessageReaction, Seat
from network import prepared, text
from network.live import presence
from network.names import fold
from network.reactions import with_mine
from network.spaces.models import Mandate, Membership, Space
from network.spaces.readers import representatives

if TYPE_CHECKING:
    from network.spaces.actors import Actor

PAGE = 40
ROOMS = 100
FOLLOWS_WITHIN = timedelta(minutes=5)
PEOPLE = 100
PINNED = 20
FILES = 20
PUT_AWAY = Q(archived_at__isnull=False) & Q(archived_at__gte=F("last_at"))


# --- The rooms ---------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Room:
    """A conversation as one reader's list shows it."""

    conversation: Conversation
    name: str
    face: Space | Conversation
    other: Space | None
    excerpt: str
    speaker: str
    at: datetime
    unread: int
    muted: bool
    archived: bool
    online: bool = False

    @property
    def pk(self) -> int:
        return self.conversation.pk

    @property
    def kind(self) -> str:
        return self.conversation.kind

    @property
    def path(self) -> str:
        return self.conversation.path


def rooms(actor: Actor, *, archived: bool = False) -> list[Room]:
    """The reader's conversations, newest first; archived ones are those put away since anything was last said in them."""
    assert actor.user_id is not None  # noqa: S101 -- the view has asked
    found = Conversation.objects.visible_to(actor).with_seat(actor).with_participants()
    found = found.filter(PUT_AWAY) if archived else found.exclude(PUT_AWAY)
    # A direct conversation in which nobody has said anything is only its beginner's.
    found = found.filter(Q(last_number__gt=0) | Q(kind=Conversation.Kind.GROUP) | Q(created_by=actor.user_id))
    rows = list(found.select_related("last_message__author__page", "last_message__on_behalf_of").order_by("-last_at", "-pk")[:ROOMS])
    made = [as_room(actor, row) for row in rows]
    here = presence.states([room.other.user_id for room in made if room.other is not None and room.other.user_id])
    for room in made:
        room.online = room.other is not None and here.get(room.other.user_id or 0) == "here"
    return made


def as_room(actor: Actor, conversation: Conversation) -> Room:
    """A row of `with_seat` as the reader sees it. What was said before they came is not shown."""
    others = conversation.others(actor) if conversation.kind != Conversation.Kind.GROUP else []
    excerpt, speaker = "", ""
    last = conversation.last_message
    if last is not None and (conversation.seen_from(actor) or 1) <= last.number:
        if last.deleted_at is not None:
            excerpt = _("A message was removed")
        elif last.kind == Message.Kind.EVENT:
            excerpt = plain(event_sentence(last))
        else:
            excerpt = " ".join(last.text.split())[:120] or pgettext("in place of a text", "File: %(name)s") % {
                "name": last.files[0]["name"] if last.files else ""
            }
            if last.author_id == actor.user_id:
                speaker = _("You")
            elif conversation.kind != Conversation.Kind.DIRECT:  # between two, who else
                speaker = (last.on_behalf_of or last.author.page).name
    return Room(
        conversation=conversation,
        name=conversation.title_for(actor),
        face=conversation.face_for(actor),
        other=others[0] if conversation.kind == Conversation.Kind.DIRECT and others else None,
        excerpt=excerpt,
        speaker=speaker,
        at=conversation.last_at,
        unread=conversation.unread,
        muted=conversation.muted_at is not None,
        archived=conversation.is_put_away,
    )


def sections(found: list[Room]) -> list[tuple[str, list[Room]]]:
    """The rooms under their headings, as the list shows them; headings without rooms are left out."""
    silent = [room for room in found if room.kind == Conversation.Kind.GROUP and not room.conversation.last_number]
    parts = [
        (_("Groups"), [room for room in found if room.kind == Conversation.Kind.GROUP and room not in silent]),
        (_("Between institutions"), [room for room in found if room.kind == Conversation.Kind.ENTITIES]),
        (_("Direct"), [room for room in found if room.kind in (Conversation.Kind.DIRECT, Conversation.Kind.SEVERAL)]),
        (_("Rooms of my groups, still silent"), silent),
    ]
    return [(heading, rows) for heading, rows in parts if rows]


def unread_counts(actor: Actor) -> dict[int, int]:
    """Unread messages of each conversation that has some and is not muted; 100 stands for more."""
    if actor.user_id is None:
        return {}
    return dict(prepared.rows(actor, "chat_unread", lambda reader: _waiting(reader).values_list("pk", "unread")[:MOST_UNREAD]))


def unread(actor: Actor) -> QuerySet[Any, Any]:
    """What the badge counts: conversations with something unread."""
    if actor.user_id is None:
        return Conversation.objects.none()
    return _waiting(actor).values_list("pk")[:MOST_UNREAD]


def _waiting(actor: Actor) -> QuerySet[Any, Any]:
    assert actor.user_id is not None  # noqa: S101 -- asked by whoever calls
    found: QuerySet[Any, Any] = Conversation.objects.visible_to(actor).with_seat(actor)
    return found.filter(seat__muted_at=None, last_number__gt=F("known"), unread__gt=0).exclude(PUT_AWAY).order_by()


def unread_count(actor: Actor) -> int:
    """The badge's number."""
    return prepared.counts(actor, unread)[0]


# --- One conversation --------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Shown:
    """A message in its place on a page."""

    html: SafeString
    number: int
    follows: bool = False  # its author spoke just before: no need to say again who
    day: date | None = None  # the first of its day
    unread_line: int = 0  # so many unread messages begin here


@dataclass(slots=True)
class Window:
    """Some of the messages of a conversation, in order, and whether there are others before and after."""

    shown: list[Shown] = field(default_factory=list)
    before: int | None = None
    after: int | None = None

    @property
    def is_tail(self) -> bool:
        return self.after is None


def window(  # noqa: PLR0913 -- each by its name; at most one of three places
    actor: Actor,
    conversation: Conversation,
    language: str,
    *,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    read_number: int | None = None,
    unread: int = 0,
) -> Window:
    """A page of messages by keyset: what it costs does not depend on how long the conversation is."""
    first = conversation.seen_from(actor)
    if first is None:
        return Window()
    seen = Message.objects.filter(conversation=conversation.pk, number__gte=first).with_author()
    if around is not None:
        older = list(seen.filter(number__lt=around).order_by("-number")[: PAGE // 2])
        rows = older[::-1] + list(seen.filter(number__gte=around).order_by("number")[: PAGE // 2])
    elif after is not None:
        rows = list(seen.filter(number__gt=after).order_by("number")[:PAGE])
    else:
        rows = list((seen.filter(number__lt=before) if before is not None else seen).order_by("-number")[:PAGE])[::-1]
    for row in rows:
        row.conversation = conversation
    found = Window(shown=shown(actor, rows, language, read_number=read_number, unread=unread))
    if rows:
        found.before = rows[0].number if rows[0].number > first else None
        found.after = rows[-1].number if rows[-1].number < conversation.last_number else None
    return found


def shown(actor: Actor, rows: list[Message], language: str, *, read_number: int | None = None, unread: int = 0) -> list[Shown]:
    """Messages of one conversation as this reader sees them: own reactions marked, days and followers told."""
    mine: dict[int, list[str]] = {}
    reacted = [row.pk for row in rows if row.reactions]
    if reacted:
        for message_id, kind in MessageReaction.objects.filter(message__in=reacted, user=actor.user_id).values_list("message", "kind"):
            mine.setdefault(message_id, []).append(kind)
    found: list[Shown] = []
    previous: Message | None = None
    # Only where the first unread message is on this page: what stands farther on is not where one stopped.
    line = unread > 0 and read_number is not None and bool(rows) and rows[0].number <= read_number + 1
    for row, fragment in zip(rows, messages_html(rows, language), strict=True):
        one = Shown(html=SafeString(""), number=row.number)
        day = timezone.localtime(row.created_at).date()
        if previous is None or timezone.localtime(previous.created_at).date() != day:
            one.day = day
        if line and row.number > (read_number or 0) and row.author_id != actor.user_id and row.kind == Message.Kind.TEXT:
            one.unread_line, line = unread, False
        one.follows = one.day is None and not one.unread_line and _follows(previous, row)
        one.html = _marked(fragment, row, mine.get(row.pk, ()), is_mine=row.author_id == actor.user_id, follows=one.follows)
        found.append(one)
        previous = row
    return found


def _marked(fragment: str, row: Message, kinds: Iterable[str], *, is_mine: bool, follows: bool) -> SafeString:
    """Fragments do not know their reader or their neighbours: what is one's own, and what follows, is marked in the finished text."""
    html = with_mine(fragment, "message", row.pk, kinds)
    if follows:
        html = html.replace('class="message', 'class="message message-follows', 1)
    if is_mine and row.kind == Message.Kind.TEXT:
        html = html.replace("<article ", "<article data-mine ", 1)
    return SafeString(html)  # nosec B703 # our own templates rendered it, from texts cleaned at write


def _follows(previous: Message | None, row: Message) -> bool:
    return (
        previous is not None
        and previous.number + 1 == row.number
        and row.kind == previous.kind == Message.Kind.TEXT
        and (row.author_id, row.on_behalf_of_id) == (previous.author_id, previous.on_behalf_of_id)
        and row.reply_to_id is None
        and previous.deleted_at is None
        and row.created_at - previous.created_at < FOLLOWS_WITHIN
    )


def pinned(actor: Actor, conversation: Conversation) -> list[Message]:
    first = conversation.seen_from(actor) or 1
    # Those before the reader came are left out afterwards: asked by number, SQLite would walk the room instead of its few pinned ones.
    found = Message.objects.filter(conversation=conversation.pk, pinned_at__isnull=False).kept().with_author().order_by("-pinned_at")
    return [message for message in found[: 5 * PINNED] if message.number >= first][:PINNED]


def files(actor: Actor, conversation: Conversation) -> list[Message]:
    """The newest messages with files."""
    first = conversation.seen_from(actor) or 1
    holding = Attachment.objects.filter(message__conversation=conversation.pk, message__deleted_at=None, message__number__gte=first)
    numbers = list(holding.order_by("-pk").values_list("message", flat=True)[: 2 * FILES])
    return list(Message.objects.filter(pk__in=numbers).with_author().order_by("-number")[:FILES])


def search(actor: Actor, conversation: Conversation, words: str) -> list[Message]:
    """Messages that hold all the words, newest first, however their hamza is written."""
    first = conversation.seen_from(actor) or 1
    found = Message.objects.filter(conversation=conversation.pk, number__gte=first, kind=Message.Kind.TEXT).kept().with_author()
    for word in fold(words).split()[:8]:
        found = found.filter(folded__contains=word)
    return list(found.order_by("-number")[:PAGE])


def reads(conversation: Conversation) -> dict[int, tuple[int, int]]:
    """How far each person who takes part has read, and from which number on they see; of a large group, the hundred who are farthest."""
    found = Seat.objects.filter(conversation=conversation.pk).order_by("-number").values_list("user", "number")
    if conversation.kind != Conversation.Kind.GROUP:
        first = seen_from(conversation)
        return {user_id: (number, first[user_id]) for user_id, number in found.filter(user__in=first)[:PEOPLE]}
    farthest = dict(found[: 2 * PEOPLE])
    held = Membership.objects.filter(space=conversation.space_id)
    inside = set(held.filter(user__in=farthest).values_list("user", flat=True))
    through = Mandate.objects.current().filter(user__in=farthest, entity__in=held.filter(entity__isnull=False).values("entity"))
    inside |= set(through.values_list("user", flat=True))
    return {user_id: (number, 1) for user_id, number in farthest.items() if user_id in inside}


def readers_of(message: Message) -> set[int]:
    """Who has read so far as this message, of those who see it."""
    return {user_id for user_id, (number, first) in reads(message.conversation).items() if first <= message.number <= number}


# --- Who takes part ------------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Person:
    """Somebody who takes part, as the list of people shows them."""

    page: Space
    via: Space | None = None
    participant_id: int | None = None
    convenes: bool = False
    is_me: bool = False
    state: str = ""


def people_of(conversation: Conversation) -> list[int]:
    """The numbers of everybody who takes part now."""
    if conversation.kind != Conversation.Kind.GROUP:
        return sorted(seen_from(conversation))
    held = Membership.objects.filter(space=conversation.space_id).values_list("user", "entity")
    direct = {user for user, _entity in held if user}
    return sorted(direct | representatives(entity for _user, entity in held if entity))


def seen_from(conversation: Conversation) -> dict[int, int]:
    """Everybody who takes part in a conversation that is no group's, with the number of the first message they see."""
    people = {held.user_id: held.from_number for held in conversation.participants.all() if held.user_id}
    entities = {held.entity_id: held.from_number for held in conversation.participants.all() if held.entity_id}
    if entities:
        for user_id, entity_id in Mandate.objects.current().filter(entity__in=entities).values_list("user", "entity"):
            people[user_id] = min(people.get(user_id, entities[entity_id]), entities[entity_id])
    return people


def people(actor: Actor, conversation: Conversation) -> list[Person]:
    """Who takes part, institutions first with who speaks for them now; at most a hundred are shown."""
    found: dict[int, Person] = {}
    entities: list[tuple[Space, int | None, bool]] = []
    if conversation.kind == Conversation.Kind.GROUP:
        held = Membership.objects.filter(space=conversation.space_id).select_related("user__page", "entity").order_by("since", "pk")
        for row in held[:PEOPLE]:
            if row.user is not None:
                found[row.user_id or 0] = Person(page=row.user.page, convenes=row.role != "member")
            elif row.entity is not None:
                entities.append((row.entity, None, False))
    else:
        for participant in conversation.participants.all():
            if participant.user is not None:
                found[participant.user_id or 0] = Person(
                    page=participant.user.page, participant_id=participant.pk, convenes=participant.convenes
                )
            elif participant.entity is not None:
                entities.append((participant.entity, participant.pk, participant.convenes))
    if entities:
        by_entity = {entity.pk: (entity, pk, convenes) for entity, pk, convenes in entities}
        held_now = Mandate.objects.current().filter(entity__in=by_entity, user__is_active=True).select_related("user__page")
        for mandate in held_now:
            entity, pk, convenes = by_entity[mandate.entity_id]
            found.setdefault(mandate.user_id, Person(page=mandate.user.page, via=entity, participant_id=pk, convenes=convenes))
    states = presence.states(found)
    for user_id, person in found.items():
        person.is_me = user_id == actor.user_id
        person.state = states.get(user_id, "")
    return sorted(found.values(), key=lambda person: (person.state != "here", person.state != "away"))[:PEOPLE]


def guests(actor: Actor, handles: Iterable[str]) -> list[Space]:
    """The people and institutions of these handles that the actor may see, in the order given."""
    wanted = [handle.strip().removeprefix("@") for handle in handles if handle.strip()]
    found = {
        (space.handle or "").casefold(): space
        for space in Space.objects.visible_to(actor).reachable().exclude(kind=Space.Kind.GROUP).filter(handle__in=wanted)
    }
    return [found[handle.casefold()] for handle in wanted if handle.casefold() in found]


def plain(html: str) -> str:
    """The words of a sentence that has <bdi> in it."""
    return " ".join(text.text_of(html).split())
