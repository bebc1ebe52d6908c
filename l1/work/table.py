"""Questions to the work table."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import asyncpg
import msgspec

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

    async def wanted(self, key: str) -> tuple[Mapping[str, object], Mapping[str, str]] | None:
        """Tell what an execution is to do, and what its inputs gave; None when it is gone."""
        row = await self._pool.fetchrow(
            "select e.spec, coalesce((select json_object_agg(x.key, x.output)::text "
            "from execution_input i join execution x on x.key = i.input_key "
            "where i.key = e.key and x.state = 'done'), '{}') as inputs "
            "from execution e where e.key = $1 and e.state in ('ready', 'waiting')",
            key,
        )
        if row is None:
            return None
        return msgspec.json.decode(row["spec"]), msgspec.json.decode(row["inputs"])

    async def pieces(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, object]]:
        """Tell what is known of those segments that are there."""
        rows = await self._pool.fetch(
            "select key, spec from execution where key = any($1) and kind = 'segment'", list(keys)
        )
        return {row["key"]: msgspec.json.decode(row["spec"]) for row in rows}

    async def pieces_of(self, track: str) -> list[Mapping[str, object]]:
        """Tell what is known of the pieces of a sound that are there, in order."""
        rows = await self._pool.fetch(
            "select spec from execution where split_part(key, ':', 1) = $1 "
            "and kind = 'segment' and strpos(key, ':') > 0 order by key",
            track,
        )
        return [msgspec.json.decode(row["spec"]) for row in rows]

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
        """Count executions by (queue, state); `running` are those under a lease.

        Pieces that are there are none: nobody ever works on them.
        """
        rows = await self._pool.fetch(
            "select queue, case when l.key is not null then 'running' else state end as state, "
            "count(*) as n from execution e left join lease l using (key) "
            "where kind <> 'segment' group by 1, 2"
        )
        return {(row["queue"], row["state"]): row["n"] for row in rows}
