"""Leases: who works on what right now. They alone are not in the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import msgspec

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]

_CLAIM = """
with pick as (
  select key from execution e
  where state = 'ready' and due <= now() and queue = any($1) and ($4 = '' or key = $4)
    and not exists (select 1 from lease l where l.key = e.key)
  order by level, since, key limit 1 for update skip locked
)
insert into lease (key, token, worker, started, until)
select key, gen_random_uuid(), $2, now(), now() + make_interval(secs => $3) from pick
on conflict (key) do nothing
returning key, token
"""
_CLAIMED = """
select e.kind, e.queue, e.spec, e.failures, e.losses,
  coalesce((select json_object_agg(i.input_key, x.output)::text
    from execution_input i join execution x on x.key = i.input_key
    where i.key = e.key), '{}') as inputs
from execution e where e.key = $1
"""
_READY = """
select key, queue from execution e
where state = 'ready' and due <= now() and queue = any($1)
  and not exists (select 1 from lease l where l.key = e.key)
order by level, since, key limit $2
"""
_BEAT = """
update lease l set until = now() + make_interval(secs => $3)
from unnest($1::text[], $2::uuid[]) as mine(key, token)
where l.key = mine.key and l.token = mine.token
returning l.key, l.cancelled
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """An execution that this worker holds. `inputs` maps input keys to the CIDs they gave."""

    key: str
    token: UUID
    kind: str
    queue: str
    spec: dict[str, object]
    inputs: dict[str, str]
    failures: int
    losses: int

    @property
    def attempt(self) -> int:
        """Count this attempt, from 1."""
        return self.failures + self.losses + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """A lease that ran out."""

    key: str
    token: UUID
    worker: str
    losses: int


class Leases:
    """Claims, heartbeats and their end. `ttl` is the lease time in seconds."""

    def __init__(self, pool: "Pool", *, worker: str, ttl: float) -> None:
        self._pool = pool
        self._worker = worker
        self.ttl = ttl

    async def claim(self, queues: Sequence[str], key: str = "") -> Claimed | None:
        """Take the first ready execution of these queues, or the one named, if it is free."""
        async with self._pool.acquire() as connection, connection.transaction():
            # A lost claim is found again by its lease time, so it need not wait for the disk.
            await connection.execute("set local synchronous_commit = off")
            lease = await connection.fetchrow(_CLAIM, list(queues), self._worker, self.ttl, key)
            if lease is None:
                return None
            row = await connection.fetchrow(_CLAIMED, lease["key"])
        assert row is not None  # the execution's row was locked by the claim
        return Claimed(
            key=lease["key"],
            token=lease["token"],
            kind=row["kind"],
            queue=row["queue"],
            spec=msgspec.json.decode(row["spec"]),
            inputs=msgspec.json.decode(row["inputs"]),
            failures=row["failures"],
            losses=row["losses"],
        )

    async def ready(self, queues: Sequence[str], limit: int) -> list[tuple[str, str]]:
        """List ready, free executions as (key, queue), the most urgent first."""
        return [tuple(row) for row in await self._pool.fetch(_READY, list(queues), limit)]

    async def beat(self, held: Sequence[tuple[str, UUID]]) -> dict[str, bool]:
        """Renew leases; answers which are still held, and whether their work was cancelled."""
        rows = await self._pool.fetch(
            _BEAT, [key for key, _ in held], [token for _, token in held], self.ttl
        )
        return {row["key"]: row["cancelled"] for row in rows}

    async def release(self, key: str, token: UUID) -> None:
        """Give a lease back without a result: nothing happened."""
        await self._pool.execute("delete from lease where key = $1 and token = $2", key, token)
        await self._pool.execute(
            "select work_wake(queue) from execution where key = $1 and state = 'ready'", key
        )

    async def overdue(self) -> list[Overdue]:
        """List leases that ran out."""
        rows = await self._pool.fetch(
            "select l.key, l.token, l.worker, e.losses from lease l join execution e using (key) "
            "where l.until < now()"
        )
        return [Overdue(**dict(row)) for row in rows]

    async def clear_orphans(self) -> None:
        """Drop overdue leases whose execution is gone."""
        await self._pool.execute(
            "delete from lease l where until < now() "
            "and not exists (select 1 from execution e where e.key = l.key)"
        )
