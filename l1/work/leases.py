"""Leases: who works on what right now. They alone are not in the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import msgspec

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]

_CLAIM = "select * from work_claim($1, $2, $3, $4)"
_READY = """
select key from execution e
where state = 'ready' and due <= now() and queue = $1
  and not exists (select 1 from lease l where l.key = e.key)
order by level, since, key limit $2
"""
# A lease that somebody locks is about to end or to be cancelled: waiting for it while holding others
# could deadlock with a batch of completions. It is passed over, and told as it was.
_BEAT = """
with mine as materialized (select key, token from unnest($1::text[], $2::uuid[]) m(key, token)),
free as (
  select l.key from lease l join mine m on m.key = l.key and m.token = l.token
  for update of l skip locked
), renewed as (
  update lease l set until = now() + make_interval(secs => $3) from free where l.key = free.key
)
select l.token, l.cancelled from lease l join mine m on m.key = l.key and m.token = l.token
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """An execution that this worker holds.

    `inputs` maps input keys to the CIDs they gave; `head` is the log's head when it was claimed.
    """

    key: str
    token: UUID
    kind: str
    spec: dict[str, object]
    inputs: dict[str, str]
    failures: int
    losses: int
    head: int

    @property
    def attempt(self) -> int:
        """Count this attempt, from 1."""
        return self.failures + self.losses + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """A lease that ran out."""

    key: str
    token: UUID
    kind: str
    worker: str
    losses: int


class Leases:
    """Claims, heartbeats and their end. `ttl` is the lease time in seconds."""

    def __init__(self, pool: "Pool", *, worker: str, ttl: float) -> None:
        self._pool = pool
        self._worker = worker
        self.ttl = ttl

    async def claim(self, queue: str, key: str = "") -> Claimed | None:
        """Take the most urgent execution of a queue that is ready and free, or the one named."""
        row = await self._pool.fetchrow(_CLAIM, queue, self._worker, self.ttl, key)
        if row is None:
            return None
        spec, inputs = msgspec.json.decode(row["spec"]), msgspec.json.decode(row["inputs"])
        return Claimed(**{**row, "spec": spec, "inputs": inputs})

    async def ready(self, queue: str, limit: int) -> list[str]:
        """Name ready, free executions, the most urgent first."""
        return [row["key"] for row in await self._pool.fetch(_READY, queue, limit)]

    async def beat(self, held: Sequence[tuple[str, UUID]]) -> dict[UUID, bool]:
        """Renew leases; answers which are still held, and whether their work was cancelled."""
        rows = await self._pool.fetch(
            _BEAT, [key for key, _ in held], [token for _, token in held], self.ttl
        )
        return {row["token"]: row["cancelled"] for row in rows}

    async def release(self, key: str, token: UUID) -> None:
        """Give a lease back without a result: nothing happened."""
        await self._pool.execute("delete from lease where key = $1 and token = $2", key, token)
        await self._pool.execute(
            "select work_wake(queue) from execution where key = $1 and state = 'ready'", key
        )

    async def release_all(self) -> None:
        """Give back every lease of this worker, those too that it never heard of."""
        await self._pool.execute(
            "with freed as (delete from lease where worker = $1 returning key) "
            "select work_wake(queue) from (select distinct queue from execution "
            "join freed using (key) where state = 'ready') queues",
            self._worker,
        )

    async def overdue(self) -> list[Overdue]:
        """List leases that ran out."""
        rows = await self._pool.fetch(
            "select l.key, l.token, e.kind, l.worker, e.losses from lease l join execution e using (key) "
            "where l.until < now()"
        )
        return [Overdue(**dict(row)) for row in rows]

    async def clear_orphans(self) -> None:
        """Drop overdue leases whose execution is gone."""
        await self._pool.execute(
            "delete from lease l where until < now() "
            "and not exists (select 1 from execution e where e.key = l.key)"
        )
