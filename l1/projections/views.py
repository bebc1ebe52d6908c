"""What reading a view has in common: waiting until it has seen what the caller did."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import asyncpg

from l1.log.wakeups import VIEWS, Wakeups

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]


class Views:
    """Reads views, and waits for them."""

    def __init__(self, pool: "Pool", wakeups: Wakeups) -> None:
        self.pool = pool
        self._wakeups = wakeups

    async def wait_for(self, name: str, position: int, *, seconds: float = 2.0) -> bool:
        """Wait until a view has folded `position`; false when it has not within `seconds`."""
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            folded = self._wakeups.next(VIEWS)
            if await self.position(name) >= position:
                return True
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            await self._wakeups.wait(VIEWS, min(left, 0.25), next=folded)

    async def position(self, *names: str) -> int:
        """Tell how far the view (the slowest of several) has come."""
        position: int | None = await self.pool.fetchval(
            "select min(position) from projection where name = any($1)", list(names)
        )
        return position or 0

    async def stopped(self, *names: str) -> Sequence[str]:
        """Name those of these views that follow the log no longer."""
        rows = await self.pool.fetch(
            "select name from projection where name = any($1) and state <> 'running' order by name",
            list(names),
        )
        return [row["name"] for row in rows]

    async def fetch(self, sql: str, *arguments: object) -> Sequence[asyncpg.Record]:
        """Run a view's own query."""
        return await self.pool.fetch(sql, *arguments)
