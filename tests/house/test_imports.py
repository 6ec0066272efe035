"""Who may know whom: the contract in pyproject.toml holds, and it speaks of every room."""

import subprocess
import sys
import tomllib

from django.apps import apps

from tests.house.tracked import ROOT

_CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
_STAIRS = [name.strip(" ()") for layer in _CONFIG["contracts"][0]["layers"] for name in layer.replace("|", ":").split(":")]


def test_imports_point_down_the_stairs() -> None:
    lint = "from importlinter.cli import lint_imports_command as lint; lint()"
    said = subprocess.run([sys.executable, "-c", lint, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr


def test_every_room_stands_on_the_stairs() -> None:
    rooms = {
        config.name
        for config in apps.get_app_configs()
        if (ROOT / config.name.split(".")[0]).is_dir() and "site-packages" not in config.path
    }
    assert rooms - {"network"} <= set(_STAIRS)
    assert {name.split(".")[0] for name in rooms} == set(_CONFIG["root_packages"])
