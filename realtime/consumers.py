"""The one consumer: a socket a tab. Out go the hub's frames; in come only subscribe, unsubscribe, typing and here.

The session is read again for every frame in, every minute, and whenever `live.withdraw` says so.
"""

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, parse_cookie
from django.utils import timezone
from django.utils.module_loading import import_string

from network import live
from network.http import address_of
from network.live import presence
from network.live.threads import in_thread
from network.spaces.actors import Actor
from realtime import streams
from realtime.frames import FrameError, read_frame
from realtime.streams import Grant

logger = logging.getLogger(__name__)

RATE, SLOW, RESTART, SIGNED_OUT, OLD_SCRIPT = 1008, 1013, 1012, 4401, 4409
MOST_STREAMS = 100
CHECK_SECONDS = 60
TYPING_SECONDS = 2
HERE_SECONDS = 15  # the same state is not told again sooner
GONE_SECONDS = 2

_of_address: Counter[str] = Counter()
_of_user: Counter[int] = Counter()


class Consumer(AsyncWebsocketConsumer):
    channel_layer_alias = None  # the hub feeds this socket; no channel of its own

    async def dispatch(self, message: dict[str, Any]) -> None:
        # Channels would close old database connections in the one thread all sockets share; ours do so in their own threads.
        handler = {
            "websocket.connect": self.websocket_connect,
            "websocket.receive": self.websocket_receive,
            "websocket.disconnect": self.websocket_disconnect,
        }[message["type"]]
        await handler(message)

    # --- coming and going -----------------------------------------------------------------------------------------

    async def connect(self) -> None:
        live.hub.start()
        self._grants: dict[str, Grant] = {}
        self._ear: live.Ear | None = None
        self._counted: tuple[str, int | None] | None = None
        self._turn = 0  # raised by every withdrawal: an authorisation begun before it does not count
        self._again_task: asyncio.Task[None] | None = None
        self._timers: list[asyncio.TimerHandle] = []
        self._typed_at = 0.0
        self._here_at, self._state, self._here_on = 0.0, "", set[str]()
        self._hides = False
        frames, seconds, burst = settings.LIVE_FRAMES
        self._refill, self._burst, self._tokens, self._token_at = frames / seconds, burst, float(burst), time.monotonic()

        if not origin_is_ours(self.scope):
            await self.close(4403)
            return
        cookies = parse_cookie(_header(self.scope, b"cookie"))
        self._session_key = cookies.get(settings.SESSION_COOKIE_NAME, "")
        actor = await in_thread(self._actor) if self._session_key else Actor.nobody()
        user_id = actor.user_id
        self._hides = actor.user is None or not actor.user.shows_presence
        address = address_of(self.scope)
        if (
            len(live.hub.ears) >= settings.LIVE_SOCKETS
            or _of_address[address] >= settings.LIVE_SOCKETS_PER_ADDRESS
            or (user_id is not None and _of_user[user_id] >= settings.LIVE_SOCKETS_PER_USER)
        ):
            await self.accept()
            await self.close(SLOW)
            return
        _of_address[address] += 1
        if user_id is not None:
            _of_user[user_id] += 1
        self._counted = (address, user_id)
        self._user_id = user_id
        await self.accept()
        if b"v=%d" % live.PROTOCOL not in self.scope["query_string"].split(b"&"):
            await self.close(OLD_SCRIPT)
            return
        self._ear = live.Ear(
            self.base_send,
            close=lambda code: self._soon(self.close(code)),
            again=self._again,
            wire=(self.scope.get("extensions") or {}).get("house.wire"),
            user_id=user_id,
        )
        live.hub.join(self._ear)
        await self.send(text_data=live.hub.state())
        self._check_later()

    async def disconnect(self, code: int) -> None:
        for timer in self._timers:
            timer.cancel()
        if self._again_task is not None:
            self._again_task.cancel()
        if self._ear is not None:
            live.hub.leave(self._ear)
            self._ear = None
        if self._counted is not None:
            address, user_id = self._counted
            self._counted = None
            _less(_of_address, address)
            if user_id is not None:
                _less(_of_user, user_id)
                if not self._hides:
                    # Told only where one may still be heard.
                    rooms = self._here_on & {live.base(name) for name, grant in self._grants.items() if grant.talks}
                    self._soon(self._go(user_id, tuple(rooms)))

    # --- frames in ------------------------------------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._token_at) * self._refill) - 1
        self._token_at = now
        if self._tokens < 0:
            await self.close(RATE)
            return
        if self._ear is None or self._ear.closed:
            return
        try:
            frame = read_frame(text_data)
        except FrameError as error:
            await self._say({"type": "error", "code": str(error)})
            return
        answer: dict[str, Callable[[dict[str, Any]], Awaitable[None]]] = {
            "subscribe": self._subscribe,
            "unsubscribe": self._unsubscribe,
            "typing": self._typing,
            "here": self._here,
        }
        try:
            await answer[frame["type"]](frame)
        except Exception:  # the database may be away; the socket lives on and the client asks again
            logger.warning("A %s frame failed.", frame["type"], exc_info=True)
            await self._say({"type": "error", "code": "try-again"})

    async def _subscribe(self, frame: dict[str, Any]) -> None:
        names = list(dict.fromkeys(frame["streams"]))
        if len(self._grants) + len(names) > MOST_STREAMS:
            await self._say({"type": "error", "code": "too-many"})
            return
        while True:
            turn, granted = self._turn, await in_thread(self._authorise, names)
            if granted is None:
                await self.close(SIGNED_OUT)
                return
            if turn == self._turn:  # else withdrawn meanwhile: what was allowed then may not be now
                break
        await self._take(granted)

    async def _unsubscribe(self, frame: dict[str, Any]) -> None:
        for name in frame["streams"]:
            self._grants.pop(name, None)
        self._hear()

    async def _typing(self, frame: dict[str, Any]) -> None:
        grant = self._grants.get(frame["stream"])
        if grant is None or not grant.talks or time.monotonic() - self._typed_at < TYPING_SECONDS:
            return
        self._typed_at = time.monotonic()
        base = live.base(frame["stream"])
        await in_thread(self._publish_typing, base)

    async def _here(self, frame: dict[str, Any]) -> None:
        grant = self._grants.get(frame["stream"])
        if grant is None or self._user_id is None or self._hides:
            return
        base, state, now = live.base(frame["stream"]), presence.HERE if frame["visible"] else presence.AWAY, time.monotonic()
        if state == self._state and base in self._here_on and now - self._here_at < HERE_SECONDS:
            return
        self._state, self._here_at = state, now
        self._here_on.add(base)
        await in_thread(self._be, state, (base,) if grant.talks else ())

    # --- rights ---------------------------------------------------------------------------------------------------

    def _actor(self) -> Actor:
        """Who this session is, read now; in a thread. A session that has ended is nobody."""
        if not self._session_key:
            return Actor.nobody()
        request = HttpRequest()
        session: SessionBase = import_string(f"{settings.SESSION_ENGINE}.SessionStore")(self._session_key)
        born, seen, now = session.get("born"), session.get("seen", 0), time.time()
        if born is not None and (now - born > settings.SESSION_COOKIE_AGE or now - seen > settings.SESSION_IDLE_AGE):
            return Actor.nobody()
        request.session = session
        user = get_user(request)
        return Actor.of(user if user.is_authenticated else None)

    def _authorise(self, names: list[str]) -> dict[str, Grant | None] | None:
        """The grants for these streams, or None when the session is no longer its person's; in a thread."""
        actor = self._actor()
        if actor.user_id != self._user_id or (actor.user is not None and not actor.user.is_active):
            return None
        found: dict[str, Grant | None] = {}
        for name in names:
            stream = streams.parse(name)
            found[name] = streams.authorise(actor, stream) if stream else None
        return found

    async def _go(self, user_id: int, bases: tuple[str, ...]) -> None:
        """Gone, unless another tab is open: whoever only turns a page is back in a moment, and nobody saw them go."""
        await asyncio.sleep(GONE_SECONDS)
        if user_id not in _of_user:
            await in_thread(self._be, presence.GONE, bases)

    def _be(self, state: str, bases: tuple[str, ...]) -> None:
        """Keep and tell whether this person is here; in a thread. Whoever has hidden it meanwhile is gone."""
        if self._user_id is None:
            return
        user = self._actor().user
        if state != presence.GONE and (user is None or not user.shows_presence):
            self._hides, state = True, presence.GONE
        presence.seen(self._user_id, state)
        live.publish_all((f"{base}/people", {"type": "here", "user": self._user_id, "state": state, "passing": True}) for base in bases)

    def _publish_typing(self, base: str) -> None:
        actor = self._actor()
        if actor.user is not None and actor.user_id == self._user_id:
            live.publish(f"{base}/people", {"type": "typing", "user": actor.user_id, "name": actor.user.name, "passing": True})

    async def _take(self, granted: dict[str, Grant | None]) -> None:
        if self._ear is None:
            return
        for name, grant in granted.items():
            if grant is None:
                self._grants.pop(name, None)
            else:
                self._grants[name] = grant
        # First hear, then tell the head: what came since it was read is a newer one that the hub knows, or learns at the next beat.
        self._hear()
        for name, grant in granted.items():
            if grant is None:
                await self._say({"type": "gone", "stream": name})
                continue
            version = live.hub.knows(live.base(name), grant.version) if grant.version is not None else None
            await self._say({"type": "subscribed", "stream": name, "epoch": live.hub.epoch, "version": version})

    def _hear(self) -> None:
        if self._ear is None:
            return
        self._ear.spaces = {grant.space_id for grant in self._grants.values() if grant.space_id is not None}
        live.hub.hear(self._ear, {channel for grant in self._grants.values() for channel in grant.channels})
        self._end_in_time(min((grant.until for grant in self._grants.values() if grant.until is not None), default=None))

    def _again(self) -> None:
        """The hub has silenced this socket: authorise every subscription anew."""
        self._turn += 1
        if self._again_task is None or self._again_task.done():
            self._again_task = asyncio.ensure_future(self._authorise_again())

    async def _authorise_again(self) -> None:
        pause = 0.2
        while True:
            turn, names = self._turn, list(self._grants)
            try:
                granted = await in_thread(self._authorise, names)
            except Exception:
                # Nothing flows while the database cannot say; ask until it can.
                logger.warning("Rights could not be read again.", exc_info=True)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5)
                continue
            if granted is None:
                await self.close(SIGNED_OUT)
                return
            if turn == self._turn:
                await self._take({name: grant for name, grant in granted.items() if name in self._grants})
                return

    def _check_later(self) -> None:
        loop = asyncio.get_running_loop()

        def check() -> None:
            if self._ear is not None:
                self._again_quietly()
                self._timers[0] = loop.call_later(CHECK_SECONDS, check)

        # After a restart everybody comes at once: asked a minute later, all at once, a thousand sockets hold up every page for seconds.
        self._timers = [loop.call_later(random.uniform(0, CHECK_SECONDS), check)]  # noqa: S311  # nosec B311 # a time, no secret

    def _again_quietly(self) -> None:
        """The minute's check: frames flow on while it asks, and only what ended is told."""
        self._soon(self._check())

    async def _check(self) -> None:
        turn, names = self._turn, list(self._grants)
        try:
            granted = await in_thread(self._authorise, names)
        except Exception:
            logger.warning("The minute's check failed.", exc_info=True)
            return
        if granted is None:
            await self.close(SIGNED_OUT)
        elif turn == self._turn:
            known = {name: grant for name, grant in granted.items() if name in self._grants}
            # What ended, or is to be heard elsewhere because a withdrawal was lost: what was said there meanwhile is asked for.
            moved = {name: grant for name, grant in known.items() if grant is None or grant.channels != self._grants[name].channels}
            self._grants.update((name, grant) for name, grant in known.items() if grant is not None)
            if moved:
                await self._take(moved)
            else:
                self._hear()

    def _end_in_time(self, until: datetime | None) -> None:
        for timer in self._timers[1:]:
            timer.cancel()
        del self._timers[1:]
        if until is None:
            return
        seconds = (until - timezone.now()).total_seconds()
        if seconds < 86_400:  # farther ends are met by the minute's check, which reads them anew

            def end() -> None:
                if self._ear is not None:
                    live.hub.hear(self._ear, ())
                    self._again()

            self._timers.append(asyncio.get_running_loop().call_later(max(seconds, 0) + 0.01, end))

    # --- small things ---------------------------------------------------------------------------------------------

    async def _say(self, frame: live.Frame) -> None:
        await self.send(text_data=live.pack(frame))

    def _soon(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)


_tasks: set[asyncio.Future[None]] = set()


def origin_is_ours(scope: dict[str, Any]) -> bool:
    """The Origin header is this site's, scheme and port included. Without one (no browser sends none) the answer is no."""
    origin = _header(scope, b"origin")
    if settings.SITE_ORIGIN:
        return origin == settings.SITE_ORIGIN
    host = _header(scope, b"host")
    scheme = "https" if settings.TRUSTED_PROXIES and _header(scope, b"x-forwarded-proto") == "https" else "http"
    name = host.rpartition(":")[0] if ":" in host.rpartition("]")[2] else host
    allowed = settings.ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
    return bool(host) and name in allowed and origin == f"{scheme}://{host}"


def _header(scope: dict[str, Any], name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _less(counter: Counter[Any], key: Any) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]
