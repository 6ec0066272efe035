"""A line between a client and a web process that can be cut, delayed or go silent without a word (half open)."""

from __future__ import annotations

import asyncio
import contextlib


class Wire:
    """Listens on a port of its own and carries bytes to `target`. `state`: open, cut, slow or hole."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.state = "open"
        self.port = 0
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Every connection ends at once; new ones are refused until `heal`."""
        self.state = "cut"
        self._end()

    def heal(self) -> None:
        """Open again. Connections that went silent meanwhile stay dead, as half-open ones do: they end."""
        if self.state == "hole":
            self._end()
        self.state = "open"

    async def stop(self) -> None:
        self._end()
        self._server.close()

    def _end(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.state == "cut":
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, back}
        try:
            await asyncio.gather(self._pipe(reader, back), self._pipe(there, writer))
        finally:
            self._writers -= {writer, back}

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                if self.state == "slow":
                    await asyncio.sleep(0.25)
                if self.state == "hole":
                    continue  # it arrives nowhere, and nobody is told
                writer.write(data)
                await writer.drain()
        with contextlib.suppress(OSError, RuntimeError):
            writer.close()
