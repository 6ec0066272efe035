"""Who may know whom: the contract in pyproject.toml holds, and it speaks of every room."""

import tomllib

from django.apps import apps
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.house.tracked import ROOT

_CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
_STAIRS = [name.strip(" ()") for layer in _CONFIG["contracts"][0]["layers"] for name in layer.replace("|", ":").split(":")]


def test_imports_point_down_the_stairs() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == EXIT_STATUS_SUCCESS


def test_every_room_stands_on_the_stairs() -> None:
    rooms = {
        config.name
        for config in apps.get_app_configs()
        if (ROOT / config.name.split(".")[0]).is_dir() and "site-packages" not in config.path
    }
    assert rooms - {"network"} <= set(_STAIRS)
    assert {name.split(".")[0] for name in rooms} == set(_CONFIG["root_packages"])
