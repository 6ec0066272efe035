"""A listener for tests: a real WebSocket to the real server, as a person or as a visitor."""

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect


class Ear:
    """One open socket. `frames()` is what it heard and the server meant for somebody; beats are left out."""

    def __init__(self, line: ClientConnection) -> None:
        self.line = line
        self.heard: list[dict[str, Any]] = []
        self.closed: int | None = None

    def say(self, frame: object) -> None:
        self.line.send(frame if isinstance(frame, str) else json.dumps(frame))

    def subscribe(self, *streams: str) -> "Ear":
        self.say({"type": "subscribe", "streams": list(streams)})
        waiting = set(streams)
        while waiting:
            answer = self.next(lambda frame: frame.get("type") in ("subscribed", "gone"))
            waiting.discard(answer["stream"])
        return self

    def next(self, wanted: Callable[[dict[str, Any]], bool] = lambda frame: True, seconds: float = 5.0) -> dict[str, Any]:
        """The next wanted frame that is no beat; AssertionError when none comes."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            frame = self._one(left)
            if frame is not None and wanted(frame):
                return frame
            if self.closed is not None:
                break
        raise AssertionError(f"No such frame in {seconds} s (closed: {self.closed}); heard {self.heard}")

    def frames(self, seconds: float = 0.4) -> list[dict[str, Any]]:
        """All frames that come within so many seconds."""
        found, deadline = [], time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and self.closed is None:
            frame = self._one(left)
            if frame is not None:
                found.append(frame)
        return found

    def ends(self, seconds: float = 5.0) -> int | None:
        """The code with which the server closes; None while it does not."""
        self.frames(seconds)
        return self.closed

    def _one(self, seconds: float) -> dict[str, Any] | None:
        try:
            frame = json.loads(self.line.recv(timeout=seconds))
        except TimeoutError:
            return None
        except ConnectionClosed as end:
            self.closed = end.rcvd.code if end.rcvd else 1006
            return None
        if frame.get("type") == "beat":
            return None
        self.heard.append(frame)
        return frame


@pytest.fixture(autouse=True)
def _content_types_anew() -> None:
    """The tables are emptied after each of these tests, and with them the numbers that Django keeps of content types."""
    ContentType.objects.clear_cache()


@pytest.fixture
def listen(server: str) -> Iterator[Callable[..., Ear]]:
    """Open a socket: listen(person, "topic.1/ar") → Ear that has been answered about its streams."""
    with contextlib.ExitStack() as lines:

        def listen(who: Any = None, *streams: str, origin: str | None = server, query: str = "?v=1", cookie: str | None = None) -> Ear:
            if who is not None:
                client = Client()
                client.force_login(who.user)
                cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
            headers = {"Cookie": cookie} if cookie else {}
            address = f"{server.replace('http', 'ws')}/live/socket/{query}"
            line = lines.enter_context(connect(address, origin=origin, additional_headers=headers, compression=None))  # type: ignore[arg-type]
            ear = Ear(line)
            return ear.subscribe(*streams) if streams else ear

        yield listen
