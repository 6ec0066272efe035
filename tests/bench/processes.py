"""Two web processes beside one, in the production shape: real PostgreSQL and Redis, and processes that share nothing else."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tests import services
from tests.bench import load, sockets
from tests.bench.chat import say
from tests.bench.meter import cpu_ms, percentile
from tests.faults.lab import Lab

if TYPE_CHECKING:
    from tests.bench.__main__ import Row

LISTENERS = 500  # of a process, who hear each message
MESSAGES = 20


def two_processes(rounds: int, new_row: type[Row], token: str) -> Row:
    """Deliveries a second of server CPU: twice those of one process beside those of two.

    Two rooms: one is heard by 500 sockets of the first process, the other by 500 of each. Messages are posted to a third process, which has no
    sockets, so that the CPU of the other two is that of hearing Redis and delivering, and nothing else; the load's own is not in it.
    """
    lab = Lab(10, environment={"LIVE_SOCKETS_PER_USER": "5000"})
    try:
        lab.ports.append(services.free_port())
        lab.start("web-2")
        return asyncio.run(_measure(lab, rounds, new_row, token))
    finally:
        lab.stop()


async def _measure(lab: Lab, rounds: int, new_row: type[Row], token: str) -> Row:
    row = new_row("twice one process beside two, deliveries/CPU", 1.25, "× two")
    for port in lab.ports:
        await _answering(port)
    cookie, gong = lab.cookie(0), sockets.Gong()
    alone, both = lab.world["several"], max(map(int, lab.world["rooms"]))
    ears = []
    for room, ports in ((alone, lab.ports[:1]), (both, lab.ports[:2])):
        hello = f'{{"type": "subscribe", "streams": ["conversation.{room}/ar"]}}'
        for port in ports:
            ears += await sockets.listen(port, "/live/socket/?v=1", gong.heard, count=LISTENERS, hello=hello, cookie=cookie)
    await asyncio.sleep(4)
    line, first, second = load.Connection(lab.ports[2]), lab.running["web-0"].pid, lab.running["web-1"].pid
    lasts: dict[int, list[float]] = {alone: [], both: []}

    async def deliver(room: int, listeners: int, pids: tuple[int, ...]) -> float:
        """Deliveries a second of CPU, summed over the processes, each of which delivers to as many."""
        before = [cpu_ms(pid) for pid in pids]
        for number in range(MESSAGES):
            mark = f"MARK{room}-{time.monotonic_ns()}-{number:03d}"
            gong.set(mark.encode(), listeners)
            began = time.perf_counter()
            status, _size = await line.ask(
                say(lab.ports[2], room, cookie, mark, token).replace(b"Accept: text/html", b"Accept: application/json")
            )
            if status != 200:
                raise SystemExit(f"the message was refused: {status}")
            await asyncio.wait_for(gong.all_came.wait(), 20)
            lasts[room].append((gong.last - began) * 1000)
            await asyncio.sleep(0.02)
        spent = [max(cpu_ms(pid) - at, 10.0) for pid, at in zip(pids, before, strict=True)]
        return sum(MESSAGES * LISTENERS * 1000 / ms for ms in spent)

    await deliver(alone, LISTENERS, (first,))
    await deliver(both, 2 * LISTENERS, (first, second))
    for _ in range(rounds):
        one = await deliver(alone, LISTENERS, (first,))
        two = await deliver(both, 2 * LISTENERS, (first, second))
        row.values.append(2 * one / two)
        row.note = (
            f"{one:,.0f} and {two:,.0f} deliveries a CPU second; last of {LISTENERS} after {percentile(lasts[alone], 50):.0f} ms, "
            f"of {2 * LISTENERS:,} after {percentile(lasts[both], 50):.0f} ms"
        )
    for ear in ears:
        ear.transport.close()
    return row


async def _answering(port: int) -> None:
    for _ in range(300):
        try:
            if (await load.Connection(port).ask(load.request("/healthz", port)))[0] == 200:
                return
        except (OSError, asyncio.IncompleteReadError):
            pass
        await asyncio.sleep(0.1)
    raise SystemExit("a web process did not start")
