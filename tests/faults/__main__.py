"""The long run: python -m tests.faults [--rounds 20] [--seeds 5] [--people 50]. Prints its figures; fails when anything was lost, doubled or leaked."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time

from tests.faults.lab import Lab
from tests.faults.runs import redis_dead, revocation, run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--messages", type=int, default=510, help="acknowledged messages of a round, at least")
    parser.add_argument("--seconds", type=float, default=2.0, help="traffic of a round, at least")
    parser.add_argument("--pace", type=float, default=0.3, help="seconds between two messages of a person")
    parser.add_argument("--trials", type=int, default=200, help="removals under load")
    asked = parser.parse_args()
    failed = acknowledged = 0
    began = time.monotonic()
    for seed in range(asked.first, asked.first + asked.seeds):
        print(f"seed {seed}", flush=True)
        figures = asyncio.run(
            run(
                seed,
                people=asked.people,
                rounds=asked.rounds,
                pace=asked.pace,
                seconds=asked.seconds,
                messages=asked.messages,
                tell=lambda words: print(f"  {words}", flush=True),
            )
        )
        print(f"seed {seed}: {figures}", flush=True)
        for one in figures.wrong[:20]:
            print(f"  {one}", flush=True)
        failed += len(figures.wrong)
        acknowledged += figures.acknowledged
    wanted = min(500, asked.messages) * asked.rounds * asked.seeds  # 50,000 unless less was asked for
    print(f"{acknowledged} messages acknowledged, {wanted} wanted; {time.monotonic() - began:.0f} s; violations {failed}.", flush=True)
    failed += acknowledged < wanted
    lab = Lab(asked.people)
    try:
        if asked.trials:
            late = asyncio.run(revocation(lab, asked.trials))
            print(f"{asked.trials} removals under load: {late}", flush=True)
            failed += late.wrong
        dead = asyncio.run(redis_dead(lab))
        print(dead, flush=True)
        failed += dead.wrong
    finally:
        lab.stop()
    print("FAILED" if failed else "Nothing was lost, doubled or shown to the wrong eyes.")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
