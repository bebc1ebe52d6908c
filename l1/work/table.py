"""Questions to the work table."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]


class Work:
    """Reads the working state."""

    def __init__(self, pool: "Pool") -> None:
        self._pool = pool

    async def outputs(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Tell which of these steps are done, and the CIDs they gave."""
        rows = await self._pool.fetch(
            "select key, output from execution where key = any($1) and state = 'done'", list(keys)
        )
        return {row["key"]: row["output"] for row in rows}

    async def run_states(self, run_id: str) -> Mapping[str, str]:
        """Tell the state of each execution that a live run needs; empty when it is over."""
        rows = await self._pool.fetch("select key, state from run_work where run_id = $1", run_id)
        return {row["key"]: row["state"] for row in rows}

    async def unfinished(self, keys: Sequence[str]) -> list[str]:
        """Tell which of these executions exist and are not done."""
        rows = await self._pool.fetch(
            "select key from execution where key = any($1) and state <> 'done'", list(keys)
        )
        return [row["key"] for row in rows]

    async def counts(self) -> Mapping[tuple[str, str], int]:
        """Count executions by (queue, state); `running` are those under a lease."""
        rows = await self._pool.fetch(
            "select queue, case when l.key is not null then 'running' else state end as state, "
            "count(*) as n from execution e left join lease l using (key) group by 1, 2"
        )
        return {(row["queue"], row["state"]): row["n"] for row in rows}
