"""The long run: python -m tests.faults [--rounds 20] [--seeds 5] [--people 50]. Prints its figures; fails when anything was lost, doubled or leaked."""

from __future__ import annotations

import argparse
import asyncio
import sys

from tests.faults.lab import Lab
from tests.faults.runs import revocation, run, without_redis


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--seconds", type=float, default=10.0, help="traffic of a round")
    parser.add_argument("--pace", type=float, default=0.4, help="seconds between two messages of a person")
    parser.add_argument("--trials", type=int, default=200, help="removals under load")
    asked = parser.parse_args()
    failed = 0
    for seed in range(asked.first, asked.first + asked.seeds):
        figures = asyncio.run(run(seed, people=asked.people, rounds=asked.rounds, pace=asked.pace, seconds=asked.seconds))
        print(f"seed {seed}: {figures}", flush=True)
        for one in figures.wrong[:20]:
            print(f"  {one}", flush=True)
        failed += len(figures.wrong)
    lab = Lab(asked.people)
    try:
        if asked.trials:
            late = asyncio.run(revocation(lab, asked.trials))
            print(f"{asked.trials} removals under load: {late}", flush=True)
            failed += late.wrong
        print(asyncio.run(without_redis(lab)), flush=True)
    finally:
        lab.stop()
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
