"""What is measured against: a raw ASGI hello, and a bare send loop to every socket, each under daphne with nothing of ours.

python -m tests.bench.yardsticks PORT
python -m tests.bench.yardsticks view PORT   Django alone: a view without middleware, template or query; `/?bytes=30000` answers so many
python -m tests.bench.yardsticks raw PORT    the library `websockets` alone: its broadcast() to every socket
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from daphne.server import Server
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed

BODY = b"hello"
EARS: set[Callable[[dict[str, Any]], Awaitable[None]]] = set()


async def application(
    scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Callable[[dict[str, Any]], Awaitable[None]]
) -> None:
    if scope["type"] == "http":
        await receive()
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", b"%d" % len(BODY))],
            }
        )
        await send({"type": "http.response.body", "body": BODY})
    elif scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        if scope["path"] == "/hear":
            EARS.add(send)
        try:
            while (message := await receive())["type"] != "websocket.disconnect":
                event = {"type": "websocket.send", "text": message["text"]}
                for number, ear in enumerate(list(EARS)):
                    await ear(event)
                    if number % 100 == 99:
                        await asyncio.sleep(0)
        finally:
            EARS.discard(send)


async def raw(port: int) -> None:
    """`/hear` listens; what is said on any other path goes to all who listen."""
    ears: set[ServerConnection] = set()

    async def handler(line: ServerConnection) -> None:
        if line.request is not None and line.request.path == "/hear":
            ears.add(line)
            await line.wait_closed()
            ears.discard(line)
            return
        with contextlib.suppress(ConnectionClosed):
            async for text in line:
                broadcast(ears, text)

    async with serve(handler, "127.0.0.1", port, compression=None, ping_interval=None, max_size=1 << 20):
        await asyncio.Event().wait()


def view() -> Any:
    """Django's own application with one view."""
    import django  # noqa: PLC0415 -- the other yardsticks go without
    from django.conf import settings  # noqa: PLC0415
    from django.core.asgi import get_asgi_application  # noqa: PLC0415
    from django.http import HttpRequest, HttpResponse  # noqa: PLC0415
    from django.urls import path  # noqa: PLC0415

    def bare(request: HttpRequest) -> HttpResponse:
        return HttpResponse("x" * int(request.GET.get("bytes", "5")))

    settings.configure(ROOT_URLCONF=(path("", bare),), ALLOWED_HOSTS=["*"], SECRET_KEY="of a yardstick", MIDDLEWARE=[])
    django.setup()
    return get_asgi_application()


if __name__ == "__main__":
    if sys.argv[1] == "raw":
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(raw(int(sys.argv[2])))
        sys.exit()
    served = view() if sys.argv[1] == "view" else application
    Server(served, endpoints=[f"tcp:{sys.argv[-1]}:interface=127.0.0.1"], signal_handlers=True, server_name="").run()
