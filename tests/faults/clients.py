"""People with a browser each: they follow the protocol as static/js/live.js and chat/outbox.js do, and write down what they tried and heard."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect

from tests.faults.lab import TOKEN

GAP_PATIENCE = 0.4
SILENCE = 16  # a line on which nothing is said for so long is dead (40 s in a browser; a lab has less patience)
KINDS = ("heart", "agree")
_ROW = re.compile(r'id="message-(\d+)"[^>]*? data-number="(\d+)" data-version="(\d+)"(?:[^>]*? data-client="([0-9a-f-]+)")?')
_PROSE = re.compile(r'<div class="prose"[^>]*>(.*?)</div>', re.DOTALL)
_REACTION = re.compile(r'/reactions/(?:end/)?" name="kind" value="(\w+)"[^>]*>.*?(\d+)</button>', re.DOTALL)
MARK = re.compile(r"\bm\d+-\d+(?:e\d+)?\b")

Shown = tuple[int, int, str, str]  # number, version, client_id, what it says: its text and its reactions


class Row(NamedTuple):
    """A message as one fragment of HTML shows it. `marks`: of every text that stands in it, its own first."""

    pk: int
    shown: Shown
    marks: tuple[str, ...]


def says(html: str, reactions: dict[str, int]) -> str:
    return f"{html}|{sorted(reactions.items())}" if reactions else html


def rows_of(html: str) -> list[Row]:
    """The messages of a fragment or of a page of them."""
    rows = []
    for piece in html.split("<article ")[1:]:
        found = _ROW.search(piece)
        if found is None:
            continue
        prose = _PROSE.search(piece)
        words = prose[1] if prose else ""
        given = {kind: int(count) for kind, count in _REACTION.findall(piece)} if 'class="reactions"' in piece else {}
        marks = (*MARK.findall(words), *MARK.findall(piece[: prose.start()] if prose else piece))
        rows.append(Row(int(found[1]), (int(found[2]), int(found[3]), found[4] or "", says(words, given)), marks))
    return rows


class Heard(NamedTuple):
    """A frame taken apart. `kind` is "" for what concerns no conversation."""

    kind: str
    room: int = 0
    version: int = 0
    row: Row | None = None


@lru_cache(maxsize=2_000)
def heard(text: bytes) -> Heard:
    """Taken apart once for all who hear the same bytes: fifty people would do it fifty times."""
    frame: dict[str, Any] = json.loads(text)
    kind = frame.get("type") or frame.get("op", "")
    if kind == "error":
        return Heard(str(frame.get("code", "")))
    stream = str(frame.get("stream", "")).partition("/")[0]
    if not stream.startswith("conversation."):
        return Heard("")
    row = None
    if "op" in frame:
        (row,) = rows_of(frame["html"])
        assert (row.pk, row.shown[0], row.shown[1]) == (int(frame["id"].partition("-")[2]), frame["number"], frame["version"]), frame
    return Heard(kind, int(stream.partition(".")[2]), int(frame.get("version") or 0), row)


@dataclass
class Sent:
    """A message somebody tried to send: `number` once it was acknowledged, `refused` when the server said a final no."""

    room: int
    client_id: str
    began: float
    mark: str  # in its text as last acknowledged, and in no other
    number: int = 0
    pk: int = 0
    ended: float = 0.0
    refused: int = 0
    deleted: bool = False
    unsure: bool = False  # a change was refused after a try without an answer: it may have happened
    named: int = 0  # the person whom it mentions


@dataclass
class View:
    """What a page shows of a conversation, by message id. Whole from `first` on and up to `version`."""

    version: int = 0
    head: int = 0
    first: int = 1
    ahead: set[int] = field(default_factory=set)
    shown: dict[int, Shown] = field(default_factory=dict)
    quoted: dict[int, tuple[str, ...]] = field(default_factory=dict)  # marks of what a message quotes, where it quotes
    seen: set[str] | None = None  # every mark that ever came, for whoever came later
    met: bool = False
    gone: bool = False

    def put(self, row: Row) -> None:
        """The newer form stays."""
        if self.seen is not None:
            self.seen.update(row.marks)
        if row.shown[0] < self.first:
            return
        known = self.shown.get(row.pk)
        if known is None or row.shown[1] > known[1]:
            self.shown[row.pk] = row.shown
            if len(row.marks) > 1 or self.quoted:
                self.quoted[row.pk] = row.marks[1:]


@dataclass
class Answer:
    status: int
    body: str
    headers: dict[str, str]


class Line:
    """A connection to one web process, kept alive as a browser keeps it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self, data: bytes) -> Answer:
        self.writer.write(data)
        head = await self.reader.readuntil(b"\r\n\r\n")
        first, *others = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in others if line)}
        body = b""
        if "content-length" in headers:
            body = await self.reader.readexactly(int(headers["content-length"]))
        elif headers.get("transfer-encoding") == "chunked":
            while size := int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16):
                body += (await self.reader.readexactly(size + 2))[:-2]
            await self.reader.readexactly(2)
        return Answer(int(first.split()[1]), body.decode("utf-8", "replace"), headers)


Pool = dict[int, list[Line]]


async def ask(
    port: int,
    path: str,
    *,
    cookie: str,
    form: dict[str, str] | None = None,
    patience: float = 8.0,
    pool: Pool | None = None,
) -> Answer:
    """One request, on a kept connection of `pool` or on one of its own. OSError or TimeoutError: no answer, which says nothing of what happened."""
    body = urlencode(form).encode() if form is not None else b""
    page = path.startswith("/ar/") and form is None
    lines = [
        f"{'POST' if form is not None else 'GET'} {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Cookie: {cookie}",
        "Accept: text/html" if page else "Accept: application/json",
        f"X-CSRFToken: {TOKEN}",
        "X-Requested-With: fetch",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        f"Connection: {'close' if pool is None else 'keep-alive'}",
    ]
    data = "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    async def whole() -> Answer:
        kept = pool.setdefault(port, []) if pool is not None else []
        while kept and (kept[-1].reader.at_eof() or kept[-1].writer.is_closing()):
            kept.pop().writer.close()
        line = kept.pop() if kept else Line(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 22))
        keep = False
        try:
            answer = await line.ask(data)
            keep = pool is not None and answer.headers.get("connection", "").lower() != "close"
        except (asyncio.IncompleteReadError, ValueError, IndexError) as error:
            raise OSError("half an answer, or none") from error
        finally:
            if keep:
                kept.append(line)
            else:
                line.writer.close()
        return answer

    return await asyncio.wait_for(whole(), patience)


class Client:
    """One person in one tab. `catches_up=False` makes the naive mutant that believes in pushing."""

    def __init__(
        self, number: int, user: int, cookie: str, ports: list[int], rooms: list[int], *, catches_up: bool = True, slow: bool = False
    ) -> None:
        self.number, self.user, self.cookie, self.ports = number, user, cookie, ports
        self.views: dict[int, View] = {room: View() for room in rooms}
        self.catches_up, self.slow = catches_up, slow
        self.pace = 1.0  # seconds between two messages, about
        self.sent: list[Sent] = []
        self.given: dict[tuple[int, str], bool | None] = {}  # (message, kind) → my reaction stands there; None: who knows
        self.read: dict[int, int] = {}  # room → the number to which the server acknowledged that I have read
        self.frames: list[tuple[float, int, str]] = []  # when, room, kind: of conversations only, since the last look
        self.strange: list[str] = []  # frames that nobody can read
        self.catch_ups = self.reloads = self.resent = self.connections = self.changes = 0
        self.online = asyncio.Event()
        self.online.set()
        self._turn = number
        self._pool: Pool = {}
        self._socket: ClientConnection | None = None
        self._later: asyncio.TimerHandle | None = None
        self._asking = asyncio.Lock()
        self._stopped = False

    @property
    def port(self) -> int:
        return self.ports[self._turn % len(self.ports)]

    @property
    def connected(self) -> bool:
        return self._socket is not None and all(view.met or view.gone for view in self.views.values())

    def ask(self, path: str, form: dict[str, str] | None = None) -> Any:
        return ask(self.port, path, cookie=self.cookie, form=form, pool=self._pool)

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
            for view in self.views.values():
                view.met = False
            self._turn += 1
            tries = min(tries + 1, 4)
            await asyncio.sleep(random.uniform(0.05, 0.15 * 2**tries))

    async def _hear(self, socket: ClientConnection) -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(SILENCE) as silence:
            while True:
                text = await socket.recv(decode=False)
                try:
                    frame = heard(text)
                except (AssertionError, LookupError, TypeError, ValueError) as error:
                    self.strange.append(f"{error!r}: {text[:300]!r}")
                    raise
                self._take(frame)
                silence.reschedule(loop.time() + SILENCE)
                if self.slow:
                    await asyncio.sleep(0.012)

    async def _subscribe(self) -> None:
        names = [f"conversation.{room}/ar" for room, view in self.views.items() if not view.gone]
        if names and self._socket is not None:
            await self._socket.send(json.dumps({"type": "subscribe", "streams": names}))

    async def add(self, room: int) -> None:
        """A page is opened by somebody who came later."""
        self.views[room] = View(seen=set())
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
        if self._later is not None:
            self._later.cancel()
        for line in itertools.chain.from_iterable(self._pool.values()):
            line.writer.close()

    # --- frames ---
    def _take(self, frame: Heard) -> None:
        if frame.kind == "try-again":
            asyncio.get_running_loop().call_later(1, lambda: asyncio.ensure_future(self._subscribe()))
            return
        if not frame.room:
            return
        self.frames.append((time.time(), frame.room, frame.kind))
        view = self.views.get(frame.room)
        if view is None:
            return
        if frame.kind == "gone":
            view.gone = True
        elif frame.kind in ("subscribed", "head"):
            view.met = view.met or frame.kind == "subscribed"
            if frame.version > view.version:
                view.head = max(view.head, frame.version)
                self._ask_later()
        elif frame.row is not None:
            view.put(frame.row)
            if frame.version == view.version + 1 and not view.ahead:
                view.version = frame.version
            elif frame.version > view.version:
                view.ahead.add(frame.version)
                self._close(view)
                if view.ahead:
                    self._ask_later()

    @staticmethod
    def _close(view: View) -> None:
        while view.version + 1 in view.ahead:
            view.version += 1
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
            heads = {room: view.head for room, view in behind.items()}
            query = urlencode({"lang": "ar", "v": "1", **{f"conversation.{room}": view.version for room, view in behind.items()}})
            try:
                answer = await self.ask(f"/live/?{query}")
                streams = json.loads(answer.body)["streams"] if answer.status == 200 else None
            except (OSError, TimeoutError, ValueError):
                streams = None
            if streams is None:
                self._turn += 1
                asyncio.get_running_loop().call_later(random.uniform(0.3, 1.0), self._ask_later)
                return
            for name, told in streams.items():
                room = int(name.partition(".")[2])
                view = self.views[room]
                if view is not behind[room]:
                    continue  # opened anew meanwhile
                if told.get("gone"):
                    view.gone = True
                elif told.get("reload"):
                    await self._resync(room, view)
                else:
                    for row in told["rows"]:
                        for one in rows_of(row["html"]):
                            view.put(one)
                    view.version = max(view.version, told["head"])
                    # A head told while the answer was on its way may be newer than the answer.
                    view.head = max(view.head, view.version) if view.head > heads[room] else view.version
                    self._close(view)
                    if view.head > view.version:
                        self._ask_later()

    async def _resync(self, room: int, view: View) -> None:
        """Too much to be told row by row: the newest page in place of what was shown; then one scrolls up to where one was."""
        with contextlib.suppress(OSError, TimeoutError):
            answer = await self.ask(f"/ar/conversations/{room}/messages/")
            if answer.status == 200:
                self.reloads += 1
                rows = rows_of(answer.body)
                before, wanted = answer.headers.get("x-before", ""), view.first
                view.shown, view.quoted = {}, {}
                view.first = rows[0].shown[0] if rows else 1
                for row in rows:
                    view.put(row)
                view.head = max(view.head, view.version, *view.ahead)
                view.version, view.ahead = int(answer.headers["x-version"]), set()
                if view.head > view.version:
                    self._ask_later()
                await self._scroll(room, view, before, wanted)
                return
        asyncio.get_running_loop().call_later(1, self._ask_later)

    async def _scroll(self, room: int, view: View, before: str, wanted: int) -> None:
        while before and view.first > wanted:
            try:
                answer = await self.ask(f"/ar/conversations/{room}/messages/?before={view.first}")
            except (OSError, TimeoutError):
                return
            if answer.status != 200:
                return
            rows, before = rows_of(answer.body), answer.headers.get("x-before", "")
            view.first = rows[0].shown[0] if rows else view.first
            for row in rows:
                view.put(row)
            # What changed while the page was on its way went past a list that did not show it yet.
            if (version := int(answer.headers["x-version"])) < view.version:
                view.head, view.version, view.ahead = max(view.head, view.version), version, set()
                self._ask_later()

    # --- writing ---
    async def talk(self, chance: random.Random, until: asyncio.Event) -> None:
        """Say something every `pace` seconds or so; the next thing only when the last is settled: a person's order is kept."""
        while not until.is_set():
            await asyncio.sleep(chance.expovariate(1 / self.pace))
            rooms = [room for room, view in self.views.items() if not view.gone]
            if rooms and not until.is_set():
                room = chance.choice(rooms)
                if chance.random() < 0.2:
                    await self._change(room, chance)
                else:
                    await self.send(room, chance)

    async def send(self, room: int, chance: random.Random | None = None) -> Sent:
        """Until it is acknowledged or finally refused, always with the same client_id."""
        mark = f"m{self.number}-{len(self.sent) + 1}"
        sent = Sent(room, str(uuid.uuid4()), time.monotonic(), mark)
        self.sent.append(sent)
        form = {"body": f"{mark} قهوة الصباح", "client_id": sent.client_id, "on_behalf_of": ""}
        # A change of what is quoted is told as a head, and everybody asks: enough of them to be met, not so many that nothing else is.
        if chance is not None and chance.random() < 0.05 and (recent := self._recent(room)):
            form["reply_to"] = str(chance.choice(recent))
        if chance is not None and chance.random() < 0.03:
            sent.named = chance.randrange(1, self.number) if self.number > 1 else 0
            form["body"] += f" @user{sent.named}" if sent.named else ""
        status, body, _tries = await self._settle(f"/conversations/{room}/messages/", form)
        sent.ended = time.monotonic()
        if status == 200:
            answer = json.loads(body)
            sent.number, sent.pk = answer["number"], answer["id"]
            self.read[room] = max(self.read.get(room, 0), sent.number)
        else:
            sent.refused = status
        return sent

    async def _change(self, room: int, chance: random.Random) -> None:
        """Edit, take back, react or read: each must reach every page as a message does."""
        mine = [one for one in self.sent[-6:] if one.number and one.room == room and not one.deleted and not one.unsure]
        what = chance.random()
        self.changes += 1
        if mine and what < 0.6:
            sent = chance.choice(mine)
            delete = what < 0.15
            edits = int(sent.mark.partition("e")[2] or 0) + 1
            mark = f"{sent.mark.partition('e')[0]}e{edits}"
            path = f"/ar/messages/{sent.pk}/{'removal' if delete else 'edit'}/"
            status, _body, tries = await self._settle(path, {} if delete else {"body": f"{mark} قهوة المساء"})
            if status in (200, 204):
                sent.deleted, sent.mark = delete, mark if not delete else sent.mark
            else:
                sent.unsure = tries > 1
        elif what < 0.9 and (recent := self._recent(room)):
            pk, kind = chance.choice(recent), chance.choice(KINDS)
            on = not self.given.get((pk, kind))
            status, _body, tries = await self._settle(f"/messages/{pk}/reactions/{'' if on else 'end/'}", {"kind": kind})
            if status == 200:
                self.given[pk, kind] = on
            elif tries > 1:
                self.given[pk, kind] = None
        elif (view := self.views[room]).shown:
            number = max(number for number, *_rest in itertools.islice(reversed(view.shown.values()), 5))
            status, _body, _tries = await self._settle(f"/conversations/{room}/read/", {"number": str(number)})
            if status == 204:
                self.read[room] = max(self.read.get(room, 0), number)

    def _recent(self, room: int) -> list[int]:
        """Numbers of messages that stand at the end of the page."""
        return [pk for pk, shown in itertools.islice(reversed(self.views[room].shown.items()), 20) if shown[2] and shown[3]]

    async def _settle(self, path: str, form: dict[str, str]) -> tuple[int, str, int]:
        """(status, body, tries): until the server says yes or finally no."""
        tries = 0
        while not self._stopped:
            tries += 1
            await self.online.wait()
            with contextlib.suppress(OSError, TimeoutError, ValueError):
                answer = await self.ask(path, form)
                if answer.status in (200, 204, 401, 403, 404, 422):
                    return answer.status, answer.body, tries
            self.resent += 1
            self._turn += 1
            await asyncio.sleep(random.uniform(0.1, 0.6))
        return 0, "", tries

    def acknowledged(self) -> Iterator[Sent]:
        return (sent for sent in self.sent if sent.number)
