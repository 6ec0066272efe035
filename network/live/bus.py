"""Between processes: straight into this process's hub, or, with REDIS_URL, through Redis pub/sub.

Redis has one channel a stream, which a hub subscribes to only while it has a listener: so Redis itself can say (`PUBSUB NUMSUB`)
whether, and in which languages, anyone listens. It keeps nothing for us.
"""

import asyncio
import contextlib
import logging
import random
import secrets
import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings

if TYPE_CHECKING:
    from network.live.hub import Hub

logger = logging.getLogger(__name__)

CONTROL = "!control"
PREFIX = "live:"
OURSELVES = secrets.token_hex(8)  # this process has already forgotten what its own publishing changed
REST_SECONDS = 2.0  # after a failure Redis is not asked again for so long: a post never waits twice


class Letter(NamedTuple):
    """What travels between processes: the stream, its version after this frame (0: has none), the frame's text."""

    stream: str
    version: int
    text: str


class _Sender:
    """Synchronous PUBLISH from a small pool, with short time-outs; used by request threads, workers and commands."""

    def __init__(self) -> None:
        self._client: Any = None
        self._rest_until = 0.0
        self._lock = threading.Lock()

    def client(self) -> Any:
        with self._lock:
            if self._client is None:
                import redis  # noqa: PLC0415 -- the embedded shape never needs it
                from redis.backoff import NoBackoff  # noqa: PLC0415
                from redis.retry import Retry  # noqa: PLC0415

                pool = redis.BlockingConnectionPool.from_url(
                    settings.REDIS_URL,
                    max_connections=8,
                    timeout=0.5,
                    socket_timeout=0.5,
                    socket_connect_timeout=0.5,
                    retry=Retry(NoBackoff(), 0),
                )
                self._client = redis.Redis(connection_pool=pool)
            return self._client

    @property
    def resting(self) -> bool:
        return time.monotonic() < self._rest_until

    def failed(self, doing: str, error: Exception) -> None:
        if not self.resting:
            logger.warning("Redis could not %s (%s); the heartbeat heals it.", doing, type(error).__name__)
        self._rest_until = time.monotonic() + REST_SECONDS

    def send(self, letters: list[Letter]) -> bool:
        if self.resting:
            return False
        try:
            pipe = self.client().pipeline(transaction=False)
            for letter in letters:
                pipe.publish(PREFIX + letter.stream, f"{letter.version}\n{letter.text}")
            pipe.execute()
        except Exception as error:  # whatever Redis does, posting goes on
            self.failed("publish", error)
            return False
        return True

    def reset(self) -> None:
        with self._lock:
            if self._client is not None:
                with contextlib.suppress(Exception):
                    self._client.close()
            self._client, self._rest_until = None, 0.0


sender = _Sender()


def post(letters: list[Letter]) -> None:
    """Deliver letters to every hub. Never raises. Must not be called in the hub's own loop when Redis is in use: it may wait."""
    from network.live.hub import hub  # noqa: PLC0415 -- the hub imports this module

    if not letters:
        return
    if not settings.REDIS_URL:
        hub.accept_from_thread(letters)
        return
    if not sender.send(letters):
        # Control still works at home; frames do not flow while Redis is away, but this process's pages hear of new heads at once.
        hub.accept_from_thread([letter for letter in letters if letter.stream == CONTROL])
        hub.beat_from_thread()


def listened(streams: tuple[str, ...]) -> set[str]:
    from network.live.hub import hub  # noqa: PLC0415 -- the hub imports this module

    if settings.REDIS_URL and not sender.resting:
        try:
            counts = sender.client().pubsub_numsub(*[PREFIX + stream for stream in streams])
        except Exception as error:
            sender.failed("count listeners", error)
        else:
            return {_text(name).removeprefix(PREFIX) for name, count in counts if count}
    return {stream for stream in streams if stream in hub.channels}


class Subscriber:
    """The one Redis subscription of this process: wanted streams are reconciled with subscribed ones; comes back by itself."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._have: set[str] = set()
        self._wake = asyncio.Event()
        self.connected = False

    def wake(self) -> None:
        """The hub's set of streams has changed."""
        self._wake.set()

    async def run(self) -> None:
        wait = 0.1
        while True:
            began = time.monotonic()
            try:
                await self._listen()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                logger.warning("Live frames from Redis stopped (%s); trying again.", type(error).__name__)
            finally:
                self._have = set()
                if self.connected:
                    self.connected = False
                    self._hub.lost()
            if time.monotonic() - began > 10:
                wait = 0.1
            await asyncio.sleep(random.uniform(wait / 2, wait))  # noqa: S311 -- jitter, no secret
            wait = min(wait * 2, 2.0)  # promised: live again within five seconds of Redis' return

    async def _listen(self) -> None:
        import redis.asyncio as redis  # noqa: PLC0415 -- the embedded shape never needs it
        from redis.backoff import NoBackoff  # noqa: PLC0415
        from redis.retry import Retry  # noqa: PLC0415

        # socket_timeout=None: an idle subscription is no failure. Silence is noticed by our own ping instead.
        client = redis.from_url(settings.REDIS_URL, socket_timeout=None, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0))
        pubsub = client.pubsub()
        try:
            await asyncio.wait_for(pubsub.subscribe(PREFIX + CONTROL), 3)
            await asyncio.wait_for(self._reconcile(pubsub), 3)
            first = await asyncio.wait_for(pubsub.get_message(timeout=2), 3)
            if first is None:
                raise ConnectionError("no answer")
            self.connected = True
            self._hub.returned()
            tending = asyncio.ensure_future(self._tend(pubsub))
            try:
                await self._read(pubsub, tending)
            finally:
                tending.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await tending
        finally:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(pubsub.aclose(), 1)
            with contextlib.suppress(Exception):
                await asyncio.wait_for(client.aclose(), 1)

    async def _read(self, pubsub: Any, tending: asyncio.Future[None]) -> None:
        self._heard = time.monotonic()
        while True:
            if tending.done():
                tending.result()
            message = await pubsub.get_message(timeout=1.0)
            if message is None:
                # A hung Redis (or a half-open connection) answers no ping.
                if time.monotonic() - self._heard > 4:
                    raise ConnectionError("silent")
                continue
            self._heard = time.monotonic()
            if message["type"] == "message":
                version, _, text = _text(message["data"]).partition("\n")
                self._hub.accept([Letter(_text(message["channel"]).removeprefix(PREFIX), int(version or 0), text)])

    async def _tend(self, pubsub: Any) -> None:
        """Subscribe and unsubscribe as listeners come and go; ping every second and a half."""
        while True:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._wake.wait(), 1.5)
            await self._reconcile(pubsub)
            await pubsub.ping()

    async def _reconcile(self, pubsub: Any) -> None:
        self._wake.clear()
        want = set(self._hub.channels)
        new, old = want - self._have, self._have - want
        for some in _some(new):
            await pubsub.subscribe(*[PREFIX + stream for stream in some])
        for some in _some(old):
            await pubsub.unsubscribe(*[PREFIX + stream for stream in some])
        self._have = want


def _some(streams: Iterable[str], size: int = 500) -> Iterable[list[str]]:
    streams = list(streams)
    return (streams[i : i + size] for i in range(0, len(streams), size))


def _text(raw: str | bytes) -> str:
    return raw.decode() if isinstance(raw, bytes) else raw
