"""The rows of live chat: deliveries to 500 and 2,000 sockets beside two yardsticks, a room of 100,000 messages beside one of 100, pages while a thousand sockets idle."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from tests.bench import load, sockets
from tests.bench.meter import cpu_ms, memory_mb, percentile, quartiles

if TYPE_CHECKING:
    from tests.bench.__main__ import Row, Serving, World

LONG, SHORT = 100_000, 100
POSTS = 5
IDLE, IDLE_SECONDS = 1_000, 70


class Rooms:
    """The room of the world's group, a quiet talk of two, and two rooms that differ by their length alone."""

    def __init__(self, world: World) -> None:
        from chat import actions  # noqa: PLC0415 -- after setup
        from chat.models import Conversation, Message  # noqa: PLC0415
        from network.spaces.actors import Actor  # noqa: PLC0415
        from network.spaces.models import Membership, Space  # noqa: PLC0415

        space = world.topic.space_id
        members = list(Membership.objects.filter(space=space, user__isnull=False).order_by("pk").select_related("user__page")[:6])
        actor = Actor.of(members[0].user)
        self.busy = actions.room_of(actor, Space.objects.get(pk=space)).pk
        quiet = actions.start(actor, [members[1].user.page])
        self.quiet = quiet.pk
        self.lengths: dict[int, int] = {}
        for length, other in ((SHORT, members[2]), (LONG, members[3])):
            talk = actions.start(actor, [other.user.page])
            self.lengths[length] = talk.pk
            if talk.last_number >= length:
                continue
            html = "<p>قهوة الصباح coffee</p>"
            rows = (
                Message(conversation=talk, number=n, version=n, author=other.user, html=html, text=html[3:-4], client_id=uuid.uuid4())
                for n in range(1, length + 1)
            )
            Message.objects.bulk_create(rows, batch_size=2_000)
            last = Message.objects.get(conversation=talk, number=length)
            Conversation.objects.filter(pk=talk.pk).update(last_number=length, version=length, last_message=last)


def say(port: int, room: int, cookie: str, mark: str, token: str) -> bytes:
    form = urlencode({"body": f"{mark} " + "قهوة الصباح coffee " * 20, "client_id": str(uuid.uuid4()), "on_behalf_of": ""})
    return load.request(f"/conversations/{room}/messages/", port, cookie=cookie, form=form.encode(), token=token)


class Servers(NamedTuple):
    """Ours, two yardsticks of a delivery, and two of ours without worker and clock, alike but for their sockets."""

    ours: Serving
    floor: Serving
    raw: Serving
    busy: Serving
    quiet: Serving


async def chat(world: World, servers: Servers, rounds: int, new_row: type[Row], token: str) -> list[Row]:
    """All rows, by turns with their yardsticks."""
    rooms = await asyncio.to_thread(Rooms, world)
    rows = [*await _lengths(world, rooms, servers.ours, rounds, new_row)]
    rows.append(await _idle(world, servers.busy, servers.quiet, rounds, new_row))
    for count in (500, 2_000):
        rows += await _deliveries(world, rooms, servers.ours, (servers.floor, servers.raw), rounds, count, new_row, token)
    return rows


async def _lengths(world: World, rooms: Rooms, ours: Serving, rounds: int, new_row: type[Row]) -> list[Row]:
    """CPU of the server for opening the long room, as a multiple of the short one's."""
    row = new_row(f"a room of {LONG:,} beside one of {SHORT}", 1.2, "× short")
    ready = {length: load.request(f"/ar/conversations/{pk}/", ours.port, cookie=world.cookies[0]) for length, pk in rooms.lengths.items()}
    costs: dict[int, list[float]] = {length: [] for length in ready}
    for _ in range(rounds + 1):
        for length, data in ready.items():
            done = await load.run(lambda _number, data=data: data, ours.port, ours.pid, connections=4, seconds=0.8)  # type: ignore[misc]
            costs[length].append(done.cpu_ms)
    row.values = [long / short for long, short in zip(costs[LONG][1:], costs[SHORT][1:], strict=True)]
    row.note = f"{quartiles(costs[LONG][1:])[1]:.2f} ms CPU a room"
    return [row]


async def _idle(world: World, busy: Serving, quiet: Serving, rounds: int, new_row: type[Row]) -> Row:
    """How long a signed-in page takes beside a thousand sockets that say nothing, as a multiple of the same page of a server that has none.

    The sockets are signed in and hear a topic and the feed; they idle for longer than the minute after which each is asked for its rights again.
    """
    row = new_row(f"page latency beside {IDLE:,} idle sockets, p50", 1.2, "× none")
    ready = {server: load.request(f"/ar/boards/{world.board}/", server.port, cookie=world.cookies[0]) for server in (busy, quiet)}
    lines = {server: load.Connection(server.port) for server in ready}
    hello = f'{{"type": "subscribe", "streams": ["topic.{world.topic.pk}/ar", "feed"]}}'
    ears = []
    for cookie in world.cookies[:10]:
        ears += await sockets.listen(busy.port, "/live/socket/?v=1", lambda _payload: None, count=IDLE // 10, hello=hello, cookie=cookie)

    async def latencies() -> dict[Serving, list[float]]:
        """A page of one, a page of the other: whatever else the machine does meets both."""
        took: dict[Serving, list[float]] = {server: [] for server in ready}
        for _ in range(200):
            for server, line in lines.items():
                began = time.perf_counter()
                await line.ask(ready[server])
                took[server].append((time.perf_counter() - began) * 1000)
        return took

    await asyncio.sleep(5)  # subscribed
    await latencies()
    slowest: list[float] = []
    for _ in range(rounds):
        took = await latencies()
        beside, alone = (percentile(took[server], 50) for server in (busy, quiet))
        row.values.append(beside / alone)
        slowest.append(percentile(took[busy], 99) / percentile(took[quiet], 99))
        row.note = f"{beside:.1f} ms against {alone:.1f} ms; p99 {quartiles(slowest)[1]:.2f} ×"
        await asyncio.sleep(IDLE_SECONDS / rounds)
    for ear in ears:
        ear.transport.close()
    return row


class Bare:
    """A yardstick with its listeners: what is called to it goes to every one of them."""

    def __init__(self, server: Serving, count: int) -> None:
        self.server, self.count, self.gong = server, count, sockets.Gong()

    async def open(self) -> None:
        self.ears = await sockets.listen(self.server.port, "/hear", self.gong.heard, count=self.count)
        (self.caller,) = await sockets.listen(self.server.port, "/call", lambda _payload: None, count=1)

    async def call(self, mark: str, size: int) -> None:
        self.gong.set(mark.encode(), self.count)
        self.caller.say(mark + "x" * (min(size, 60_000) - len(mark)))
        await asyncio.wait_for(self.gong.all_came.wait(), 20)

    def close(self) -> None:
        for ear in [*self.ears, self.caller]:
            ear.transport.close()


async def _deliveries(
    world: World, rooms: Rooms, ours: Serving, yardsticks: tuple[Serving, Serving], rounds: int, count: int, new_row: type[Row], token: str
) -> list[Row]:
    """One message to `count` sockets that hear the room: CPU a delivery beside a bare send loop and beside websockets' own, and when the last has it."""
    beside = new_row("the same beside websockets' broadcast()", float("inf"), "× raw")
    delivery = new_row(f"a message to {count:,} sockets, a delivery", 1.3, "× bare")
    last = new_row(f"message → last of {count:,} viewers, p99", 200 if count == 500 else 400, "ms")
    weight = new_row(f"memory of a socket of {count:,}", 60, "kB")
    gong = sockets.Gong()
    size = 2_000

    def heard(payload: bytes) -> None:
        nonlocal size
        if b"MARK" in payload:
            size = len(payload)
        gong.heard(payload)

    before = memory_mb(ours.pid)
    hello = f'{{"type": "subscribe", "streams": ["conversation.{rooms.busy}/ar"]}}'
    ears = await sockets.listen(ours.port, "/live/socket/?v=1", heard, count=count, hello=hello, cookie=world.cookies[0])
    await asyncio.sleep(3)
    weight.values.append((memory_mb(ours.pid) - before) * 1024 / count)
    loop, raw = (Bare(server, count) for server in yardsticks)
    await loop.open()
    await raw.open()
    line, took = load.Connection(ours.port), list[float]()

    async def spent(pid: int, deed: Any) -> float:
        began = cpu_ms(pid)
        for number in range(POSTS):
            await deed(number)
            await asyncio.sleep(0.05)
        return cpu_ms(pid) - began

    for turn in range(rounds):

        async def alone(number: int, turn: int = turn) -> None:
            await line.ask(say(ours.port, rooms.quiet, world.cookies[0], f"ALONE{turn}-{number}", token))

        async def told(number: int, turn: int = turn) -> None:
            mark = f"MARK{turn:03d}{number:03d}"
            gong.set(mark.encode(), count)
            began = time.perf_counter()
            status, _size = await line.ask(say(ours.port, rooms.busy, world.cookies[0], mark, token))
            if status >= 400:
                raise SystemExit(f"the message was refused: {status}")
            await asyncio.wait_for(gong.all_came.wait(), 20)
            took.append((gong.last - began) * 1000)

        without = await spent(ours.pid, alone)
        mine = max(await spent(ours.pid, told) - without, 1.0)
        cost: dict[Bare, float] = {}
        for bare in (loop, raw):

            async def called(number: int, bare: Bare = bare, turn: int = turn) -> None:
                await bare.call(f"BARE{turn:03d}{number:03d}", size)

            cost[bare] = max(await spent(bare.server.pid, called), 1.0)
        delivery.values.append(mine / cost[loop])
        beside.values.append(mine / cost[raw])
        each = {bare: ms * 1000 / POSTS / count for bare, ms in cost.items()}
        delivery.note = (
            f"{mine * 1000 / POSTS / count:.0f} µs against {each[loop]:.0f} µs, frame {size} B; sending alone {without / POSTS:.1f} ms"
        )
        beside.note = f"{mine * 1000 / POSTS / count:.0f} µs against {each[raw]:.0f} µs"
    last.values.append(percentile(took, 99))
    last.note = f"median {percentile(took, 50):.0f} ms over {len(took)} messages"
    for ear in ears:
        ear.transport.close()
    loop.close()
    raw.close()
    await asyncio.sleep(0.5)
    return [delivery, beside, last, weight]
