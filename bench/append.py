"""Appending to the log, against raw INSERTs of the same rows into the same tables.

The peer has our tables and indexes in a schema of its own, without lock, triggers, conditions,
folds or NOTIFY, takes positions from a sequence, and is handed rows that were encoded outside its
time. Each of its writers has a connection; ours share the one of the batcher. Both commit durably.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence

import asyncpg

from bench import facts
from bench.benchmark import Benchmark, Row, Setting, Target, in_turns
from bench.databases import servers
from l1.compose import events
from l1.events.codec import Codec
from l1.events.codec import Row as EventRow
from l1.events.event import Event, new_event_id
from l1.log.append import Appender
from l1.log.command import Command

_RAW = """
create schema raw;
create table raw.event (like public.event including all);
create table raw.event_tag (like public.event_tag including all);
create sequence raw.position;
"""
_INSERT = """
with written as (
  insert into raw.event
  values (nextval('raw.position'), $2, 1, $3, $4, $5, $6, $1, clock_timestamp(), $7)
  returning position
) insert into raw.event_tag select unnest($8::text[]), position from written
"""
_TARGETS = {1: Target(sign=">=", bound=0.8), 32: Target(sign=">=", bound=1.0)}


async def measure(setting: Setting) -> AsyncIterator[Row]:
    """Measure one writer and 32."""
    codec = Codec(events())
    async with servers(setting) as at:
        admin = await asyncpg.connect(at.database_url)
        await admin.execute(_RAW)
        await admin.close()
        appender = Appender(at.database_url, codec)
        await appender.start()
        for writers, target in _TARGETS.items():
            count = setting.pick(1000, 100) if writers == 1 else setting.pick(16_000, 640)
            raw = await Raw.open(at.database_url, codec, writers)
            pairs = await in_turns(
                lambda writers=writers, count=count: ours(appender, writers, count),
                lambda count=count, raw=raw: raw.measure(count),
                rounds=setting.pick(11, 1),
            )
            await raw.close()
            yield Row(
                what=f"append, {writers} writer{'s' * (writers > 1)}",
                peer="raw INSERT of the same rows (asyncpg)",
                unit="facts/s",
                pairs=pairs,
                target=target,
                note=f"both durable; {count} facts a round; loop {type(asyncio.get_running_loop()).__module__}",
            )
        await appender.close()


async def ours(appender: Appender, writers: int, count: int) -> float:
    """Append so many facts by so many writers, and answer facts a second."""
    stated = [facts.stored(new_event_id()) for _ in range(count)]

    async def write(mine: Sequence[Event]) -> None:
        for fact in mine:
            await appender.append(Command(facts=(fact,), meta=facts.META))

    start = time.perf_counter()
    await asyncio.gather(*(write(stated[n::writers]) for n in range(writers)))
    return count / (time.perf_counter() - start)


class Raw:
    """The peer: so many connections, each with the statement prepared."""

    def __init__(self, codec: Codec, connections: list[asyncpg.Connection], inserts: list) -> None:
        self._codec = codec
        self._connections = connections
        self._inserts = inserts

    @classmethod
    async def open(cls, url: str, codec: Codec, writers: int) -> "Raw":
        connections = [await asyncpg.connect(url) for _ in range(writers)]
        return cls(codec, connections, [await each.prepare(_INSERT) for each in connections])

    async def measure(self, count: int) -> float:
        rows = []
        for _ in range(count):
            event_id = new_event_id()
            rows.append(self._codec.encode(event_id, facts.stored(event_id), facts.META))

        async def write(insert: asyncpg.prepared_stmt.PreparedStatement, mine: list[EventRow]):
            for row in mine:
                await insert.fetch(*row)

        start = time.perf_counter()
        step = len(self._inserts)
        await asyncio.gather(*(write(each, rows[n::step]) for n, each in enumerate(self._inserts)))
        return count / (time.perf_counter() - start)

    async def close(self) -> None:
        for connection in self._connections:
            await connection.close()


APPEND = Benchmark(name="append", measure=measure)
