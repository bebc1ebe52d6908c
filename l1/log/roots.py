"""The root of the log's Merkle tree, kept up to date by reading only new leaves."""

import asyncio

from l1.events.tree import Frontier
from l1.log.read import Reader

_PAGE = 20_000


class Roots:
    """Tells the root over all facts so far."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._frontier = Frontier()
        self._lock = asyncio.Lock()

    async def newest(self) -> tuple[int, str]:
        """Answer the size of the log and the root over it, as hex."""
        async with self._lock:
            while leaves := await self._reader.leaves(self._frontier.size, _PAGE):
                self._frontier.extend(leaves)
            return self._frontier.size, self._frontier.root().hex()
