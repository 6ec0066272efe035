"""After the faults: what the database holds, what HTTP tells and what each page shows must agree, and hold all that was acknowledged."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from tests.faults.clients import Client, ask
from tests.faults.lab import Lab

Row = tuple[int, int, str, int, str]  # id, number, client_id, version, kind


async def check(lab: Lab, clients: list[Client], outsiders: list[Client], starts: dict[tuple[int, int], int]) -> list[str]:
    """The violations, in words. `starts`: (client, room) → the first number somebody who came later may see."""
    wrong: list[str] = []
    attempted = {sent.client_id: sent for client in clients for sent in client.sent}
    for room in {room for client in clients for room in client.views}:
        rows = messages(lab, room)
        wrong += _database(lab, room, rows, attempted)
        by_client = {row[2]: row for row in rows}
        for client in clients:
            for sent in client.acknowledged():
                if sent.room == room and (sent.client_id not in by_client or by_client[sent.client_id][1] != sent.number):
                    wrong.append(f"room {room}: {client.number} was told {sent.number} for {sent.client_id}, which is not there")
            wrong += _view(client, room, rows, starts.get((client.number, room), 1))
    wrong += _order(clients)
    wrong += [f"outsider {one.number} heard {frames}" for one in outsiders if (frames := [f for f in one.frames if f[2] != "gone"])]
    for one in clients[:: max(1, len(clients) // 5)]:
        wrong += await _http(lab, one, starts)
    for one in outsiders:
        for room in {room for client in clients for room in client.views}:
            status, body, _headers = await ask(one.port, f"/live/?conversation.{room}=0&lang=ar", cookie=one.cookie)
            if status != 200 or json.loads(body)["streams"] != {f"conversation.{room}": {"gone": True}}:
                wrong.append(f"outsider {one.number}: /live/ answers {status} {body[:200]}")
            status, body, _headers = await ask(one.port, f"/ar/conversations/{room}/messages/", cookie=one.cookie)
            if status not in (302, 404) or "data-client" in body:
                wrong.append(f"outsider {one.number}: the messages answer {status}")
    return wrong


def messages(lab: Lab, room: int) -> list[Row]:
    found = lab.rows("SELECT id, number, client_id::text, version, kind FROM chat_message WHERE conversation_id = %s ORDER BY number", room)
    return [(int(row[0]), int(row[1]), str(row[2]), int(row[3]), str(row[4])) for row in found]


def settled(lab: Lab, clients: list[Client]) -> bool:
    """Whether every page stands at the head of each of its rooms."""
    heads = dict(lab.rows("SELECT id, version FROM chat_conversation"))
    return all(view.version == heads[room] for client in clients for room, view in client.views.items() if not view.gone)


def _database(lab: Lab, room: int, rows: list[Row], attempted: dict[str, Any]) -> list[str]:
    wrong = []
    if [row[1] for row in rows] != list(range(1, len(rows) + 1)):
        wrong.append(f"room {room}: the numbers have gaps or doubles")
    if doubled := [client for client, count in Counter(row[2] for row in rows).items() if count > 1]:
        wrong.append(f"room {room}: twice {doubled}")
    if strange := [row[2] for row in rows if row[4] == "text" and row[2] not in attempted]:
        wrong.append(f"room {room}: nobody sent {strange[:5]}")
    ((last, head),) = lab.rows("SELECT last_number, version FROM chat_conversation WHERE id = %s", room)
    if last != len(rows) or (rows and head < max(row[3] for row in rows)):
        wrong.append(f"room {room}: counters say {last}, version {head}; the rows say {len(rows)}")
    return wrong


def _view(client: Client, room: int, rows: list[Row], first: int) -> list[str]:
    view = client.views.get(room)
    if view is None or view.gone:
        return []
    first = max(first, view.first)
    due = [(row[1], row[0], row[2] if row[4] == "text" else "") for row in rows if row[1] >= first]
    seen = sorted((number, pk, client_id if client_id else "") for pk, (number, _version, client_id) in view.shown.items())
    if seen == due:
        return []
    lost, extra = sorted(set(due) - set(seen))[:3], sorted(set(seen) - set(due))[:3]
    return [f"room {room}: {client.number} misses {lost} of {len(due)}, has {extra} too many (version {view.version}, from {first})"]


def _order(clients: list[Client]) -> list[str]:
    wrong = []
    for client in clients:
        for room in client.views:
            numbers = [sent.number for sent in client.acknowledged() if sent.room == room]
            if numbers != sorted(set(numbers)):
                wrong.append(f"room {room}: the order of {client.number} is not the order in which they spoke")
    return wrong


async def _http(lab: Lab, client: Client, starts: dict[tuple[int, int], int]) -> list[str]:
    """What /live/ tells this person is what stands in the database, and their unread counts are a recount."""
    wrong = []
    for room, view in client.views.items():
        if view.gone:
            continue
        rows = messages(lab, room)
        first = starts.get((client.number, room), 1)
        after = max(0, view.version - 60)
        status, body, _headers = await ask(client.port, f"/live/?conversation.{room}={after}&lang=ar", cookie=client.cookie)
        told = [row["id"] for row in json.loads(body)["streams"][f"conversation.{room}"]["rows"]] if status == 200 else []
        if told != [f"message-{row[0]}" for row in rows if row[3] > after and row[1] >= first]:
            wrong.append(f"room {room}: /live/ tells {client.number} something else than the database ({status})")
    status, body, _headers = await ask(client.port, "/conversations/count/", cookie=client.cookie)
    counted = {int(room): unread for room, unread in json.loads(body)["rooms"].items()} if status == 200 else {}
    for room, view in client.views.items():
        if view.gone:
            continue
        known = max(
            [
                starts.get((client.number, room), 1) - 1,
                *(
                    row[0]
                    for row in lab.rows("SELECT number FROM chat_seat WHERE conversation_id = %s AND user_id = %s", room, client.user)
                ),
            ]
        )
        ((unread,),) = lab.rows(
            "SELECT count(*) FROM chat_message WHERE conversation_id = %s AND number > %s AND number <= %s AND kind = 'text' "
            "AND deleted_at IS NULL AND author_id <> %s",
            room,
            known,
            known + 100,
            client.user,
        )
        if counted.get(room, 0) != unread:
            wrong.append(f"room {room}: {client.number} is told {counted.get(room, 0)} unread, a recount says {unread}")
    return wrong
