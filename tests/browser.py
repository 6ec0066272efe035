"""Real Chromium on the real server: daphne serves network.asgi on the test's own database; every page complains about its own errors.

def test_a_reply_appears(browse, carmen, ezz, topic):
    reader, writer = browse(ezz), browse(carmen, language="en", width=390)
    reader.goto(f"/ar/topics/{topic.pk}/")
"""

import asyncio
import os
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from pytest_django import DjangoDbBlocker

from network.activity.jobs import LANES
from network.activity.worker import run_worker
from network.assets import bundle_css
from tests import services

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_AXE_RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
# The browser reports each answer above 399 as an error; 404, 403 and 422 are pages of ours, 5xx is caught in Tab.watch.
_EXPECTED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
# What a browser says of a line that the test itself has cut.
CUT = r"net::ERR_|^console: htmx:(sendError|afterRequest)|^console: https?://\S+$"


@dataclass
class Tab:
    """One page and what went wrong on it."""

    page: Page
    expected: str = ""  # a pattern of further words that this test provokes
    wrong: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", self.said)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))
        self.page.on("response", lambda answer: answer.status >= 500 and self.wrong.append(f"{answer.status} {answer.url}"))

    def said(self, message: ConsoleMessage) -> None:
        if message.type != "error" or _EXPECTED.search(message.text):
            return
        said = f"console: {message.text}"
        if not (self.expected and re.search(self.expected, said)):
            self.wrong.append(said)


@pytest.fixture(scope="session")
def _daphne(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The whole program in a thread of the test process, once a session: the reactor cannot be started twice."""
    from network.daphne import Server  # noqa: PLC0415, I001 -- installs Twisted's reactor when imported; only journeys want that
    from network.asgi import application  # noqa: PLC0415 -- app ready
    from network.live import hub  # noqa: PLC0415 -- app ready

    bundle_css()
    port, ready = services.free_port(), threading.Event()

    def begin() -> None:
        hub.start()
        ready.set()

    running = Server(application, [f"tcp:port={port}:interface=127.0.0.1"], ready=begin)
    thread = threading.Thread(target=running.run, name="daphne", daemon=True)
    thread.start()
    if not ready.wait(30) or running.failed:
        raise RuntimeError(f"daphne did not start: {running.failed or 'no answer in 30 s'}")
    yield f"http://127.0.0.1:{port}"
    running.call(running.stop)
    thread.join(10)
    with django_db_blocker.unblock():
        _end_connections()


@pytest.fixture
def server(_daphne: str, transactional_db: None) -> Iterator[str]:
    """The origin of the running program, such as http://127.0.0.1:40123, with a worker; what the test commits, the pages show."""
    _one_epoch()
    stop = threading.Event()
    workers = [threading.Thread(target=run_worker, args=(stop, lane), name=f"worker {lane}", daemon=True) for lane in LANES]
    for worker in workers:
        worker.start()
    yield _daphne
    stop.set()  # before the tables are emptied
    for worker in workers:
        worker.join(10)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the session; a machine without it fails, it does not skip."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"{CHROMIUM} is missing: apt-get install chromium, or name another in CHROMIUM.")
    driver = sync_playwright().start()
    # Playwright's sync API keeps a loop in this thread, so Django would refuse every query of the test itself.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    browser = driver.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
    yield browser
    browser.close()
    driver.stop()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    asyncio.set_event_loop(None)


@pytest.fixture
def browse(chromium: Browser, server: str) -> Iterator[Callable[..., Page]]:
    """Open a new browser of one's own: browse(user, language="ar", width=1280, dark=False, script=True, expected=CUT) → Page at no address yet.

    A user (or somebody of the cast) given is signed in. At the end a script error, a refusal of the content policy or an answer of 5xx fails the test.
    """
    contexts: list[BrowserContext] = []
    tabs: list[Tab] = []

    def open_page(
        user: Any = None,
        *,
        language: str = "ar",
        width: int = 1280,
        dark: bool = False,
        script: bool = True,
        expected: str = "",
        **more: Any,
    ) -> Page:
        # The worker of the installed app stands between a page and its line: the journeys that are about it ask for it.
        more.setdefault("service_workers", "block")
        context = chromium.new_context(
            base_url=server,
            locale=language,
            viewport={"width": width, "height": 844 if width < 600 else 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            **more,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        if user is not None:
            sign_in(context, getattr(user, "user", user), server)
        page = context.new_page()
        tabs.append(Tab(page, expected))
        tabs[-1].watch()
        return page

    yield open_page
    for context in contexts:
        context.close()
    wrong = [line for tab in tabs for line in tab.wrong]
    assert wrong == []


@pytest.fixture
def page(browse: Callable[..., Page]) -> Page:
    """A visitor's page, in Arabic, 1280 wide."""
    return browse()


@pytest.fixture(scope="session")
def shoot() -> Callable[[Page, str], Path]:
    """Keep a picture of the page for human eyes: shoot(page, "topic-ar") → its file, in SHOTS or var/shots."""
    folder = Path(os.environ.get("SHOTS") or settings.BASE_DIR / "var" / "shots")

    def shoot(page: Page, name: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png", full_page=True)
        return folder / f"{name}.png"

    return shoot


@pytest.fixture(scope="session")
def accessible() -> Callable[[Page], None]:
    """Refuse a page on which axe finds a breach of WCAG 2.2 A or AA: accessible(page)."""

    def accessible(page: Page) -> None:
        found = Axe().run(page, options=_AXE_RULES).response["violations"]
        breaches = [f"{rule['id']}: {rule['help']} at {node['target']}" for rule in found for node in rule["nodes"]]
        assert breaches == []

    return accessible


def sign_in(context: BrowserContext, user: Any, origin: str) -> None:
    """Give the browser a session of this person, without the sign-in page (journeys about signing in use the page itself)."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": origin, "httpOnly": True, "sameSite": "Lax"}])


def _one_epoch() -> None:
    """The tables were emptied, which is another life of the data: the hub must not tell this test's pages of the life before."""
    from network.live import hub  # noqa: PLC0415 -- app ready
    from realtime.models import Epoch  # noqa: PLC0415 -- app ready

    Epoch.objects.all().delete()
    hub.epoch = Epoch.now()


def _end_connections() -> None:
    """The server's threads keep their connections; PostgreSQL drops no database that somebody is in."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    # Inside Playwright's loop this thread has another connection than outside it: nobody would find this one again.
    connection.close()
