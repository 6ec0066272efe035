"""After the faults: what the database holds, what HTTP tells and what each page shows must agree, and hold all that was acknowledged.

Each look is at everything, from the first message on; only the walk through HTTP's pages goes back no farther than to the last look, except in
the last round.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.faults.clients import MARK, Answer, Client, Sent, Shown, ask, rows_of, says
from tests.faults.lab import Lab

AFTER = 150  # versions back from which /live/ is asked
Starts = dict[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands in the database."""

    pk: int
    number: int
    client_id: str
    version: int
    kind: str
    html: str
    reactions: dict[str, int]
    deleted: bool
    reply_to: int | None

    @property
    def mark(self) -> str:
        found = MARK.search(self.html)
        return found[0] if found else ""

    @property
    def shown(self) -> Shown:
        """What a page must show of it."""
        return self.number, self.version, self.client_id if self.kind == "text" else "", says(self.html, self.reactions)


@dataclass
class Truth:
    """The database in one look: rooms, messages, who reacted, how far each has read, whom a mention was told."""

    heads: dict[int, tuple[int, int]]
    messages: dict[int, list[Message]]
    reactions: set[tuple[int, int, str]]
    seats: dict[tuple[int, int], int]
    notices: Counter[tuple[int, str]]
    unread: dict[tuple[int, int], int]


def look(lab: Lab, known: Starts) -> Truth:
    """`known`: (user, room) → the number before which somebody who came later sees nothing."""
    messages: dict[int, list[Message]] = {}
    for room, *row in lab.rows(
        "SELECT conversation_id, id, number, client_id::text, version, kind, html, reactions, deleted_at IS NOT NULL, reply_to_id "
        "FROM chat_message ORDER BY conversation_id, number"
    ):
        messages.setdefault(room, []).append(Message(*row))
    pairs = list(known)
    recount = lab.rows(
        "SELECT person, room, (SELECT count(*) FROM chat_message m WHERE m.conversation_id = room AND m.number > known "
        "AND m.number <= known + 100 AND m.kind = 'text' AND m.deleted_at IS NULL AND m.author_id <> person) FROM (SELECT asked.person, asked.room, "
        "greatest(asked.start - 1, coalesce(s.number, 0)) AS known FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS asked(person, room, start) "
        "LEFT JOIN chat_seat s ON s.conversation_id = asked.room AND s.user_id = asked.person) AS each",
        [person for person, _room in pairs],
        [room for _person, room in pairs],
        [known[pair] for pair in pairs],
    )
    return Truth(
        heads={room: (last, version) for room, last, version in lab.rows("SELECT id, last_number, version FROM chat_conversation")},
        messages=messages,
        reactions=set(lab.rows("SELECT message_id, user_id, kind FROM chat_messagereaction")),
        seats={(user, room): number for user, room, number in lab.rows("SELECT user_id, conversation_id, number FROM chat_seat")},
        notices=Counter(lab.rows("SELECT recipient_id, path FROM notices_notice WHERE reason = 'chat_mention'")),
        unread={(person, room): count for person, room, count in recount},
    )


async def check(
    lab: Lab, clients: list[Client], outsiders: list[Client], starts: Starts, *, turn: int = 0, back_to: dict[int, int]
) -> list[str]:
    """The violations, in words. `starts`: (client, room) → the first number somebody who came later may see.

    `back_to`: room → the number down to which HTTP's pages are walked; it is moved to the end. `turn` says whose turn it is to walk.
    """
    inside = [(client, room) for client in clients for room, view in client.views.items() if not view.gone]
    known = {(client.user, room): starts.get((client.number, room), 1) for client, room in inside}
    truth = await asyncio.to_thread(look, lab, known)
    wrong = [f"{one.number} heard {strange}" for one in [*clients, *outsiders] for strange in one.strange]
    rooms = sorted({room for client in clients for room in client.views})
    for room in rooms:
        wrong += _database(truth, room, clients)
        wrong += _views(truth, room, clients, starts)
        wrong += _order(room, clients)
    wrong += _changes(truth, clients)
    wrong += [f"outsider {one.number} heard {frames}" for one in outsiders if (frames := [f for f in one.frames if f[2] != "gone"])]
    wrong += await _counts(truth, clients)
    step = max(1, len(clients) // 5)
    for one in clients[turn % step :: step]:
        wrong += await _live(truth, one, starts)
    for room in rooms:
        there = [client for client, inside_room in inside if inside_room == room]
        wrong += await _history(truth, there[turn % len(there)], room, starts, back_to.get(room, 1))
        back_to[room] = truth.heads[room][0]
    shut = [(one, room) for one in outsiders for room in rooms]
    shut += [(client, room) for client in clients for room, view in client.views.items() if view.gone]
    for one, room in shut:
        wrong += await _door(one, room)
    return wrong


def told_all(lab: Lab, clients: list[Client], starts: Starts) -> list[str]:
    """Whom a message named was told once, and nobody else; asked when the worker has had its time."""
    truth = look(lab, {})
    messages = {message.pk: message for some in truth.messages.values() for message in some}
    named = {
        (clients[sent.named].user, f"/messages/{sent.pk}/"): sent for client in clients for sent in client.acknowledged() if sent.named
    }
    wrong = [f"{user} was told {count} times of {path}" for (user, path), count in truth.notices.items() if count > 1]
    for (user, path), sent in named.items():
        # Whoever is not there, came later or was taken out meanwhile is told nothing; nor is anybody of what was taken back first.
        away = sent.room not in clients[sent.named].views or (sent.named, sent.room) in starts or clients[sent.named].views[sent.room].gone
        if not away and not messages[sent.pk].deleted and not truth.notices[user, path]:
            wrong.append(f"{user} was not told of {path}, which names them")
    return wrong


def settled(lab: Lab, clients: list[Client]) -> bool:
    """Whether everybody is connected, and every page stands at the head of each of its rooms."""
    if not all(client.connected for client in clients):
        return False
    heads = dict(lab.rows("SELECT id, version FROM chat_conversation"))
    return all(view.version == heads[room] for client in clients for room, view in client.views.items() if not view.gone)


def _database(truth: Truth, room: int, clients: list[Client]) -> list[str]:
    wrong = []
    rows = truth.messages.get(room, [])
    by_client = {row.client_id: row for row in rows}
    attempted = {sent.client_id for client in clients for sent in client.sent}
    if [row.number for row in rows] != list(range(1, len(rows) + 1)):
        wrong.append(f"room {room}: the numbers have gaps or doubles")
    if doubled := [client for client, count in Counter(row.client_id for row in rows).items() if count > 1]:
        wrong.append(f"room {room}: twice {doubled}")
    if strange := [row.client_id for row in rows if row.kind == "text" and row.client_id not in attempted]:
        wrong.append(f"room {room}: nobody sent {strange[:5]}")
    last, head = truth.heads[room]
    if last != len(rows) or (rows and head < max(row.version for row in rows)):
        wrong.append(f"room {room}: counters say {last}, version {head}; the rows say {len(rows)}")
    for client in clients:
        for sent in client.acknowledged():
            if sent.room != room:
                continue
            row = by_client.get(sent.client_id)
            if row is None or (row.number, row.pk) != (sent.number, sent.pk):
                wrong.append(f"room {room}: {client.number} was told {sent.number} for {sent.client_id}, which is not there")
            elif not sent.unsure and not _as_acknowledged(row, sent):
                wrong.append(f"room {room}: message {sent.number} of {client.number} is not as acknowledged: {sent} {row}")
    return wrong


def _as_acknowledged(row: Message, sent: Sent) -> bool:
    return (row.deleted and not row.html) if sent.deleted else (not row.deleted and row.mark == sent.mark)


def _changes(truth: Truth, clients: list[Client]) -> list[str]:
    """Reactions and places of reading that were acknowledged stand there, and the counts beside the texts are a recount."""
    wrong = []
    messages = {message.pk: message for some in truth.messages.values() for message in some}
    counted: dict[int, Counter[str]] = {}
    for pk, _user, kind in truth.reactions:
        counted.setdefault(pk, Counter())[kind] += 1
    wrong += [
        f"message {pk}: it says {message.reactions}, a recount {dict(counted.get(pk, {}))}"
        for pk, message in messages.items()
        if message.reactions != counted.get(pk, {})
    ]
    for client in clients:
        for (pk, kind), on in client.given.items():
            stands = (pk, client.user, kind) in truth.reactions
            if on is not None and stands != on and not messages[pk].deleted:
                wrong.append(f"message {pk}: {client.number} was told {kind} {on}, it is {stands}")
        for room, number in client.read.items():
            if truth.seats.get((client.user, room), 0) < number:
                wrong.append(f"room {room}: {client.number} had read {number}, the seat says {truth.seats.get((client.user, room))}")
    return wrong


def _views(truth: Truth, room: int, clients: list[Client], starts: Starts) -> list[str]:
    wrong = []
    rows = truth.messages.get(room, [])
    by_pk = {row.pk: row for row in rows}
    whole = {row.pk: row.shown for row in rows}
    # What a message may quote: nothing, or the words of another as they are now. "" for what was taken back.
    marks = {row.pk: row.mark for row in rows}
    for client in clients:
        view = client.views.get(room)
        if view is None or view.gone:
            continue
        start = starts.get((client.number, room), 1)
        first = max(start, view.first)
        due = whole if first == 1 else {row.pk: whole[row.pk] for row in rows if row.number >= first}
        if view.shown != due:
            lost = [(pk, shown) for pk, shown in due.items() if view.shown.get(pk) != shown][:3]
            extra = [(pk, shown) for pk, shown in view.shown.items() if due.get(pk) != shown][:3]
            head = truth.heads[room][1]
            wrong.append(
                f"room {room}: {client.number} misses {lost} of {len(due)}, has {extra} too many (version {view.version} of {head}, from {first})"
            )
        for pk, quoted in view.quoted.items():
            answered = by_pk[pk].reply_to if pk in by_pk else None
            if quoted and list(quoted) != [marks.get(answered or 0)]:
                wrong.append(
                    f"room {room}: {client.number} sees {quoted} quoted in {pk}, which answers {answered}: {marks.get(answered or 0)}"
                )
        if start > 1 and view.seen:
            hidden = {mark.partition("e")[0] for mark in _before(room, start, clients)}
            if leaked := {mark for mark in view.seen if mark.partition("e")[0] in hidden}:
                wrong.append(f"room {room}: {client.number}, who came at {start}, saw {sorted(leaked)[:5]}")
    return wrong


def _before(room: int, number: int, clients: list[Client]) -> list[str]:
    return [sent.mark for client in clients for sent in client.acknowledged() if sent.room == room and sent.number < number]


def _order(room: int, clients: list[Client]) -> list[str]:
    """What was acknowledged before something else was begun stands before it: for one speaker, and between any two."""
    said = [sent for client in clients for sent in client.acknowledged() if sent.room == room]
    wrong = []
    if len({sent.number for sent in said}) != len(said):
        wrong.append(f"room {room}: two were told the same number")
    ended, at, highest = sorted(said, key=lambda sent: sent.ended), 0, 0
    for sent in sorted(said, key=lambda sent: sent.began):
        while ended[at].ended < sent.began:
            highest = max(highest, ended[at].number)
            at += 1
        if sent.number < highest:
            wrong.append(f"room {room}: {sent.mark} was begun after number {highest} was acknowledged, and stands at {sent.number}")
    return wrong


async def _counts(truth: Truth, clients: list[Client]) -> list[str]:
    """Everybody's unread counts are a recount."""
    lines = asyncio.Semaphore(4)

    async def counts(client: Client) -> Answer:
        async with lines:
            answer: Answer = await client.ask("/conversations/count/")
            return answer

    wrong = []
    for client, answer in zip(clients, await asyncio.gather(*map(counts, clients)), strict=True):
        counted = {int(room): unread for room, unread in json.loads(answer.body)["rooms"].items()} if answer.status == 200 else {}
        due = {room: count for (user, room), count in truth.unread.items() if user == client.user and count}
        if counted != due:
            wrong.append(f"{client.number} is told {counted} unread ({answer.status}), a recount says {due}")
    return wrong


async def _live(truth: Truth, client: Client, starts: Starts) -> list[str]:
    """What /live/ tells this person is what stands in the database."""
    wrong = []
    for room, view in client.views.items():
        if view.gone:
            continue
        head, first = truth.heads[room][1], starts.get((client.number, room), 1)
        after = max(0, head - AFTER)
        answer: Answer = await client.ask(f"/live/?conversation.{room}={after}&lang=ar")
        told: dict[str, Any] = json.loads(answer.body)["streams"][f"conversation.{room}"] if answer.status == 200 else {}
        rows = {row.pk: row.shown for each in told.get("rows", ()) for row in rows_of(each["html"])}
        due = {row.pk: row.shown for row in truth.messages.get(room, ()) if row.version > after and row.number >= first}
        if told.get("head") != head or list(rows.items()) != list(due.items()):
            wrong.append(f"room {room}: /live/ tells {client.number} something else than the database ({answer.status})")
    return wrong


async def _history(truth: Truth, client: Client, room: int, starts: Starts, back_to: int) -> list[str]:
    """Page by page from the end: the history that HTTP shows is what stands in the database, in its order."""
    before, first = "", max(back_to, starts.get((client.number, room), 1))
    found: list[tuple[int, Shown]] = []
    while True:
        answer: Answer = await client.ask(f"/ar/conversations/{room}/messages/" + (f"?before={before}" if before else ""))
        if answer.status != 200:
            return [f"room {room}: the history of {client.number} answers {answer.status}"]
        found[:0] = [(row.pk, row.shown) for row in rows_of(answer.body)]
        before = answer.headers.get("x-before", "")
        if not before or (found and found[0][1][0] <= first):
            break
    down_to = found[0][1][0] if found else 1
    due = [(row.pk, row.shown) for row in truth.messages.get(room, ()) if row.number >= down_to]
    if found != due or (found and down_to > first):
        differs = [pair for pair in zip(found, due, strict=False) if pair[0] != pair[1]][:2]
        return [f"room {room}: the history of {client.number} from {down_to} is not the database's: {len(found)} of {len(due)}, {differs}"]
    return []


async def _door(one: Client, room: int) -> list[str]:
    """Who does not take part is told nothing."""
    wrong = []
    answer = await ask(one.port, f"/live/?conversation.{room}=0&lang=ar", cookie=one.cookie)
    if answer.status != 200 or json.loads(answer.body)["streams"] != {f"conversation.{room}": {"gone": True}}:
        wrong.append(f"outsider {one.number}: /live/ answers {answer.status} {answer.body[:200]}")
    answer = await ask(one.port, f"/ar/conversations/{room}/messages/", cookie=one.cookie)
    if answer.status not in (302, 404) or "data-client" in answer.body:
        wrong.append(f"outsider {one.number}: the messages answer {answer.status}")
    return wrong
