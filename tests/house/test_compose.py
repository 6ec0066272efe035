"""The production file is valid, has no default secret, and says of each process what the house promises."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.house.tracked import ROOT

# Neither database nor layer stands behind this: once is enough.
pytestmark = pytest.mark.shape("embedded")

NEEDED = ["SECRET_KEY", "POSTGRES_PASSWORD", "SITE_HOST", "TLS", "EMAIL_HOST", "DEFAULT_FROM_EMAIL"]


def config(folder: Path, **values: str) -> subprocess.CompletedProcess[str]:
    """docker-compose reads the file with these values and nothing of the environment of this machine."""
    for name in ("compose.yaml", "Dockerfile"):
        shutil.copy(ROOT / name, folder)
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    command = ["docker-compose", "--file", "compose.yaml", "--env-file", ".env", "config"]
    return subprocess.run(command, cwd=folder, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False)


@pytest.fixture
def services(tmp_path: Path) -> dict[str, dict]:
    read = config(tmp_path, **dict.fromkeys(NEEDED, "made-up"))
    assert read.returncode == 0, read.stderr
    return yaml.safe_load(read.stdout)["services"]


def test_the_file_is_valid_and_has_every_process(services: dict[str, dict]) -> None:
    assert set(services) == {"proxy", "web-1", "web-2", "worker", "clock", "mail-in", "prepare", "db", "redis"}
    assert sorted(name for name, service in services.items() if "ports" in service) == ["mail-in", "proxy"]
    # Mail comes in only where it is asked for, and from a mail server on this machine.
    assert services["mail-in"]["profiles"] == ["mail"]
    assert "127.0.0.1" in str(services["mail-in"]["ports"])
    checked = {name for name, service in services.items() if "healthcheck" in service}
    assert checked == {"proxy", "web-1", "web-2", "worker", "clock", "db", "redis"}


@pytest.mark.parametrize("name", NEEDED)
def test_it_refuses_to_start_without(name: str, tmp_path: Path) -> None:
    read = config(tmp_path, **{other: "made-up" for other in NEEDED if other != name})
    assert read.returncode != 0
    assert name in read.stderr + read.stdout or "is missing in .env" in read.stderr


def test_the_processes_share_one_production(services: dict[str, dict]) -> None:
    ours = {name: service["environment"] for name, service in services.items() if service.get("image") == "multaqa"}
    assert set(ours) == {"web-1", "web-2", "worker", "clock", "mail-in", "prepare"}
    assert all(values["PRODUCTION"] == "1" and values["SECRET_KEY"] == "made-up" for values in ours.values())
    without_role = [json.dumps({k: v for k, v in values.items() if k != "ROLE"}, sort_keys=True) for values in ours.values()]
    assert len(set(without_role)) == 1


def test_the_example_names_what_is_needed_and_no_value_of_it() -> None:
    example = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert example == dict.fromkeys(NEEDED, "")


def test_no_value_of_the_file_is_a_secret() -> None:
    text = (ROOT / "compose.yaml").read_text()
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        assert re.findall(rf"\${{{name}:?-", text) == []
