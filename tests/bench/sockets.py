"""Many sockets, one publisher: what a delivery costs, and when the last of them has it. A bare asyncio client, about 10 µs a frame."""

from __future__ import annotations

import asyncio
import base64
import os
import time
from collections.abc import Callable

Mark = Callable[[bytes], object | None]


def frame(payload: bytes, opcode: int = 1) -> bytes:
    """A masked client frame of less than 64 KiB."""
    size = len(payload)
    head = bytes([0x80 | opcode, 0x80 | size]) if size < 126 else bytes([0x80 | opcode, 0xFE]) + size.to_bytes(2, "big")
    mask = os.urandom(4)
    body = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
    return head + mask + body


class Ear(asyncio.Protocol):
    """One socket; `heard` is called with each text."""

    def __init__(self, port: int, path: str, heard: Callable[[bytes], None], cookie: str = "") -> None:
        self.port, self.path, self.heard, self.cookie = port, path, heard, cookie
        self.buffer = bytearray()
        self.up: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {self.path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Origin: http://127.0.0.1:{self.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
        ]
        if self.cookie:
            lines.append(f"Cookie: {self.cookie}")
        transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())  # type: ignore[attr-defined]

    def say(self, text: str) -> None:
        self.transport.write(frame(text.encode()))  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        buffer = self.buffer
        buffer += data
        if not self.up.done():
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if b" 101 " not in bytes(buffer[: buffer.find(b"\r\n")]) + b" ":
                self.up.set_exception(OSError(f"not upgraded: {bytes(buffer[:200])!r}"))
                return
            del buffer[: end + 4]
            self.up.set_result(None)
        while len(buffer) >= 2:
            code, size, at = buffer[0] & 15, buffer[1] & 127, 2
            if size == 126:
                size, at = int.from_bytes(buffer[2:4], "big"), 4
            elif size == 127:
                size, at = int.from_bytes(buffer[2:10], "big"), 10
            if len(buffer) < at + size:
                return
            payload = bytes(buffer[at : at + size])
            del buffer[: at + size]
            if code == 9:
                self.transport.write(frame(payload, 10))  # type: ignore[attr-defined]
            elif code == 1:
                self.heard(payload)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if not self.up.done():
            self.up.set_exception(OSError(f"closed: {exc!r}"))


async def listen(port: int, path: str, heard: Callable[[bytes], None], *, count: int, hello: str = "", cookie: str = "") -> list[Ear]:
    """Open `count` sockets, fifty at a time, and say `hello` on each."""
    loop, ears = asyncio.get_running_loop(), []
    for start in range(0, count, 50):
        made = await asyncio.gather(
            *(loop.create_connection(lambda: Ear(port, path, heard, cookie), "127.0.0.1", port) for _ in range(min(50, count - start)))
        )
        batch = [protocol for _transport, protocol in made]
        await asyncio.wait_for(asyncio.gather(*(ear.up for ear in batch)), 30)
        for ear in batch:
            if hello:
                ear.say(hello)
        ears += batch
    return ears


class Gong:
    """Counts the arrivals of one marked frame, and knows when the last of `wanted` came."""

    def __init__(self) -> None:
        self.mark, self.wanted, self.seen = b"", 0, 0
        self.first = self.last = 0.0
        self.all_came = asyncio.Event()

    def set(self, mark: bytes, wanted: int) -> None:
        self.mark, self.wanted, self.seen = mark, wanted, 0
        self.all_came = asyncio.Event()

    def heard(self, payload: bytes) -> None:
        if self.mark and self.mark in payload:
            self.last = time.perf_counter()
            self.seen += 1
            if self.seen == 1:
                self.first = self.last
            if self.seen == self.wanted:
                self.all_came.set()
