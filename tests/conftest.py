"""What every test finds ready: the shape's database, empty caches, cheap passwords. The people are in cast.py, the browser in browser.py."""

import importlib.util
import os
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connections
from django.utils import translation

from network import kept, live
from tests.shape import shape

pytest_plugins = [name for name in ("tests.browser", "tests.cast", "tests.plot") if importlib.util.find_spec(name)]

_KEPT = "django_db_serialized_rollback"


def pytest_configure(config: pytest.Config) -> None:
    # Argon2 is slow on purpose; what we test is not the hasher.
    settings.MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"  # tests of mail name a real server
    importlib.import_module(settings.ROOT_URLCONF)  # as they are without a demonstration, which some tests turn on
    settings.VISITS_FLUSH_SECONDS = 0  # a thread of ours would write between tests
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    database = connections["default"].settings_dict
    if shape() == "embedded":
        # A file, not memory: threads, processes and locks behave as they will at home. fsync is the disk's test, not ours.
        reused = config.getoption("reuse_db", default=False)
        folder = settings.BASE_DIR / "var" / "test" if reused else Path(os.environ["VAR_DIR"])
        folder.mkdir(parents=True, exist_ok=True)
        database["TEST"]["NAME"] = str(folder / f"{os.environ.get('PYTEST_XDIST_WORKER', 'test')}.sqlite3")
        database["OPTIONS"]["init_command"] = database["OPTIONS"]["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    else:
        # A test is one long transaction, over tables that nobody has analysed yet, on a machine busy with other things.
        database["OPTIONS"]["options"] = "-c statement_timeout=120s -c lock_timeout=20s"


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None, None, None]:
    """Give each test its marks; those of one planting come first and together, the browser's last: its driver owns the main thread's event
    loop from then on."""
    for item in items:
        fixtures: list[str] = getattr(item, "fixturenames", [])
        if "chromium" in fixtures:
            item.add_marker("browser")
        database = item.get_closest_marker("django_db")
        real = "transactional_db" in fixtures or (database and database.kwargs.get("transaction"))
        # Tests with real commits end by emptying every table; what migrations wrote must be there again for the next.
        if real and _KEPT not in fixtures:
            fixtures.insert(0, _KEPT)
        if "planted" in fixtures and not real:
            item.add_marker("plotted")
            fixtures[:0] = ["plot", "db"]  # in this order
    here = shape()
    foreign = [item for item in items if (mark := item.get_closest_marker("shape")) and here not in mark.args]
    if foreign:  # left out, not skipped: the other run of the suite has them
        config.hook.pytest_deselected(items=foreign)
        items[:] = [item for item in items if item not in foreign]
    result = yield
    items.sort(key=lambda item: (item.get_closest_marker("browser") is not None, item.get_closest_marker("plotted") is None))
    return result


@pytest.fixture(autouse=True)
def _empty_caches() -> Iterator[None]:
    """Rate limits, fragments, visitor pages and the language that was spoken last never travel from one test to the next."""
    if live._epoch[0]:  # read again once a heartbeat: a query that would fall into any count of queries
        live._epoch = (live._epoch[0], time.monotonic() + 3_600)
    yield
    translation.deactivate()
    for cache in caches.all(initialized_only=True):
        cache.clear()
    kept.forget()
