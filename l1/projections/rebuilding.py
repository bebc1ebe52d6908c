"""Checkpoints, and building a view anew while the old one serves."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import asyncpg

from l1.log.read import Reader
from l1.projections import sharing
from l1.projections.building import fold_into
from l1.projections.projection import Projection

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

_LOCK = 7164210948
_CHECKPOINTS = """
create table if not exists projection (
  name text primary key, version int not null, position bigint not null,
  state text not null default 'running', error text not null default '')
"""


class Moved(Exception):
    """The view is no longer where this writer believed: somebody else moved it."""


async def ensure(
    connection: "Connection",
    projections: Iterable[Projection],
    reader: Reader,
    shared: sharing.Sharing | None = None,
) -> None:
    """Make views that are missing and rebuild those of another version."""
    await connection.execute(_CHECKPOINTS)
    rows = await connection.fetch("select name, version from projection")
    versions = {row["name"]: row["version"] for row in rows}
    stale = [each for each in projections if versions.get(each.name) != each.version]
    if stale:
        await rebuild(connection, stale, reader, shared)


async def positions(connection: "Connection") -> Mapping[str, int]:
    """Tell how far each running view has come."""
    rows = await connection.fetch("select name, position from projection where state = 'running'")
    return {row["name"]: row["position"] for row in rows}


async def advance(connection: "Connection", names: Sequence[str], old: int, new: int) -> None:
    """Move checkpoints, in the transaction of their rows; raises `Moved` if one was not at `old`."""
    done = await connection.execute(
        "update projection set position = $3 where name = any($1) and position = $2",
        list(names),
        old,
        new,
    )
    if done != f"UPDATE {len(names)}":
        raise Moved(*names)


async def stop(connection: "Connection", name: str, error: str) -> None:
    """Stop a view at the fact that it could not fold."""
    await connection.execute(
        "update projection set state = 'stopped', error = $2 where name = $1", name, error
    )


async def rebuild(
    connection: "Connection",
    projections: Sequence[Projection],
    reader: Reader,
    shared: sharing.Sharing | None = None,
) -> int:
    """Fold the whole log into new tables, then put them in the place of the old ones.

    One walk over the log builds all these views, or, if it is `shared`, one for each share of
    them. Readers and the projector go on meanwhile; only
    the last few facts are folded under the checkpoint's lock. Answers the position that every
    view has reached at least.
    """
    # Two at once would build into the same tables, and one would put half of them in place.
    await connection.execute("select pg_advisory_lock($1)", _LOCK)
    try:
        reached = await sharing.build(
            connection, projections, reader, "next", lock=_LOCK, sharing=shared
        )
        for projection in projections:
            await _take_over(connection, projection, reader, reached)
    finally:
        await connection.execute("select pg_advisory_unlock($1)", _LOCK)
    return reached


async def _take_over(
    connection: "Connection", projection: Projection, reader: Reader, reached: int
) -> None:
    schema = f"{projection.schema}_next"
    async with connection.transaction():
        # Who is stopped in here must not hold the checkpoint for ever: everybody waits for it.
        await connection.execute("set local idle_in_transaction_session_timeout = '30s'")
        row = await connection.fetchrow(
            "select position from projection where name = $1 for update", projection.name
        )
        upto = max(row["position"], reached) if row else reached
        await fold_into(connection, projection, reader, schema, after=reached, upto=upto)
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
