"""People with a browser each: they follow the protocol as static/js/live.js and chat/outbox.js do, and write down what they tried and heard."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect

from tests.faults.lab import TOKEN

GAP_PATIENCE = 0.4
_ROW = re.compile(r'id="message-(\d+)"[^>]*? data-number="(\d+)" data-version="(\d+)"(?:[^>]*? data-client="([0-9a-f-]+)")?')


@dataclass
class Sent:
    """A message somebody tried to send: `number` once it was acknowledged, `refused` when the server said a final no."""

    room: int
    client_id: str
    began: float
    number: int = 0
    refused: int = 0
    tries: int = 0


@dataclass
class View:
    """What a page shows of a conversation: message id → (number, version, client_id). Whole from `first` on and up to `version`."""

    version: int = 0
    head: int = 0
    first: int = 1
    ahead: set[int] = field(default_factory=set)
    shown: dict[int, tuple[int, int, str]] = field(default_factory=dict)
    gone: bool = False


async def ask(
    port: int, path: str, *, cookie: str, form: dict[str, str] | None = None, patience: float = 8.0
) -> tuple[int, str, dict[str, str]]:
    """One request on a connection of its own. OSError or TimeoutError when there is no answer, which says nothing of what happened."""

    async def whole() -> tuple[int, str, dict[str, str]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            body = urlencode(form).encode() if form is not None else b""
            lines = [
                f"{'POST' if form is not None else 'GET'} {path} HTTP/1.0",
                f"Host: 127.0.0.1:{port}",
                f"Cookie: {cookie}",
                "Accept: application/json" if not path.startswith("/ar/") else "Accept: text/html",
                f"X-CSRFToken: {TOKEN}",
                "X-Requested-With: fetch",
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}",
            ]
            writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
            raw = await reader.read()
        finally:
            writer.close()
        head, _, rest = raw.partition(b"\r\n\r\n")
        first, *others = head.decode("latin-1").split("\r\n")
        if " " not in first:
            raise OSError("no answer")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in others)}
        if int(headers.get("content-length", len(rest))) != len(rest):
            raise OSError("half an answer")
        return int(first.split()[1]), rest.decode("utf-8", "replace"), headers

    return await asyncio.wait_for(whole(), patience)


class Client:
    """One person in one tab. `catches_up=False` makes the naive mutant that believes in pushing."""

    def __init__(
        self, number: int, user: int, cookie: str, ports: list[int], rooms: list[int], *, catches_up: bool = True, slow: bool = False
    ) -> None:
        self.number, self.user, self.cookie, self.ports = number, user, cookie, ports
        self.views: dict[int, View] = {room: View() for room in rooms}
        self.catches_up, self.slow = catches_up, slow
        self.sent: list[Sent] = []
        self.frames: list[tuple[float, int, str]] = []  # when, room, kind: of conversations only
        self.catch_ups = self.resent = self.connections = 0
        self.online = asyncio.Event()
        self.online.set()
        self._turn = number
        self._socket: ClientConnection | None = None
        self._later: asyncio.TimerHandle | None = None
        self._asking = asyncio.Lock()
        self._stopped = False

    @property
    def port(self) -> int:
        return self.ports[self._turn % len(self.ports)]

    # --- the line ---
    async def listen(self) -> None:
        """Connected until stopped: with jitter, to the other process when one does not answer."""
        tries = 0
        while not self._stopped:
            await self.online.wait()
            try:
                async with connect(
                    f"ws://127.0.0.1:{self.port}/live/socket/?v=1",
                    origin=f"http://127.0.0.1:{self.port}",  # type: ignore[arg-type]
                    additional_headers={"Cookie": self.cookie},
                    open_timeout=4,
                    ping_interval=None,
                    close_timeout=1,
                    max_queue=4 if self.slow else 64,
                    compression=None,
                    proxy=None,
                ) as socket:
                    self._socket = socket
                    self.connections += 1
                    await self._subscribe()
                    tries = 0
                    await self._hear(socket)
            except Exception:  # noqa: S110 -- whatever ended the line, a browser comes back
                pass
            self._socket = None
            self._turn += 1
            tries = min(tries + 1, 4)
            await asyncio.sleep(random.uniform(0.05, 0.15 * 2**tries))

    async def _hear(self, socket: ClientConnection) -> None:
        while True:
            # A line on which nothing is said for so long is dead (40 s in a browser; a lab has less patience).
            text = await asyncio.wait_for(socket.recv(), 16)
            if self.slow:
                await asyncio.sleep(0.03)
            self._take(json.loads(text))

    async def _subscribe(self) -> None:
        names = [f"conversation.{room}/ar" for room, view in self.views.items() if not view.gone]
        if names and self._socket is not None:
            await self._socket.send(json.dumps({"type": "subscribe", "streams": names}))

    async def add(self, room: int) -> None:
        self.views[room] = View()
        with contextlib.suppress(Exception):
            await self._subscribe()

    async def drop(self) -> None:
        """Close the laptop."""
        self.online.clear()
        if self._socket is not None:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self._socket.close(), 1)

    def stop(self) -> None:
        self._stopped = True

    # --- frames ---
    def _take(self, frame: dict[str, Any]) -> None:
        kind = frame.get("type") or frame.get("op", "")
        if kind == "error" and frame.get("code") == "try-again":
            asyncio.get_running_loop().call_later(1, lambda: asyncio.ensure_future(self._subscribe()))
            return
        stream = str(frame.get("stream", "")).partition("/")[0]
        if not stream.startswith("conversation."):
            return
        room = int(stream.partition(".")[2])
        self.frames.append((time.time(), room, kind))
        view = self.views.get(room)
        if view is None:
            return
        if kind == "gone":
            view.gone = True
        elif kind in ("subscribed", "head"):
            self._met(view, frame["version"])
        elif "op" in frame:
            self._apply(view, frame)
            if frame["version"] > view.version:
                view.ahead.add(frame["version"])
                self._close(view)
                if view.ahead:
                    self._ask_later()

    def _met(self, view: View, version: int) -> None:
        if version > view.version:
            view.head = max(view.head, version)
            self._ask_later()

    def _apply(self, view: View, frame: dict[str, Any]) -> None:
        found = _ROW.search(frame["html"])
        assert found, frame
        number, version = int(found[2]), int(frame["version"])
        if number >= view.first and version > view.shown.get(int(found[1]), (0, -1, ""))[1]:
            view.shown[int(found[1])] = (number, version, found[4] or "")

    @staticmethod
    def _close(view: View) -> None:
        while view.version + 1 in view.ahead:
            view.version += 1
            view.ahead.discard(view.version)
        view.ahead = {version for version in view.ahead if version > view.version}

    # --- what changed after what I know? ---
    def _ask_later(self) -> None:
        if self._later is None and self.catches_up:
            self._later = asyncio.get_running_loop().call_later(GAP_PATIENCE, lambda: asyncio.ensure_future(self.catch_up()))

    async def catch_up(self) -> None:
        self._later = None
        async with self._asking:
            behind = {room: view for room, view in self.views.items() if not view.gone and (view.ahead or view.head > view.version)}
            if not behind or not self.online.is_set():
                return
            self.catch_ups += 1
            query = urlencode({"lang": "ar", "v": "1", **{f"conversation.{room}": view.version for room, view in behind.items()}})
            try:
                status, body, _headers = await ask(self.port, f"/live/?{query}", cookie=self.cookie)
                answer = json.loads(body) if status == 200 else None
            except (OSError, TimeoutError, ValueError):
                answer = None
            if answer is None:
                self._turn += 1
                asyncio.get_running_loop().call_later(random.uniform(0.3, 1.0), self._ask_later)
                return
            for name, told in answer["streams"].items():
                view = self.views[int(name.partition(".")[2])]
                if told.get("gone"):
                    view.gone = True
                elif told.get("reload"):
                    await self._resync(int(name.partition(".")[2]), view)
                else:
                    for row in told["rows"]:
                        self._apply(view, row)
                    view.version = view.head = max(view.version, told["head"])
                    self._close(view)

    async def _resync(self, room: int, view: View) -> None:
        """Too much to be told row by row: the newest page in place of what was shown."""
        with contextlib.suppress(OSError, TimeoutError):
            status, body, headers = await ask(self.port, f"/ar/conversations/{room}/messages/", cookie=self.cookie)
            if status == 200:
                rows = [(int(found[1]), int(found[2]), int(found[3]), found[4] or "") for found in _ROW.finditer(body)]
                version = int(headers["x-version"])
                view.shown = {pk: (number, at, client) for pk, number, at, client in rows}
                view.first = min((number for _pk, number, _at, _client in rows), default=1)
                view.version, view.ahead = version, set()
                if view.head > version:
                    self._ask_later()
                return
        asyncio.get_running_loop().call_later(1, self._ask_later)

    # --- writing ---
    async def talk(self, pace: float, chance: random.Random, until: asyncio.Event) -> None:
        """Say something every `pace` seconds or so; the next one only when the last is settled: a person's order is kept."""
        while not until.is_set():
            await asyncio.sleep(chance.expovariate(1 / pace))
            rooms = [room for room, view in self.views.items() if not view.gone]
            if rooms and not until.is_set():
                await self.send(chance.choice(rooms))

    async def send(self, room: int) -> Sent:
        """Until it is acknowledged or finally refused, always with the same client_id."""
        sent = Sent(room, str(uuid.uuid4()), time.time())
        self.sent.append(sent)
        form = {"body": f"{self.number}-{len(self.sent)} قهوة الصباح", "client_id": sent.client_id, "on_behalf_of": ""}
        while not self._stopped:
            sent.tries += 1
            await self.online.wait()
            with contextlib.suppress(OSError, TimeoutError, ValueError):
                status, body, _headers = await ask(self.port, f"/conversations/{room}/messages/", cookie=self.cookie, form=form)
                if status == 200:
                    sent.number = json.loads(body)["number"]
                    return sent
                if status in (401, 403, 404, 422):
                    sent.refused = status
                    return sent
            self.resent += 1
            self._turn += 1
            await asyncio.sleep(random.uniform(0.1, 0.6))
        return sent

    def acknowledged(self) -> Iterator[Sent]:
        return (sent for sent in self.sent if sent.number)
