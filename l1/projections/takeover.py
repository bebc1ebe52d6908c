"""Takes the projector's lock from a process that holds it and does nothing: stopped, or cut off.

The holder counts a sequence up as long as it lives, also through a long rebuild. Whoever waits for
the lock looks at the count; when it stands still, the holder's connection is ended by the database.
What it had under way is rolled back, and when it wakes up, its next statement fails.
"""

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

import asyncpg

from l1.log.lost import LOST_CONNECTION

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]

_HOLDER = """
pg_locks where locktype = 'advisory' and granted and objsubid = 1
  and database = (select oid from pg_database where datname = current_database())
  and (classid::bigint << 32 | objid::bigint) = $1
"""
_LOOK = f"select (select pid from {_HOLDER}), (select last_value from projector_beat)"  # noqa: S608
_END = f"select pg_terminate_backend(pid) from {_HOLDER} and pid = $2"  # noqa: S608
_BEATS = 5  # so many times a holder is heard of before its silence counts


async def beat(pool: "Pool", *, silence_s: float) -> None:
    """Count up until cancelled, often enough for those to whom `silence_s` is too long."""
    while True:
        with contextlib.suppress(*LOST_CONNECTION, asyncpg.PostgresError):
            await pool.execute("select nextval('projector_beat')")
        await asyncio.sleep(silence_s / _BEATS)


class Vigil:
    """Watches whoever holds an advisory lock, from one try to the next."""

    def __init__(self, lock: int, *, silence_s: float) -> None:
        self._lock = lock
        self._silence_s = silence_s
        self._seen: tuple[int | None, int] = (None, 0)
        self._since = time.monotonic()

    async def end_silent(self, connection: "Connection") -> int | None:
        """End the holder's connection if it was silent for too long; answer its process id."""
        row = await connection.fetchrow(_LOOK, self._lock)
        assert row is not None
        seen = (row[0], row[1])
        if seen != self._seen or row[0] is None:
            self._seen, self._since = seen, time.monotonic()
            return None
        if time.monotonic() - self._since < self._silence_s:
            return None
        self._since = time.monotonic()
        return row[0] if await connection.fetchval(_END, self._lock, row[0]) else None
