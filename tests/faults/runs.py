"""The runs: rounds of faults, removals under load, and a talk while Redis is dead."""

from __future__ import annotations

import asyncio
import random
import time
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
    catches_up: bool = True,
    module: str = "",
    faults: list[str] | None = None,
) -> Figures:
    """Rounds of faults, every kind in turn in an order of the seed's; what was seen."""
    order = list(faults or FAULTS)
    if faults is None:
        random.Random(seed).shuffle(order)
    lab = await asyncio.to_thread(Lab, people, module=module)
    try:
        async with Show(lab, seed, pace=pace, seconds=seconds, catches_up=catches_up) as show:
            for number in range(rounds):
                await show.round(order[number % len(order)])
                if show.figures.wrong and (module or not catches_up):
                    break  # a mutant is caught once
            return show.figures
    finally:
        await asyncio.to_thread(lab.stop)


@dataclass
class Late:
    """How long after its commit a removal was still followed by a frame."""

    trials: int
    frames: list[float]
    gone: list[float]

    @property
    def wrong(self) -> int:
        return sum(seconds > 1 for seconds in self.frames) + (self.trials - len(self.gone))

    def __str__(self) -> str:
        def of(values: list[float], share: float) -> str:
            return f"{sorted(values)[min(len(values) - 1, int(len(values) * share))]:.3f} s" if values else "none"

        return (
            f"last frame after commit: {len(self.frames)} frames, p50 {of(self.frames, 0.5)}, p99 {of(self.frames, 0.99)}; "
            f"told that it is gone: {len(self.gone)}, p50 {of(self.gone, 0.5)}, p99 {of(self.gone, 0.99)}"
        )


async def revocation(lab: Lab, trials: int) -> Late:
    """Take somebody out and bring them in again, under a steady load; what they heard after each commit."""
    frames: list[float] = []
    gone: list[float] = []
    async with Show(lab, 1, pace=0.4) as show:
        room, over = lab.world["several"], asyncio.Event()
        talking = [asyncio.ensure_future(client.talk(show.pace, show.chance, over)) for client in show.clients]
        victims = [client for client in show.clients[2:] if room in client.views][:8]
        for trial in range(trials):
            client = victims[trial % len(victims)]
            before = len(client.frames)
            moment = await show.remove(client)
            await asyncio.sleep(0.6)
            heard = [(at - moment, kind) for at, there, kind in client.frames[before:] if there == room and at > moment]
            frames += [seconds for seconds, kind in heard if kind != "gone"]
            # The word may come before the convener's own answer: then it took no time at all.
            told = [max(0.0, at - moment) for at, there, kind in client.frames[before:] if there == room and kind == "gone"]
            gone += told[:1]
            await show.add(client)
            await asyncio.sleep(0.1)
        over.set()
        await asyncio.gather(*talking)
    return Late(trials, frames, gone)


async def without_redis(lab: Lab) -> str:
    """Everybody talks while Redis is dead; then it returns. Says how many were acknowledged and when live was back."""
    async with Show(lab, 2, pace=0.4) as show:
        lab.kill_redis()
        await asyncio.sleep(1)
        over = asyncio.Event()
        talking = [asyncio.ensure_future(client.talk(show.pace, show.chance, over)) for client in show.clients]
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
        return f"Redis dead: {done} of {len(sent)} messages acknowledged; live again {back:.1f} s after its return."
