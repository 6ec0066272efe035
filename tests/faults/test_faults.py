"""The short, seeded run of what `make faults` does at length; and two mutants that it must catch."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.faults.lab import Lab
from tests.faults.runs import revocation, run, without_redis

pytestmark = pytest.mark.shape("production")


def test_whatever_dies_what_was_acknowledged_is_seen_once_by_all_and_by_nobody_else() -> None:
    faults = ["a web process killed", "Redis killed", "members changed", "PostgreSQL restarted", "a line half open"]
    figures = asyncio.run(run(11, people=10, rounds=len(faults), pace=0.5, seconds=2, faults=faults))
    print(figures)
    assert figures.wrong == []
    assert figures.rounds == len(faults)
    assert figures.acknowledged > 60


def test_the_checker_catches_a_page_that_believes_in_pushing_alone() -> None:
    figures = asyncio.run(
        run(12, people=6, rounds=2, pace=0.3, seconds=2, catches_up=False, faults=["Redis killed", "a web process killed"])
    )
    assert any("misses" in one for one in figures.wrong)


def test_the_checker_catches_a_house_whose_cursor_is_an_id() -> None:
    figures = asyncio.run(run(13, people=10, rounds=3, pace=0.15, seconds=3, module="tests.faults.mutant", faults=["Redis killed"]))
    assert any("misses" in one for one in figures.wrong)


def test_whoever_is_taken_out_hears_no_more_and_posting_needs_no_redis() -> None:
    lab = Lab(10)
    try:
        late = asyncio.run(revocation(lab, 10))
        assert (late.wrong, len(late.gone)) == (0, 10), str(late)
        said = asyncio.run(without_redis(lab))
    finally:
        lab.stop()
    done, sent, seconds = re.findall(r"[\d.]+", said)[:3]
    assert done == sent
    assert float(seconds) < 20
