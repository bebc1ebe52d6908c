"""Replaying the log and rebuilding every view, against the least that could do it.

The peer reads the same pages raw by asyncpg, decodes nothing, folds nothing, and COPYs the very
rows that the views hold, made beforehand, into identical tables, keys and indexes included.
"""

import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import asyncpg

from bench import corpus
from bench.benchmark import Benchmark, Row, Setting, Target, in_turns
from bench.databases import servers
from l1.compose import events, projections
from l1.events.codec import Codec
from l1.log.read import Reader
from l1.projections import rebuilding
from l1.projections.building import PAGE
from l1.projections.projection import Projection, Table
from l1.projections.sharing import Sharing

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
    Contents = list[tuple[Projection, Table, list[tuple[Any, ...]]]]

_RAW = (
    "select position, stream, version, kind, schema, data, meta, event_id, at from event "
    "where position > $1 order by position limit $2"
)


async def measure(setting: Setting) -> AsyncIterator[Row]:
    """Measure replay alone, then the rebuild of all views."""
    codec = Codec(events())
    async with (
        servers(setting) as at,
        asyncpg.create_pool(at.database_url, min_size=1, max_size=4) as pool,
    ):
        connection = await asyncpg.connect(at.database_url)
        count = await corpus.fill(connection, codec, setting.pick(1_000_000, 5_000))
        reader = Reader(pool, codec)
        rounds = setting.pick(3, 1)
        yield Row(
            what=f"replay of {count:,} facts: read and decode all",
            peer="raw read of the same pages (asyncpg)",
            unit="s",
            pairs=await in_turns(
                lambda: _timed(replay(reader, count)), lambda: _timed(read_raw(pool)), rounds=rounds
            ),
        )
        shared = Sharing(database_url=at.database_url)
        await rebuild_all(connection, reader, shared)
        contents = await view_contents(connection)
        size = sum(len(rows) for _, _, rows in contents)
        yield Row(
            what=f"rebuild of all views of {count:,} facts",
            peer="raw read of the pages, COPY of the rows, keys and indexes",
            unit="s",
            pairs=await in_turns(
                lambda: _timed(rebuild_all(connection, reader, shared)),
                lambda: _timed(floor(pool, connection, contents)),
                rounds=rounds,
            ),
            target=Target(sign="<=", bound=2.0),
            note=f"{len(projections())} views, {size:,} rows; the peer's rows were made beforehand",
        )
        await connection.close()


async def replay(reader: Reader, count: int) -> None:
    """Decode every fact."""
    seen = after = 0
    while page := await reader.page(after, PAGE):
        seen, after = seen + len(page), page[-1].position
    assert seen == count


async def read_raw(pool: asyncpg.Pool) -> None:
    """Fetch every page, as the reader does."""
    after = 0
    while page := await pool.fetch(_RAW, after, PAGE):
        after = page[-1]["position"]


async def rebuild_all(connection: "Connection", reader: Reader, shared: Sharing) -> None:
    """Build every view anew, as an upgrade that raised all versions would."""
    await connection.execute("drop table if exists projection")
    await rebuilding.ensure(connection, projections().values(), reader, shared)


async def view_contents(connection: "Connection") -> "Contents":
    """Take the rows out of the views."""
    return [
        (view, table, [tuple(row) for row in await connection.fetch(_all_of(view, table))])
        for view in projections().values()
        for table in view.tables
    ]


def _all_of(view: Projection, table: Table) -> str:
    return f"select {', '.join(table.columns)} from {view.schema}.{table.name}"


async def floor(pool: asyncpg.Pool, connection: "Connection", contents: "Contents") -> None:
    """Do what no rebuild can leave out."""
    await read_raw(pool)
    await connection.execute("drop schema if exists raw cascade; create schema raw")
    for _, table, rows in contents:
        await connection.execute(table.ddl("raw"))
        await connection.copy_records_to_table(
            table.name, schema_name="raw", records=rows, columns=list(table.columns)
        )
        await connection.execute(table.index_ddl("raw"))


async def _timed(work) -> float:
    start = time.perf_counter()
    await work
    return time.perf_counter() - start


REBUILD = Benchmark(name="rebuild", measure=measure)
