"""One planting for many tests: its rows are written once a process, in a transaction around those of the tests, and are taken back when a test
comes that knows nothing of them. Of several workers, one asks all that the laws ask of one person: each answer is read by many laws."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker
from xdist.scheduler import LoadScopeScheduling


class Plot:
    blocker: DjangoDbBlocker

    def __init__(self) -> None:
        self._around: transaction.Atomic | None = None
        self.grown: Any = None
        self.folder = Path()
        self.answers: dict[Any, Any] = {}  # what was answered of it as it was planted: true until it is taken back

    def sow(self, plant: Callable[[Path], Any], folder: Path) -> None:
        """Plant, unless it is done already."""
        if self._around is None:
            with self.blocker.unblock():
                assert not connection.in_atomic_block, "before the test's own transaction begins"
                self._around, self.folder = transaction.atomic(), folder
                self._around.__enter__()
                self.grown = plant(folder)

    def clear(self) -> None:
        if self._around is not None:
            around, self._around, self.grown, self.answers = self._around, None, None, {}
            with self.blocker.unblock():
                transaction.set_rollback(True)
                around.__exit__(None, None, None)


PLOT = Plot()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("plotted") is None:
        PLOT.clear()


class OnePersonOneWorker(LoadScopeScheduling):
    """Tests of one walker (see planted.walked) go together, and those that start the programs themselves or make the demo world; each
    other test goes to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        walker = re.search(r"\[.*(@\w+)", nodeid)
        together = re.match(r"tests/(faults|house/test_production|house/test_seed)", nodeid)
        return walker[1] if walker else together[0] if together else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OnePersonOneWorker:
    config.option.loadscopereorder = False  # the planted first, the browser's last
    return OnePersonOneWorker(config, log)


@pytest.fixture(scope="session")
def bare_plot(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Plot]:
    """The plot with nothing on it yet."""
    PLOT.blocker = django_db_blocker
    yield PLOT
    PLOT.clear()
