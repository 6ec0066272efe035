"""The runs: rounds of faults, removals under load, and a talk while Redis is dead."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.lab import Lab
from tests.faults.schedule import FAULTS, Figures, Show


async def run(
    seed: int,
    *,
    people: int,
    rounds: int,
    pace: float = 0.5,
    seconds: float = 4.0,
    messages: int = 0,
    catches_up: bool = True,
    module: str = "",
    faults: list[str] | None = None,
    tell: Callable[[str], None] = print,
) -> Figures:
    """Rounds of faults, every kind in turn in an order of the seed's; what was seen. Each round is told in a line."""
    order = list(faults or FAULTS)
    if faults is None:
        random.Random(seed).shuffle(order)
    lab = await asyncio.to_thread(Lab, people, module=module)
    try:
        async with Show(lab, seed, pace=pace, seconds=seconds, messages=messages, catches_up=catches_up) as show:
            for number in range(rounds):
                tell(await show.round(order[number % len(order)], last=number == rounds - 1))
                if (module or not catches_up) and any("misses" in one for one in show.figures.wrong):
                    break  # a mutant is caught once
            return show.figures
    finally:
        await asyncio.to_thread(lab.stop)


@dataclass
class Late:
    """How long after its commit a removal was still followed by a frame, and when it was told."""

    trials: int
    frames: list[float]
    gone: list[float]

    @property
    def wrong(self) -> int:
        """A frame later than a second, somebody who was not told, or a 99th percentile above a second."""
        slow = sum(1 for of in (self.frames, self.gone) if of and share(of, 0.99) > 1)
        return sum(seconds > 1 for seconds in self.frames) + (self.trials - len(self.gone)) + slow

    def __str__(self) -> str:
        def words(values: list[float]) -> str:
            return f"p50 {share(values, 0.5):.3f} s, p99 {share(values, 0.99):.3f} s, last {max(values):.3f} s" if values else "none"

        return (
            f"frames after the commit: {len(self.frames)}, {words(self.frames)}; told that it is gone: {len(self.gone)} of {self.trials}, "
            f"{words(self.gone)}"
        )


def share(values: list[float], q: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * q))]


async def revocation(lab: Lab, trials: int) -> Late:
    """Take people out, one after another, and bring them in again, under a steady load; what they heard after each commit."""
    frames: list[float] = []
    gone: list[float] = []
    # About twenty messages a second: a house that is busy, not one that is drowned.
    async with Show(lab, 1, pace=max(0.4, len(lab.world["people"]) / 20)) as show:
        room, over = lab.world["several"], asyncio.Event()
        talking = show.talk(over)
        victims = [client for client in show.clients[2:] if room in client.views and client.number != lab.world["late"]][:8]
        for start in range(0, trials, len(victims)):
            batch = victims[: trials - start]
            for client in batch:
                client.frames.clear()
            moments = [(client, await show.remove(client)) for client in batch]
            await asyncio.sleep(1.3)  # longer than the second in which all must be silent
            for client, moment in moments:
                heard = [(at - moment, kind) for at, there, kind in client.frames if there == room]
                frames += [seconds for seconds, kind in heard if kind != "gone" and seconds > 0]
                # The word may come before the convener's own answer: then it took no time at all.
                gone += [max(0.0, seconds) for seconds, kind in heard if kind == "gone"][:1]
            for client in batch:
                await show.add(client)
            await asyncio.sleep(0.3)
        over.set()
        await asyncio.gather(*talking)
    return Late(trials, frames, gone)


@dataclass
class Dead:
    """A talk while Redis was dead."""

    acknowledged: int
    sent: int
    back: float  # seconds after its return until a message was live again

    @property
    def wrong(self) -> int:
        return self.sent - self.acknowledged + int(self.back >= 20)

    def __str__(self) -> str:
        return f"Redis dead: {self.acknowledged} of {self.sent} messages acknowledged; live again {self.back:.1f} s after its return."


async def without_redis(lab: Lab) -> str:
    return str(await redis_dead(lab))


async def redis_dead(lab: Lab) -> Dead:
    """Everybody talks while Redis is dead; then it returns."""
    async with Show(lab, 2, pace=max(0.4, len(lab.world["people"]) / 20)) as show:
        lab.kill_redis()
        await asyncio.sleep(1)
        over = asyncio.Event()
        talking = show.talk(over)
        await asyncio.sleep(5)
        over.set()
        await asyncio.gather(*talking)
        sent = [one for client in show.clients for one in client.sent]
        done = sum(bool(one.number) for one in sent)
        await asyncio.to_thread(lab.start_redis)
        began, ear, speaker = time.time(), show.clients[2], show.clients[3]
        room = lab.world["several"]
        while not [1 for at, there, kind in ear.frames if there == room and kind == "append" and at > began]:
            await speaker.send(room)
            await asyncio.sleep(0.2)
            if time.time() - began > 20:
                break
        back = min((at - began for at, there, kind in ear.frames if there == room and kind == "append" and at > began), default=99.0)
        return Dead(done, len(sent), back)
