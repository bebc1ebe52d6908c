"""The async side of `Incoming`: the event loop gathers bytes, a thread hashes and writes them."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

from l1.content.identity import Identity
from l1.errors import Refused
from l1.storage.disk import PIECE
from l1.storage.incoming import Incoming


class Receiving:
    """Content being received; an async context manager that leaves nothing without `commit`."""

    def __init__(self, begin: Callable[[], Incoming]) -> None:
        self._begin = begin
        self._incoming: Incoming | None = None
        self._chunks: list[bytes] = []
        self._gathered = 0

    async def write(self, chunk: bytes) -> None:
        """Take the next bytes; the limit may strike up to 1 MiB later or at `commit`."""
        self._chunks.append(chunk)
        self._gathered += len(chunk)
        if self._gathered >= PIECE:
            await self._pass_on()

    async def commit(self) -> Identity:
        """Keep the bytes, durably, and name them."""
        await self._pass_on()
        return await asyncio.to_thread(self._opened().commit)

    @property
    def was_there(self) -> bool:
        """After `commit`: whether the store had these bytes already."""
        return self._opened().was_there

    async def _pass_on(self) -> None:
        chunks, self._chunks, self._gathered = self._chunks, [], 0
        await asyncio.to_thread(_write, self._opened(), chunks)

    def _opened(self) -> Incoming:
        if self._incoming is None:
            raise Refused("Enter the context before using it", code="upload_ended")
        return self._incoming

    async def __aenter__(self) -> Self:
        # One call of `open` and `flock`: too short for a thread, and a thread whose waiter is
        # cancelled would leave the file without an owner.
        self._incoming = self._begin()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        # Waits for a write that is still under way in its thread.
        await asyncio.to_thread(self._opened().abort)


def _write(incoming: Incoming, chunks: list[bytes]) -> None:
    incoming.write(chunks[0] if len(chunks) == 1 else b"".join(chunks))
