"""Daphne with this house's limits: bodies counted while they arrive, deadlines, a short way to each socket, a soft stop.

Daphne buffers a whole request before any application runs, so what must be refused early is refused here.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

# Daphne installs Twisted's asyncio reactor on import and must come before anything that imports Twisted.
from daphne.server import Server as DaphneServer

from daphne.http_protocol import HTTPFactory, WebRequest  # isort: skip
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol  # isort: skip

from django.conf import settings
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext
from twisted.internet import defer, reactor
from twisted.internet.endpoints import serverFromString
from twisted.logger import LogLevel, STDLibLogObserver, globalLogBeginner
from twisted.web import http

logger = logging.getLogger(__name__)

HEADER_SECONDS = 10  # a request's line and headers must be whole by then (slow loris)
BODY_SECONDS, UPLOAD_SECONDS = 60, 600
STALLED_SECONDS = 30  # an answer whose reader takes nothing for so long is given up
UPLOAD_MARGIN = 1024 * 1024  # multipart's own words round a file of the largest size
FRAME_BYTES = 64 * 1024


class Wire:
    """The short way to one connection: bytes in, and how many of them still wait for a slow reader."""

    __slots__ = ("protocol",)

    def __init__(self, protocol: Any) -> None:
        self.protocol = protocol

    @property
    def transport(self) -> Any:
        protocol = self.protocol
        channel = getattr(protocol, "channel", None)  # an HTTP request reaches its transport through its channel
        return channel.transport if channel is not None else protocol.transport

    def write(self, data: bytes) -> None:
        """Send a complete WebSocket frame as it stands; on a socket that is not open it is dropped."""
        protocol = self.protocol
        if protocol.state != protocol.STATE_OPEN:
            return
        transport = protocol.transport
        # An idle socket takes the frame in one system call, without two rounds through the reactor to say "writable".
        if not transport._tempDataLen and not transport.dataBuffer and transport.connected and not transport.disconnecting:
            sent = transport.writeSomeData(data)
            if not isinstance(sent, int):
                sent = 0  # lost: the ordinary write below finds out and tidies up
            if sent == len(data):
                return
            data = data[sent:]
        transport.write(data)

    def waiting(self) -> int:
        transport = self.transport
        if transport is None:
            return 0
        return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)


class Channel(http.HTTPChannel):
    """One HTTP connection, with deadlines that a slow sender cannot stretch byte by byte."""

    refused = False
    _deadline: Any = None
    _busy = False

    def connectionMade(self) -> None:
        super().connectionMade()
        self._arm(HEADER_SECONDS)

    def dataReceived(self, data: bytes) -> None:
        if self.refused:
            return
        if self._deadline is None and not self._busy:
            self._arm(HEADER_SECONDS)
        super().dataReceived(data)

    def allHeadersReceived(self) -> None:
        self._busy = True
        self._disarm()
        super().allHeadersReceived()
        if not self.refused and self.length != 0:
            request = self.requests[-1]
            self._arm(UPLOAD_SECONDS if request.is_upload else BODY_SECONDS)

    def allContentReceived(self) -> None:
        if self.refused:
            return
        self._disarm()
        super().allContentReceived()

    def requestDone(self, request: Any) -> None:
        self._busy = False
        super().requestDone(request)

    def connectionLost(self, reason: Any) -> None:
        self._disarm()
        super().connectionLost(reason)

    def _send100Continue(self) -> None:
        if not self.refused:
            super()._send100Continue()

    def refuse(self, status: bytes, sentence: str) -> None:
        """Answer before the request is whole, and read no more of it."""
        if self.refused:
            return
        self.refused = True
        self._disarm()
        body = _page(sentence)
        self.transport.write(
            b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"
            b"Content-Security-Policy: default-src 'none'\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body) + body
        )
        # Closing at once, with bytes unread, would reset the connection and eat the answer: read them into nothing first.
        self.callLater(1.5, self._end)

    def _end(self) -> None:
        if self.transport is not None:
            self.transport.abortConnection()

    def _arm(self, seconds: float) -> None:
        self._disarm()
        self._deadline = self.callLater(seconds, self._late)

    def _disarm(self) -> None:
        if self._deadline is not None and self._deadline.active():
            self._deadline.cancel()
        self._deadline = None

    def _late(self) -> None:
        self._deadline = None
        self.refuse(b"408 Request Timeout", "slow")


class Request(WebRequest):
    """One HTTP request; its body is counted while it arrives."""

    is_upload = False
    _taken = 0
    _cap = 0
    _seen = (0.0, -1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parsePOSTFormSubmission = False  # Django reads forms; Twisted would hold a second copy of every upload

    def gotLength(self, length: int | None) -> None:
        kind = (self.requestHeaders.getRawHeaders(b"content-type") or [b""])[0]
        self.is_upload = kind.lower().startswith(b"multipart/form-data")
        self._cap = settings.FILE_MAX_BYTES + UPLOAD_MARGIN if self.is_upload else settings.BODY_MAX_BYTES
        too_much = length is not None and length > self._cap
        super().gotLength(0 if too_much else length)
        if too_much:
            self.channel.refuse(b"413 Content Too Large", "large")

    def handleContentChunk(self, data: bytes) -> None:
        self._taken += len(data)
        if self._taken > self._cap:
            self.channel.refuse(b"413 Content Too Large", "large")
        elif not self.channel.refused:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        if not self.channel.refused:
            super().requestReceived(command, path, version)

    def check_timeouts(self) -> None:
        if not self._response_started:
            super().check_timeouts()
            return
        # A long download is no fault; one that has stood still is.
        if self.finished or getattr(self, "channel", None) is None:
            return
        now, sent = time.monotonic(), self.sentLength - Wire(self).waiting()
        if sent != self._seen[1]:
            self._seen = (now, sent)
        elif now - self._seen[0] > STALLED_SECONDS:
            self.channel.forceAbortClient()


class Socket(WebSocketProtocol):
    """One WebSocket; a flood is stopped before it is queued."""

    flooded = False

    def onOpen(self) -> None:
        frames, seconds, burst = settings.LIVE_FRAMES
        self._refill, self._burst = frames / seconds, float(burst)
        self._tokens, self._at = float(burst), time.monotonic()
        super().onOpen()

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        if self.flooded:
            return
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._refill) - 1
        self._at = now
        if self._tokens < 0:
            self.flooded = True
            self.serverClose(code=1008)
            return
        super().onMessage(payload, isBinary)

    def serverClose(self, code: int | None = None) -> None:
        # Autobahn lets an application say only 1000 and 3000-4999; 1008, 1012 and 1013 are what these closings mean (RFC 6455).
        if self.state == self.STATE_OPEN:
            self.sendCloseFrame(code=code or 1000, isReply=False)

    def onPing(self, payload: bytes) -> None:
        if self._waiting_too_long():
            return
        super().onPing(payload)

    def _waiting_too_long(self) -> bool:
        # A ping flood from one who does not read would otherwise pile up pongs.
        return Wire(self).waiting() > FRAME_BYTES


class Factory(HTTPFactory):
    protocol = Channel

    def buildProtocol(self, addr: Any) -> Any:
        channel = super().buildProtocol(addr)
        channel.requestFactory = Request
        return channel


class SocketFactory(WebSocketFactory):
    protocol = Socket


class Server(DaphneServer):
    """Daphne's server; `application` finds each connection's `Wire` in `scope["extensions"]["house.wire"]`."""

    def __init__(self, application: Any, endpoints: list[str], *, ready: Callable[[], None] | None = None, **options: Any) -> None:
        options = {
            "signal_handlers": False,
            "http_timeout": 30,
            "request_buffer_size": 64 * 1024,
            "websocket_timeout": -1,
            "websocket_connect_timeout": 5,
            "websocket_handshake_timeout": 5,
            "ping_interval": 20,
            "ping_timeout": 30,
            "websocket_max_message_size": FRAME_BYTES,
            "websocket_max_frame_size": FRAME_BYTES,
            "application_close_timeout": 5,
            "server_name": "",
        } | options
        super().__init__(application, endpoints, ready_callable=ready, **options)
        self.connections: dict[Any, dict[str, Any]] = {}
        self.ports: list[Any] = []
        self.failed = ""

    def run(self) -> None:
        """Serve until `drain()` or `stop()`; daphne's own `run` with this house's factories."""
        self.http_factory = Factory(self)
        self.ws_factory = SocketFactory(self, server="")
        self.ws_factory.setProtocolOptions(
            autoPingTimeout=self.ping_timeout,
            allowNullOrigin=True,  # Origin is judged in one place, by the application
            openHandshakeTimeout=self.websocket_handshake_timeout,
            maxMessagePayloadSize=self.websocket_max_message_size,
            maxFramePayloadSize=self.websocket_max_frame_size,
        )
        globalLogBeginner.beginLoggingTo([_note], redirectStandardIO=False, discardBuffer=True)
        reactor.callLater(1, self.application_checker)
        reactor.callLater(2, self.timeout_checker)
        for description in self.endpoints:
            listener = serverFromString(reactor, description).listen(self.http_factory)
            listener.addCallback(self.listen_success)
            listener.addErrback(self.listen_error)
        asyncio.set_event_loop(reactor._asyncioEventloop)
        reactor.addSystemEventTrigger("before", "shutdown", self.kill_all_applications)
        if not self.abort_start:
            if self.ready_callable:
                self.loop.call_soon(self.ready_callable)
            reactor.run(installSignalHandlers=False)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return reactor._asyncioEventloop

    def call(self, do: Callable[[], object]) -> None:
        """Run `do` in the server's loop, from any thread or signal handler."""
        reactor.callFromThread(do)

    def drain(self, seconds: float) -> None:
        """Take no more connections, let requests in hand finish for at most so many seconds, then stop."""
        for port in self.ports:
            port.stopListening()
        self._drain_until(time.monotonic() + seconds)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        scope["extensions"] = {"house.wire": Wire(protocol)}
        return super().create_application(protocol, scope)

    def listen_success(self, port: Any) -> None:
        self.ports.append(port)
        super().listen_success(port)

    def listen_error(self, failure: Any) -> None:
        self.failed = failure.getErrorMessage()
        super().listen_error(failure)

    def kill_all_applications(self) -> Any:
        running = [details["application_instance"] for details in self.connections.values() if details.get("application_instance")]
        waiting = [instance for instance in running if not instance.done()]
        for instance in waiting:
            instance.cancel()
        if not waiting:
            return None
        ended = defer.Deferred.fromFuture(asyncio.ensure_future(asyncio.wait(waiting, timeout=1), loop=self.loop))
        ended.addErrback(lambda _failure: None)
        return ended

    def _drain_until(self, deadline: float) -> None:
        def in_hand(protocol: Any, details: dict[str, Any]) -> bool:
            instance = details.get("application_instance")
            return isinstance(protocol, WebRequest) and instance is not None and not instance.done()

        if time.monotonic() > deadline or not any(in_hand(*pair) for pair in list(self.connections.items())):
            # One more turn, so that closing frames and last bytes leave before the reactor does.
            reactor.callLater(0.1, self.stop)
            return
        reactor.callLater(0.05, self._drain_until, deadline)


_observe = STDLibLogObserver("twisted")


def _note(event: dict[str, Any]) -> None:
    """Twisted's word for every connection is noise; what went wrong is not."""
    if event["log_level"] >= LogLevel.error:
        _observe(event)


def _page(what: str) -> bytes:
    """A refusal that comes before any page could: the same sentence in each language of the house."""
    lines = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            sentence = (
                gettext("What you sent is too large. Choose a smaller file or a shorter text.")
                if what == "large"
                else gettext("The connection was too slow. Please try again.")
            )
            direction = "rtl" if translation.get_language_bidi() else "ltr"
        lines.append(f'<p lang="{code}" dir="{direction}">{escape(sentence)}</p>')
    return ("<!doctype html><meta charset=utf-8><title>Multaqa</title>" + "".join(lines)).encode()
