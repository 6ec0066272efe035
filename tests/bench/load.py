"""A closed loop of raw keep-alive connections: about 0.1 ms of our own CPU a request, so that the client is not what is measured."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.bench.meter import cpu_ms


@dataclass(slots=True)
class Measured:
    """What a round of load cost the server."""

    requests: int = 0
    cpu_ms: float = 0.0  # a request
    bytes: int = 0  # of the last body
    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)  # ms


def request(path: str, port: int, *, cookie: str = "", form: bytes | None = None, token: str = "") -> bytes:
    lines = [f"{'GET' if form is None else 'POST'} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Accept: text/html"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    if form is not None:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}", f"X-CSRFToken: {token}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + (form or b"")


class Connection:
    def __init__(self, port: int) -> None:
        self.port = port
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, data: bytes) -> tuple[int, int]:
        """(status, bytes of the body)."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)
        self.writer.write(data)
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        status, size = int(head[9:12]), 0
        at = head.find(b"\r\ncontent-length:")
        if at >= 0:
            size = int(head[at + 17 : head.index(b"\r\n", at + 2)])
            await self.reader.readexactly(size)
        elif b"transfer-encoding: chunked" in head:
            while True:
                chunk = int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16)
                await self.reader.readexactly(chunk + 2)
                if not chunk:
                    break
                size += chunk
        if b"\r\nconnection: close" in head:
            self.close()
        return status, size

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.writer = None


async def run(make: Callable[[int], bytes], port: int, pid: int, *, connections: int, seconds: float) -> Measured:
    """Load from `connections` workers for `seconds`; worker `i` sends make(i). CPU is that of the server's process tree."""
    done, out = asyncio.Event(), Measured()

    async def work(number: int) -> None:
        line = Connection(port)
        while not done.is_set():
            began = time.perf_counter()
            status, size = await line.ask(make(number))
            out.times.append((time.perf_counter() - began) * 1000)
            out.statuses[status] += 1
            out.bytes = size
        line.close()

    before = cpu_ms(pid)
    workers = [asyncio.create_task(work(number)) for number in range(connections)]
    await asyncio.sleep(seconds)
    done.set()
    await asyncio.gather(*workers)
    out.requests = len(out.times)
    out.cpu_ms = (cpu_ms(pid) - before) / max(out.requests, 1)
    return out
