"""Chooses the shape that the suite runs on, before Django reads its settings: TEST_SHAPE=embedded (default) or production.

Loaded by `-p tests.shape` (pyproject.toml), because a conftest comes too late for that: pytest-django has read the settings by then.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests import services

SHAPES = ("embedded", "production")
_OWN_REDIS = "MULTAQA_TEST_OWN_REDIS"
# A developer's own environment must not leak into what the tests prove.
_FOREIGN = (
    "PRODUCTION",
    "DEMO",
    "DEBUG",
    "ROLE",
    "SITE_ORIGIN",
    "ALLOWED_HOSTS",
    "TRUSTED_PROXIES",
    "STATIC_ROOT",
    "MEDIA_ROOT",
    "LOG_LEVEL",
)


def shape() -> str:
    """The shape of this run; an unknown word refuses to start rather than testing the wrong thing."""
    name = os.environ.get("TEST_SHAPE", "") or "embedded"
    if name not in SHAPES:
        raise pytest.UsageError(f"TEST_SHAPE must be one of {', '.join(SHAPES)}, not {name!r}.")
    return name


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Decide the environment, and start what the shape needs; a missing service is an error, never a skip."""
    for name in _FOREIGN:
        os.environ.pop(name, None)
    folder = tempfile.mkdtemp(prefix="multaqa-var-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Path(folder, "static").mkdir()  # collected files would be here; the tests find them at their source
    os.environ |= {"VAR_DIR": folder, "SECRET_KEY": "tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF"}
    if shape() == "embedded":
        os.environ.pop("DATABASE_URL", None)
        os.environ.pop("REDIS_URL", None)
        return
    try:
        os.environ["DATABASE_URL"] = services.postgres()
        # Workers of xdist share the server of databases (each has its own database), never the channel of frames.
        if os.environ.get("REDIS_URL") and _OWN_REDIS not in os.environ:
            return
        os.environ["REDIS_URL"] = services.start_redis()[0]
        os.environ[_OWN_REDIS] = "1"
    except services.MissingService as missing:
        raise pytest.UsageError(f"TEST_SHAPE=production: {missing}") from missing


def pytest_report_header() -> str:
    return f"shape: {shape()}"
