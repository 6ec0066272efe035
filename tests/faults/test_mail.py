"""The short run of what `make digests` does at length."""

import os
import subprocess
import sys

import pytest

from tests.house.tracked import ROOT

pytestmark = pytest.mark.shape("production")


def test_digests_survive_the_death_of_their_workers() -> None:
    command = [sys.executable, "-m", "tests.faults.mail", "--digests", "60", "--kills", "3", "--size", "1", "--impatient"]
    clean = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    done = subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True, check=False, timeout=400)
    print(done.stdout[-2000:])
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "violations 0" in done.stdout
    assert "3 kills" in done.stdout
