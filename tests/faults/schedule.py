"""A seeded schedule: people talk, something dies, it comes back, and the checker looks."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.faults.checker import check, settled, told_all
from tests.faults.clients import Client, ask
from tests.faults.lab import Lab
from tests.faults.wire import Wire

SETTLE_SECONDS = 45
TELL_SECONDS = 150  # longer than a killed worker's lease


@dataclass
class Figures:
    """What a run was made of."""

    rounds: int = 0
    acknowledged: int = 0
    refused: int = 0
    resent: int = 0
    changes: int = 0  # edits, removals, reactions, marks of reading
    catch_ups: int = 0
    reloads: int = 0
    connections: int = 0
    recovery: dict[str, float] = field(default_factory=dict)  # fault → the longest time from the last word until every page was whole
    late_frames: list[float] = field(default_factory=list)  # after a removal's commit, in seconds
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        worst = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in sorted(self.recovery.items()))
        return (
            f"{self.rounds} rounds, {self.acknowledged} messages acknowledged, {self.refused} refused, {self.resent} sent again, "
            f"{self.changes} changes, {self.catch_ups} catch-ups, {self.reloads} reloads, {self.connections} connections. Whole after the last word in at most: {worst}. Violations: {len(self.wrong)}."
        )


class Show:
    """A lab with its people, for several rounds. `messages`: how many a round goes on to; 0: as many as come in `seconds`."""

    def __init__(self, lab: Lab, seed: int, *, catches_up: bool = True, pace: float = 0.5, seconds: float = 4.0, messages: int = 0) -> None:
        self.lab, self.chance = lab, random.Random(seed)
        self.pace, self.seconds, self.messages, self.catches_up = pace, seconds, messages, catches_up
        self.figures = Figures()
        self.starts: dict[tuple[int, int], int] = {}
        self.walked: dict[int, int] = {}  # room → the number up to which HTTP's pages were looked at
        self.removed: list[tuple[Client, int, float]] = []

    async def __aenter__(self) -> Show:
        self.wires = [Wire(port) for port in self.lab.ports]
        for wire in self.wires:
            await wire.start()
        ports, world = [wire.port for wire in self.wires], self.lab.world
        outside = world["outsiders"]
        people = range(len(world["people"]) - len(outside))
        inside = {number: [int(room) for room, members in world["rooms"].items() if number in members] for number in people}
        rooms = [int(room) for room in world["rooms"]]
        self.clients = [
            Client(
                number,
                world["people"][number]["id"],
                self.lab.cookie(number),
                ports,
                inside[number],
                catches_up=self.catches_up,
                slow=number % 9 == 5,
            )
            for number in people
        ]
        self.outsiders = [Client(number, world["people"][number]["id"], self.lab.cookie(number), ports, rooms) for number in outside]
        self.outsiders.append(Client(-1, 0, self.lab.cookie(None), ports, rooms))
        for number, port in enumerate(self.lab.ports):
            await _until(lambda port=port: _answers(port), 40, f"web-{number} does not answer")  # type: ignore[misc]
        self.lines = [asyncio.ensure_future(client.listen()) for client in [*self.clients, *self.outsiders]]
        await _until(self._connected, 40, "not everybody is connected")
        return self

    async def __aexit__(self, *_why: object) -> None:
        for client in [*self.clients, *self.outsiders]:
            client.stop()
        for line in self.lines:
            line.cancel()
        await asyncio.gather(*self.lines, return_exceptions=True)
        for wire in self.wires:
            await wire.stop()

    def talk(self, over: asyncio.Event) -> list[asyncio.Future[None]]:
        """Everybody talks until it is over."""
        self.haste(1)
        return [asyncio.ensure_future(client.talk(self.chance, over)) for client in self.clients]

    def haste(self, times: float) -> None:
        for client in self.clients:
            client.pace = self.pace / times

    async def round(self, fault: str, *, last: bool = False) -> str:
        """Traffic, one fault in the middle of it, recovery, and the look afterwards; what is told of it in a line."""
        began, before = time.monotonic(), self._acknowledged()
        over = asyncio.Event()
        absent, *away = self.chance.sample(self.clients, max(2, len(self.clients) // 8))
        await absent.drop()  # for the whole round: what they missed is too much to be told row by row
        talking = self.talk(over)
        await self._said(before + self.messages // 2)
        for client in away:
            await client.drop()
        self.haste(0.25 if self.messages else 1)  # a talk goes on while something is broken, but nobody hurries a house that is down
        await FAULTS[fault](self)
        whole = time.monotonic()
        for client in away:
            client.online.set()
        self.haste(1)
        await self._said(before + self.messages)
        over.set()
        absent.online.set()
        talked = time.monotonic()
        await asyncio.wait_for(asyncio.gather(*talking), SETTLE_SECONDS)
        with contextlib.suppress(TimeoutError):  # the checker says what is missing
            await _until(self._whole, SETTLE_SECONDS if self.catches_up else 8, "")
        settled = time.monotonic()
        self.figures.recovery[fault] = max(self.figures.recovery.get(fault, 0), settled - talked)
        found = await check(
            self.lab, self.clients, self.outsiders, self.starts, turn=self.figures.rounds, back_to={} if last else self.walked
        )
        found += self._after_removal()
        if last:
            found += await self._told()
        for client in [*self.clients, *self.outsiders]:
            client.frames.clear()
        self.figures.wrong += [f"{fault}: {one}" for one in found]
        self.figures.rounds += 1
        self._count()
        ended = time.monotonic()
        return (
            f"round {self.figures.rounds}: {fault}; {self.figures.acknowledged - before} messages, {self.figures.acknowledged} so far; "
            f"{ended - began:.1f} s ({whole - began:.1f} to the fault's end, {talked - whole:.1f} talk after it, {settled - talked:.1f} until "
            f"whole, {ended - settled:.1f} look); violations {len(found)}"
        )

    async def _said(self, goal: int) -> None:
        """Until so many messages were acknowledged and half the round's seconds are over; a house that is too slow for it is not waited for."""
        await asyncio.sleep(self.seconds / 2)
        deadline = time.monotonic() + SETTLE_SECONDS
        while self.messages and self._acknowledged() < goal and time.monotonic() < deadline:
            await asyncio.sleep(0.05)

    async def _told(self) -> list[str]:
        """What the worker still has to do it may do first: a killed one's lease runs out."""
        deadline = time.monotonic() + TELL_SECONDS
        while True:
            found = await asyncio.to_thread(told_all, self.lab, self.clients, self.starts)
            if not found or time.monotonic() > deadline:
                return found
            await asyncio.sleep(0.5)

    def _acknowledged(self) -> int:
        return sum(bool(one.number) for client in self.clients for one in client.sent)

    def _count(self) -> None:
        figures, clients = self.figures, self.clients
        figures.acknowledged = self._acknowledged()
        figures.refused = sum(bool(one.refused) for client in clients for one in client.sent)
        figures.resent = sum(client.resent for client in clients)
        figures.changes = sum(client.changes for client in clients)
        figures.catch_ups = sum(client.catch_ups for client in clients)
        figures.reloads = sum(client.reloads for client in clients)
        figures.connections = sum(client.connections for client in clients)

    async def _connected(self) -> bool:
        return all(client.connected for client in self.clients)

    async def _whole(self) -> bool:
        return await asyncio.to_thread(settled, self.lab, self.clients)

    # --- members come and go ---
    async def remove(self, client: Client) -> float:
        """Take somebody out of the conversation of several; the moment after its commit."""
        room = self.lab.world["several"]
        ((participant,),) = self.lab.rows("SELECT id FROM chat_participant WHERE conversation_id = %s AND user_id = %s", room, client.user)
        await self._by_convener(f"/conversations/{room}/participants/{participant}/end/", {})
        moment = time.time()
        self.removed.append((client, room, moment))
        return moment

    async def add(self, client: Client) -> None:
        """Bring somebody in, who sees what comes after; their page is opened afterwards."""
        room = self.lab.world["several"]
        await self._by_convener(f"/conversations/{room}/participants/", {"who": self.lab.world["people"][client.number]["handle"]})
        ((first,),) = self.lab.rows(
            "SELECT from_number FROM chat_participant WHERE conversation_id = %s AND user_id = %s", room, client.user
        )
        self.starts[client.number, room] = first
        self.removed = [one for one in self.removed if one[0] is not client]
        await client.add(room)

    async def _by_convener(self, path: str, form: dict[str, str]) -> None:
        convener = self.clients[0]
        answer = await ask(self.lab.ports[0], path, cookie=convener.cookie, form=form)
        assert answer.status == 302, (answer.status, answer.body[:300])

    def _after_removal(self) -> list[str]:
        wrong = []
        for client, room, moment in self.removed:
            late = [at - moment for at, there, kind in client.frames if there == room and kind != "gone" and at > moment]
            self.figures.late_frames += late
            wrong += [f"{client.number} heard room {room} {seconds:.2f} s after being taken out" for seconds in late if seconds > 1]
            if not client.views[room].gone:
                wrong.append(f"{client.number} was not told that room {room} is gone")
        return wrong


# --- what can happen ---
async def _kill_web(show: Show) -> None:
    name = show.chance.choice(["web-0", "web-1"])
    await _dead(show, [name])


async def _kill_both(show: Show) -> None:
    await _dead(show, ["web-0", "web-1"])


async def _kill_worker(show: Show) -> None:
    await _dead(show, ["worker"])


async def _dead(show: Show, names: list[str]) -> None:
    for name in names:
        show.lab.kill(name)
    await asyncio.sleep(0.5)
    for name in names:
        show.lab.start(name)
    for name in names:
        if name != "worker":
            await _until(lambda port=show.lab.ports[int(name[-1])]: _answers(port), 40, f"{name} does not come back")  # type: ignore[misc]


async def _kill_redis(show: Show) -> None:
    show.lab.kill_redis()
    await asyncio.sleep(2)
    await asyncio.to_thread(show.lab.start_redis)


async def _empty_redis(show: Show) -> None:
    await asyncio.to_thread(show.lab.empty_redis)


async def _freeze_redis(show: Show) -> None:
    show.lab.freeze_redis()
    await asyncio.sleep(4)
    show.lab.thaw_redis()


async def _restart_postgres(show: Show) -> None:
    await asyncio.to_thread(show.lab.postgres.restart)


async def _cut_line(show: Show) -> None:
    wire = show.chance.choice(show.wires)
    wire.cut()
    await asyncio.sleep(1)
    wire.heal()


async def _half_open(show: Show) -> None:
    wire = show.chance.choice(show.wires)
    wire.state = "hole"
    await asyncio.sleep(2)
    wire.heal()


async def _slow_line(show: Show) -> None:
    wire = show.chance.choice(show.wires)
    wire.state = "slow"
    await asyncio.sleep(2)
    wire.heal()


async def _membership(show: Show) -> None:
    """One is taken out, another brought in, in the middle of the talk."""
    late = show.clients[show.lab.world["late"]]
    room = show.lab.world["several"]
    if room not in late.views or late.views[room].gone:
        await show.add(late)
    inside = [client for client in show.clients[1:] if room in client.views and not client.views[room].gone and client is not late]
    await show.remove(show.chance.choice(inside))
    await asyncio.sleep(1)


FAULTS: dict[str, Callable[[Show], Awaitable[None]]] = {
    "a web process killed": _kill_web,
    "both web processes killed": _kill_both,
    "the worker killed": _kill_worker,
    "Redis killed": _kill_redis,
    "Redis emptied": _empty_redis,
    "Redis frozen": _freeze_redis,
    "PostgreSQL restarted": _restart_postgres,
    "a line cut": _cut_line,
    "a line half open": _half_open,
    "a line slow": _slow_line,
    "members changed": _membership,
}


async def _answers(port: int) -> bool:
    try:
        return (await ask(port, "/healthz", cookie="", patience=2)).status == 200
    except (OSError, TimeoutError):
        return False


async def _until(ready: Callable[[], Awaitable[bool]], seconds: float, words: str) -> None:
    deadline = time.monotonic() + seconds
    while not await ready():
        if time.monotonic() > deadline:
            raise TimeoutError(words)
        await asyncio.sleep(0.2)
