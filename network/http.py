"""How a page is served: visitors' pages from memory, all others by one thread hop into Django's WSGI application.

Django's own ASGI handler hops between threads for each synchronous middleware: four to seven milliseconds a request.
One hop on a fixed pool costs one, and the pool's threads keep their database connections.
"""

import asyncio
import hashlib
import io
import logging
import sys
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.http import parse_cookie

from network import live
from network.rates import believed

logger = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

SPOOL_BYTES = 256 * 1024
CHUNK_BYTES = 64 * 1024
AHEAD_BYTES = 256 * 1024  # so much of a file waits in memory for a slow reader, no more


class TooLarge(Exception):
    """The body passed its cap (only behind a server that does not count itself; network.daphne does)."""


class Gone(Exception):
    """The client went away before its request was whole."""


@dataclass(slots=True)
class Answer:
    """What Django answered: a whole body, or (streaming) the response to read from."""

    status: int
    headers: Headers
    body: bytes = b""
    stream: Any = None


class Hop:
    """Asks a WSGI application one question on a fixed pool of threads."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]], threads: int) -> None:
        self._wsgi = wsgi
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="page")
        # What takes long on purpose stays away from the pages: generated downloads (whole in one thread, whose connection their queries
        # hold), password hashes, pictures drawn anew.
        self._slow = ThreadPoolExecutor(2, thread_name_prefix="slow")

    async def ask(self, scope: Scope, receive: Receive) -> Answer:
        """The answer to this request. Raises TooLarge or Gone."""
        environ = environ_of(scope, await read_body(scope, receive))
        pool = self._slow if _is_slow(environ) else self._pool
        return await asyncio.get_running_loop().run_in_executor(pool, self._run, environ)

    async def send(self, scope: Scope, answer: Answer, send: Send) -> None:
        head = scope["method"] == "HEAD"
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        if answer.stream is None:
            await send({"type": "http.response.body", "body": b"" if head else answer.body})
            return
        loop = asyncio.get_running_loop()
        try:
            if not head:
                if getattr(answer.stream, "file_to_stream", None) is not None:
                    await self._send_file(scope, answer.stream.file_to_stream, send)
                else:
                    await loop.run_in_executor(self._slow, self._pump, answer.stream, scope, send, loop)
            await send({"type": "http.response.body", "body": b""})
        finally:
            await loop.run_in_executor(self._pool, answer.stream.close)

    async def _send_file(self, scope: Scope, file: IO[bytes], send: Send) -> None:
        loop = asyncio.get_running_loop()
        while chunk := await loop.run_in_executor(self._pool, file.read, CHUNK_BYTES):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await _keep_pace(scope)

    def _pump(self, stream: Iterable[bytes], scope: Scope, send: Send, loop: asyncio.AbstractEventLoop) -> None:
        async def forward(chunk: bytes) -> None:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await _keep_pace(scope)

        for chunk in stream:
            if chunk:
                asyncio.run_coroutine_threadsafe(forward(chunk), loop).result(120)

    def _run(self, environ: dict[str, Any]) -> Answer:
        start: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            start[:] = [
                int(status[:3]),
                [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
            ]

        response: Any = self._wsgi(environ, start_response)
        if getattr(response, "streaming", False):
            return Answer(start[0], start[1], stream=response)
        try:
            body = b"".join(response)
        finally:
            if hasattr(response, "close"):
                response.close()
            environ["wsgi.input"].close()
        headers = start[1]
        if not any(name == b"content-length" for name, _value in headers) and start[0] not in (204, 304):
            headers.append((b"content-length", b"%d" % len(body)))
        return Answer(start[0], headers, body)


def _is_slow(environ: dict[str, Any]) -> bool:
    """Whether the answer hashes a password, redraws a picture or is made as a file: sign-in and its kin, forms with files, PDF and tables."""
    if environ["REQUEST_METHOD"] != "POST":
        return environ["PATH_INFO"].endswith((".pdf", ".xlsx", ".csv", "/certificate/"))
    return "/accounts/" in environ["PATH_INFO"] or environ.get("CONTENT_TYPE", "").startswith("multipart/")


async def _keep_pace(scope: Scope) -> None:
    """Wait while the reader is far behind; a reader that went away ends the answer."""
    wire = (scope.get("extensions") or {}).get("house.wire")
    if wire is None:
        return
    for _ in range(2_400):
        if getattr(wire.protocol, "channel", None) is None:
            raise Gone
        if wire.waiting() < AHEAD_BYTES:
            return
        await asyncio.sleep(0.05)
    raise Gone


async def read_body(scope: Scope, receive: Receive) -> IO[bytes]:
    """The request's body, in memory while small and on disk when not, refused while it arrives past its cap."""
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    cap = settings.BODY_MAX_BYTES
    if kind.lower().startswith(b"multipart/form-data"):
        cap = settings.FILE_MAX_BYTES + 1024 * 1024
    body: IO[bytes] | None = None
    taken = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        chunk = message.get("body", b"")
        more = message.get("more_body", False)
        if body is None and not more:
            if len(chunk) > cap:
                raise TooLarge
            return io.BytesIO(chunk)
        body = body or tempfile.SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115 -- closed with the answer
        taken += len(chunk)
        if taken > cap:
            body.close()
            raise TooLarge
        body.write(chunk)
        if not more:
            body.seek(0)
            return body


def environ_of(scope: Scope, body: IO[bytes]) -> dict[str, Any]:
    """WSGI's words for an ASGI request (PEP 3333)."""
    server = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": "HTTP/" + scope.get("http_version", "1.1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if name == "content-type":
            environ["CONTENT_TYPE"] = value
        elif name == "content-length":
            environ["CONTENT_LENGTH"] = value
        elif name not in {"proxy", "transfer-encoding"}:  # "Proxy:" would become HTTP_PROXY, a setting of programs
            key = "HTTP_" + name.upper().replace("-", "_")
            if key in environ:
                value = environ[key] + ("; " if name == "cookie" else ",") + value
            environ[key] = value
    if "CONTENT_LENGTH" not in environ and any(name == b"transfer-encoding" for name, _value in scope["headers"]):
        # A chunked body has been counted and read whole: now its length is known.
        environ["CONTENT_LENGTH"] = str(body.seek(0, 2))
        body.seek(0)
    return environ


@dataclass(slots=True)
class Page:
    """One visitor's page, as it was answered."""

    until: float
    headers: Headers
    body: bytes
    etag: bytes
    streams: tuple[str, ...]
    visit: str = ""  # what is counted each time it is served


class Front:
    """The ASGI application for `http`: the visitors' pages in front, Django behind.

    A page is kept when the request had no cookie but the language's, and the answer was 200, set no cookie and carried
    `X-Visitor-Cache: <seconds>`. It is served to whoever has no session, and forgotten after those seconds or when
    something is published on one of its `X-Visitor-Streams`. A page says by `X-Visit-Key` what is visited with it: `on_visit` hears of it
    each time the page is served, kept or new, and must be quick. All these headers are taken off every answer.
    """

    def __init__(
        self, hop: Hop, *, entries: int = 2_000, most_bytes: int = 48 * 1024 * 1024, on_visit: Callable[[str, Scope], None] | None = None
    ) -> None:
        self._hop = hop
        self._on_visit = on_visit
        self._entries, self._most_bytes = entries, most_bytes
        self._pages: OrderedDict[tuple[Any, ...], Page] = OrderedDict()
        self._bytes = 0
        self._of_stream: dict[str, set[tuple[Any, ...]]] = {}
        self._changed: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()
        live.on_change(self.forget)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key, pure = self._key(scope)
        if key is not None and (page := self._pages.get(key)) is not None and page.until > time.monotonic():
            self._visited(page.visit, scope)
            await self._serve(scope, page, send)
            return
        began = time.monotonic()
        try:
            answer = await self._hop.ask(scope, receive)
        except Gone:
            return
        except TooLarge:
            answer = Answer(413, [(b"content-type", b"text/plain"), (b"connection", b"close")], b"413")
        marks = {name: value for name, value in answer.headers if name.startswith(b"x-visit")}  # X-Visit-Key and X-Visitor-…
        if marks:
            answer.headers = [pair for pair in answer.headers if not pair[0].startswith(b"x-visit")]
            if answer.status == 200:
                self._visited(marks.get(b"x-visit-key", b"").decode("latin-1"), scope)
            if key is not None and pure and (page := self._keep(key, answer, marks, began)) is not None:
                await self._serve(scope, page, send)
                return
        try:
            await self._hop.send(scope, answer, send)
        except Gone:
            return

    def forget(self, streams: Iterable[str]) -> None:
        """Drop every page that shows one of these streams. Safe from any thread."""
        now = time.monotonic()
        with self._lock:
            for stream in streams:
                self._changed[stream] = now
                self._changed.move_to_end(stream)
                for key in tuple(self._pages) if stream == live.ALL else self._of_stream.pop(stream, ()):
                    self._drop(key)
            while len(self._changed) > 5_000:
                self._changed.popitem(last=False)

    def _visited(self, visit: str, scope: Scope) -> None:
        if visit and self._on_visit is not None:
            try:
                self._on_visit(visit, scope)
            except Exception:
                logger.exception("A visit was not counted.")  # a page does not fail by it

    def _key(self, scope: Scope) -> tuple[tuple[Any, ...] | None, bool]:
        """The page's key (None: never from memory), and whether the request is plain enough to keep its answer."""
        if scope["method"] not in ("GET", "HEAD"):
            return None, False
        host = proto = language = accepts = b""
        pure = scope["method"] == "GET"
        for name, value in scope["headers"]:
            if name == b"host":
                host = value
            elif name == b"cookie":
                cookies = parse_cookie(value.decode("latin-1"))
                if settings.SESSION_COOKIE_NAME in cookies:
                    return None, False
                language = cookies.pop(settings.LANGUAGE_COOKIE_NAME, "").encode()
                pure = pure and not cookies
            elif name == b"x-forwarded-proto":
                proto = value
            elif name == b"accept-language":
                accepts = value
            elif name in (b"authorization", b"range") or name.startswith(b"hx-"):
                return None, False
        path = scope["path"]
        if path[:1] == "/" and path[3:4] == "/" and path[1:3] in dict(settings.LANGUAGES):
            language = accepts = b""  # the address already says the language
        return (host, scope.get("scheme"), proto, scope["raw_path"], scope["query_string"], language, accepts), pure

    def _keep(self, key: tuple[Any, ...], answer: Answer, marks: dict[bytes, bytes], began: float) -> Page | None:
        if answer.status != 200 or answer.stream is not None or len(answer.body) > 1024 * 1024:
            return None
        if any(name == b"set-cookie" for name, _value in answer.headers):
            return None
        try:
            seconds = min(float(marks[b"x-visitor-cache"]), settings.VISITOR_CACHE_SECONDS)
        except (KeyError, ValueError):
            return None
        if seconds <= 0:
            return None
        streams = tuple(marks.get(b"x-visitor-streams", b"").decode("latin-1").replace(",", " ").split())
        etag = next((value for name, value in answer.headers if name == b"etag"), b"")
        headers = answer.headers
        if not etag:
            etag = b'W/"' + hashlib.blake2b(answer.body, digest_size=12).hexdigest().encode() + b'"'
            headers = [*headers, (b"etag", etag)]
        page = Page(began + seconds, headers, answer.body, etag, streams, marks.get(b"x-visit-key", b"").decode("latin-1"))
        with self._lock:
            # Something was published while this page was being made: it may already be old.
            if any(self._changed.get(stream, 0.0) >= began for stream in (*streams, live.ALL)):
                return page
            self._drop(key)
            self._pages[key] = page
            self._bytes += len(page.body)
            for stream in streams:
                self._of_stream.setdefault(stream, set()).add(key)
            while len(self._pages) > self._entries or self._bytes > self._most_bytes:
                self._drop(next(iter(self._pages)))
        return page

    def _drop(self, key: tuple[Any, ...]) -> None:
        page = self._pages.pop(key, None)
        if page is None:
            return
        self._bytes -= len(page.body)
        for stream in page.streams:
            keys = self._of_stream.get(stream)
            if keys is not None:
                keys.discard(key)
                if not keys:
                    del self._of_stream[stream]

    async def _serve(self, scope: Scope, page: Page, send: Send) -> None:
        known = next((value for name, value in scope["headers"] if name == b"if-none-match"), b"")
        if known and (known == b"*" or _weak(page.etag) in {_weak(part) for part in known.split(b",")}):
            headers = [pair for pair in page.headers if pair[0] not in (b"content-length", b"content-type")]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": 200, "headers": page.headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else page.body})


def _weak(etag: bytes) -> bytes:
    return etag.strip().removeprefix(b"W/")


def address_of(scope: Scope) -> str:
    """The client's address."""
    forwarded = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return believed(",".join(forwarded), str((scope.get("client") or ("",))[0]))
