"""The planted world, for every test of the house that walks addresses."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from network.spaces.actors import forget
from tests.house.planted import Planted, plant
from tests.plot import Plot


@pytest.fixture
def plot(bare_plot: Plot, tmp_path_factory: pytest.TempPathFactory) -> Plot:
    bare_plot.sow(_plant, tmp_path_factory.mktemp("planted"))
    return bare_plot


def _plant(folder: Path) -> Planted:
    with override_settings(MEDIA_ROOT=folder):
        return plant()


@pytest.fixture
def planted(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Planted:
    """A copy for this test, to do with as it likes: all tests have one planting, and each test's own rows are taken back."""
    settings.RATES = dict.fromkeys(settings.RATES, (1_000_000, 60))
    if request.node.get_closest_marker("plotted") is None:  # with real commits: planted for this test alone
        request.getfixturevalue("transactional_db")
        settings.MEDIA_ROOT = tmp_path
        return plant()
    plot: Plot = request.getfixturevalue("plot")
    settings.MEDIA_ROOT = plot.folder
    forget()
    copy: Planted = deepcopy(plot.grown)
    copy.answers = plot.answers
    return copy
