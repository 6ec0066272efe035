"""The hub: one a process. It knows which socket hears which stream, and gives a frame, serialised once, to each.

Everything here runs in the server's event loop except what is named `…_from_thread`.
"""

import asyncio
import contextlib
import json
import logging
import types
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping
from typing import Any, Protocol

from django.conf import settings

from network.live import bus

logger = logging.getLogger(__name__)

BUFFER_BYTES = 1024 * 1024  # a reader further behind than this is closed (1013), comes back and catches up
TURN = 100  # sends before other work gets its turn
BEATS_A_WORD = 3  # every so many heartbeats each socket hears one, so that a dead line is noticed

Heads = Callable[[Mapping[str, set[int]]], tuple[str, dict[str, int]]]


class Wire(Protocol):
    """A server's short way to a socket: a complete WebSocket frame in, and how many bytes still wait."""

    def write(self, data: bytes) -> None: ...
    def waiting(self) -> int: ...


class Packed:
    """A frame's text and, made once for all sockets, its bytes on the wire (unmasked, uncompressed, whole)."""

    __slots__ = ("text", "wire")

    def __init__(self, text: str) -> None:
        self.text = text
        payload = text.encode()
        size = len(payload)
        if size < 126:
            head = bytes((0x81, size))
        elif size < 65_536:
            head = b"\x81\x7e" + size.to_bytes(2, "big")
        else:
            head = b"\x81\x7f" + size.to_bytes(8, "big")
        self.wire = head + payload


class Ear:
    """One open socket, as the hub sees it. The consumer says how to close it and how to authorise it again."""

    __slots__ = ("_send", "_wire", "again", "close", "closed", "hears", "spaces", "user_id")

    def __init__(
        self,
        send: Callable[[dict[str, Any]], Awaitable[None]],
        *,
        close: Callable[[int], None],
        again: Callable[[], None],
        wire: Wire | None = None,
        user_id: int | None = None,
    ) -> None:
        self._send, self._wire = send, wire
        self.close, self.again = close, again
        self.user_id = user_id
        self.closed = False
        self.hears: set[str] = set()
        self.spaces: set[int] = set()

    def hear(self, frame: Packed) -> None:
        if self.closed:
            return
        wire = self._wire
        if wire is None:
            start(self._send({"type": "websocket.send", "text": frame.text}))
        elif wire.waiting() > BUFFER_BYTES:
            self.closed = True
            self.close(1013)
        else:
            wire.write(frame.wire)


class Hub:
    """Streams of this process, the sockets that hear them, and the heartbeat."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self.channels: dict[str, set[Ear]] = {}
        self.ears: set[Ear] = set()
        self.people: dict[int, set[Ear]] = {}
        self.epoch = ""
        self.live = True  # False while Redis is away: frames rest, heads go on
        self.heads: Heads | None = None
        self.on_changed: Callable[[Iterable[str]], None] = lambda streams: None
        self.subscriber: bus.Subscriber | None = None
        self._versions: dict[str, int] = {}
        self._queue: deque[tuple[str, Packed]] = deque()
        self._draining: asyncio.Future[None] | None = None
        self._beat_now: asyncio.Event | None = None
        self._beats = 0
        self._tasks: set[asyncio.Future[Any]] = set()

    # --- life ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin in the running loop; again is quiet. Another loop (a new test) begins anew."""
        loop = asyncio.get_running_loop()
        if self.loop is loop:
            return
        self.loop = loop
        self.channels, self.ears, self.people, self._versions = {}, set(), {}, {}
        self._queue.clear()
        self._draining = None
        self._beat_now = asyncio.Event()
        self._beat_now.set()  # the epoch is wanted before the first socket
        self.live = not settings.REDIS_URL
        self._keep(self._heart())
        self.subscriber = None
        if settings.REDIS_URL:
            self.subscriber = bus.Subscriber(self)
            self._keep(self.subscriber.run())

    async def stop(self, code: int = 1012) -> None:
        """Close every socket (1012: the service restarts) and end."""
        for ear in tuple(self.ears):
            ear.closed = True
            with contextlib.suppress(Exception):
                ear.close(code)
        ending = set(self._tasks)
        while ending:  # again and again: one cancellation may be lost inside wait_for, or where another is being waited out
            for task in ending:
                task.cancel()
            ended, ending = await asyncio.wait(ending, timeout=0.5)
            for task in ended:
                task.cancelled() or task.exception()  # taken note of: what failed while ending interests nobody
        self.loop = None

    def _keep(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- who hears what -----------------------------------------------------------------------------------------

    def join(self, ear: Ear) -> None:
        self.ears.add(ear)
        if ear.user_id is not None:
            self.people.setdefault(ear.user_id, set()).add(ear)

    def leave(self, ear: Ear) -> None:
        ear.closed = True
        self.hear(ear, ())
        self.ears.discard(ear)
        if ear.user_id is not None and (mine := self.people.get(ear.user_id)) is not None:
            mine.discard(ear)
            if not mine:
                del self.people[ear.user_id]

    def hear(self, ear: Ear, channels: Iterable[str]) -> None:
        """From now on this socket hears exactly these streams. The caller has authorised them."""
        wanted = set(channels)
        for channel in ear.hears - wanted:
            ears = self.channels.get(channel)
            if ears is not None:
                ears.discard(ear)
                if not ears:
                    del self.channels[channel]
                    if "/" not in channel:
                        self._versions.pop(channel, None)
        for channel in wanted - ear.hears:
            self.channels.setdefault(channel, set()).add(ear)
        if ear.hears != wanted:
            ear.hears = wanted
            if self.subscriber is not None:
                self.subscriber.wake()

    # --- frames -------------------------------------------------------------------------------------------------

    def accept_from_thread(self, letters: list[bus.Letter]) -> None:
        """Hand letters over from any thread; without a running hub (a command, a worker) they go nowhere."""
        loop = self.loop
        if loop is None or not letters:
            return
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(self.accept, letters)

    def accept(self, letters: list[bus.Letter]) -> None:
        for stream, version, text in letters:
            if stream == bus.CONTROL:
                self._obey(text)
                continue
            if not self.live:
                continue
            channel = stream.partition("/")[0]
            if version > self._versions.get(channel, 0) and (channel in self.channels or stream in self.channels):
                self._versions[channel] = version
            if stream in self.channels:
                self._queue.append((stream, Packed(text)))
        self._deliver()

    def _deliver(self) -> None:
        if self._queue and (self._draining is None or self._draining.done()):
            work = self._drain()
            # The first turn happens at once; only a long fan-out becomes a task.
            self._draining = start(work)

    async def _drain(self) -> None:
        sent = 0
        while self._queue:
            channel, frame = self._queue.popleft()
            # A frame to all (the heartbeat) has no channel.
            for ear in tuple(self.channels.get(channel, ()) if channel else self.ears):
                if channel and channel not in ear.hears:  # left or withdrawn during our turn's end
                    continue
                try:
                    ear.hear(frame)
                except Exception:
                    logger.exception("A socket failed while hearing.")
                    ear.closed = True
                sent += 1
                if sent % TURN == 0:
                    await asyncio.sleep(0)

    def _obey(self, text: str) -> None:
        order = json.loads(text)
        if order.get("control") == "changed":
            if order.get("by") != bus.OURSELVES:
                self.on_changed(order["streams"])
        elif order.get("control") == "withdraw":
            self.withdraw(order.get("user"), order.get("space"), order.get("stream"))

    def withdraw(self, user_id: int | None, space_id: int | None, stream: str | None) -> None:
        """Silence the subscriptions concerned at once; each socket then authorises itself again."""
        if user_id is not None:
            ears = set(self.people.get(user_id, ()))
        elif space_id is not None:
            ears = {ear for ear in self.ears if space_id in ear.spaces}
        elif stream is not None:
            ears = {ear for channel, some in self.channels.items() if channel.partition("/")[0] == stream for ear in some}
        else:
            ears = set(self.ears)
        self._again(ears)

    def _again(self, ears: Iterable[Ear]) -> None:
        for ear in tuple(ears):
            self.hear(ear, ())
            ear.again()

    # --- Redis went, Redis came ---------------------------------------------------------------------------------

    def lost(self) -> None:
        """No frame flows until Redis is back; the heartbeat's heads go on, and clients fetch over HTTP."""
        self.live = False
        self._say_state()

    def returned(self) -> None:
        """Withdrawals may have been missed: everything is authorised anew before a frame flows."""
        self._again(self.ears)
        self.live = True
        self._say_state()
        self.beat()

    # --- the heartbeat ------------------------------------------------------------------------------------------

    def beat_from_thread(self) -> None:
        loop = self.loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self.beat)

    def beat(self) -> None:
        """Ask the heads now rather than at the next beat."""
        if self._beat_now is not None:
            self._beat_now.set()

    async def _heart(self) -> None:
        nudge = self._beat_now
        while nudge is not None:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(nudge.wait(), settings.LIVE_HEARTBEAT)
                await asyncio.sleep(0.05)  # several nudges make one beat
            nudge.clear()
            try:
                await self._beat()
            except Exception:
                # The database is away; the next beat asks again.
                logger.warning("The heartbeat could not read the heads.", exc_info=True)

    async def _beat(self) -> None:
        self._beats += 1
        wanted: dict[str, set[int]] = {}
        for channel in self.channels:
            kind, _, number = channel.partition("/")[0].partition(".")
            if number.isdigit() and "/" not in channel:
                wanted.setdefault(kind, set()).add(int(number))
        if self.heads is not None:
            from network.live.threads import in_thread  # noqa: PLC0415 -- needs configured settings

            epoch, heads = await in_thread(self.heads, wanted)
            for channel, version in heads.items():
                known = self._versions.get(channel)
                if channel not in self.channels or (known is not None and version <= known):
                    continue
                self._versions[channel] = version
                if known is not None:  # who subscribed was told the head of that moment
                    self._queue.append((channel, Packed(_json({"type": "head", "stream": channel, "epoch": epoch, "version": version}))))
            if epoch != self.epoch:
                self.epoch = epoch
                self._say_state()
        if self._beats % BEATS_A_WORD == 0:
            self._say_state()
        self._deliver()

    def knows(self, channel: str, version: int) -> int:
        """The head to tell a subscriber who read this one: the heartbeat speaks only of newer ones than others here were told already."""
        if channel not in self.channels:
            return version
        return max(version, self._versions.setdefault(channel, version))

    def state(self) -> str:
        """The heartbeat's words: also the first frame a socket hears."""
        return _json({"type": "beat", "v": 1, "epoch": self.epoch, "state": "live" if self.live else "paused"})

    def _say_state(self) -> None:
        if self.ears:
            self._queue.append(("", Packed(self.state())))
            self._deliver()


def _json(frame: dict[str, object]) -> str:
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


_late: set[asyncio.Future[Any]] = set()


@types.coroutine
def _rest_of(work: Any, waits_for: Any) -> Generator[Any, Any, None]:
    while True:
        try:
            value = yield waits_for
        except BaseException as error:
            go_on, word = work.throw, error
        else:
            go_on, word = work.send, value
        try:
            waits_for = go_on(word)
        except StopIteration:
            return


def start(work: Any) -> asyncio.Future[None] | None:
    """Run a coroutine up to its first wait at once; what is left, if anything, goes on in a task of its own.

    A server's send that has nothing to wait for ends in that one step, so no task is made (Python 3.12: eager_start).
    """
    try:
        waits_for = work.send(None)
    except StopIteration:
        return None
    task = asyncio.ensure_future(_rest_of(work, waits_for))
    _late.add(task)
    task.add_done_callback(_late.discard)
    return task


hub = Hub()
