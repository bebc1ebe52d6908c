"""Checkpoints, and building a view anew while the old one serves."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import asyncpg

from l1.log.read import Reader
from l1.projections import writing
from l1.projections.projection import Projection, Rows

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

_PAGE = 10_000
_ROWS_IN_MEMORY = 1_500_000
_CHECKPOINTS = """
create table if not exists projection (
  name text primary key, version int not null, position bigint not null,
  state text not null default 'running', error text not null default '')
"""


class Moved(Exception):
    """The view is no longer where this writer believed: somebody else moved it."""


async def ensure(
    connection: "Connection", projections: Iterable[Projection], reader: Reader
) -> None:
    """Make views that are missing and rebuild those of another version."""
    await connection.execute(_CHECKPOINTS)
    rows = await connection.fetch("select name, version from projection")
    versions = {row["name"]: row["version"] for row in rows}
    for projection in projections:
        if versions.get(projection.name) != projection.version:
            await rebuild(connection, projection, reader)


async def positions(connection: "Connection") -> Mapping[str, int]:
    """Tell how far each running view has come."""
    rows = await connection.fetch("select name, position from projection where state = 'running'")
    return {row["name"]: row["position"] for row in rows}


async def advance(connection: "Connection", name: str, old: int, new: int) -> None:
    """Move a checkpoint, in the transaction of its rows; raises `Moved` when it was not at `old`."""
    done = await connection.execute(
        "update projection set position = $3 where name = $1 and position = $2", name, old, new
    )
    if done != "UPDATE 1":
        raise Moved(name)


async def stop(connection: "Connection", name: str, error: str) -> None:
    """Stop a view at the fact that it could not fold."""
    await connection.execute(
        "update projection set state = 'stopped', error = $2 where name = $1", name, error
    )


async def rebuild(connection: "Connection", projection: Projection, reader: Reader) -> int:
    """Fold the whole log into new tables, then put them in the place of the old ones.

    Readers and the projector go on meanwhile; only the last few facts are folded under the
    checkpoint's lock. Answers the position reached.
    """
    schema = f"{projection.schema}_next"
    reached = await build(connection, projection, reader, schema)
    async with connection.transaction():
        row = await connection.fetchrow(
            "select position from projection where name = $1 for update", projection.name
        )
        upto = max(row["position"], reached) if row else reached
        await _catch_up(connection, projection, reader, schema, after=reached, upto=upto)
        await connection.execute(
            f"drop schema if exists {projection.schema} cascade;"
            f"alter schema {schema} rename to {projection.schema}"
        )
        await connection.execute(
            "insert into projection (name, version, position) values ($1, $2, $3) "
            "on conflict (name) do update set version = $2, position = $3, state = 'running', error = ''",
            projection.name,
            projection.version,
            upto,
        )
    return upto


async def build(
    connection: "Connection",
    projection: Projection,
    reader: Reader,
    schema: str,
    *,
    upto: int | None = None,
) -> int:
    """Fold the log up to a position (its present head by default) into a fresh schema."""
    await writing.create(connection, projection, schema)
    end = await reader.head() if upto is None else upto
    rows, after, indexed = Rows(), 0, False
    while after < end:
        page = await reader.page(after, min(_PAGE, end - after))
        for recorded in page:
            projection.fold(rows, recorded)
        after = page[-1].position
        if rows.count >= _ROWS_IN_MEMORY:
            await _flush(connection, projection, schema, rows, indexed=indexed)
            rows, indexed = Rows(), True
    await _flush(connection, projection, schema, rows, indexed=indexed)
    return end


async def _flush(
    connection: "Connection", projection: Projection, schema: str, rows: Rows, *, indexed: bool
) -> None:
    if indexed:
        await writing.merge(connection, projection, schema, rows)
    else:
        await writing.fill(connection, projection, schema, rows)
        await writing.index(connection, projection, schema)


async def _catch_up(
    connection: "Connection",
    projection: Projection,
    reader: Reader,
    schema: str,
    *,
    after: int,
    upto: int,
) -> None:
    while after < upto:
        rows = Rows()
        page = await reader.page(after, min(_PAGE, upto - after))
        for recorded in page:
            projection.fold(rows, recorded)
        await writing.merge(connection, projection, schema, rows)
        after = page[-1].position
