"""Shows that every view is what the log says: folds it again and compares row by row."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import asyncpg

from l1.log.read import Reader
from l1.projections.building import build
from l1.projections.projection import Projection, Table
from l1.projections.writing import PATIENCE_S
from l1.work.comparing import differing_rows

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]


async def differences(
    connection: "Connection", projections: Iterable[Projection], reader: Reader
) -> list[str]:
    """Refold every view up to its checkpoint and describe the rows that differ, up to five a table.

    The checkpoints are held still meanwhile, so the projector waits; readers do not.
    """
    found: list[str] = []
    for projection in projections:
        schema = f"{projection.schema}_check"
        async with connection.transaction():
            row = await connection.fetchrow(
                "select position, state, error from projection where name = $1 for update",
                projection.name,
            )
            if row is None:
                found.append(f"view {projection.name} does not exist")
                continue
            if row["state"] != "running":
                found.append(f"view {projection.name} is stopped: {row['error']}")
            await build(connection, (projection,), reader, "check", upto=row["position"])
            for table in projection.tables:
                found += await _compare(connection, projection, table, schema)
            await connection.execute(f"drop schema {schema} cascade")
    return found


async def _compare(
    connection: "Connection", projection: Projection, table: Table, schema: str
) -> list[str]:
    rows = await differing_rows(
        connection,
        f"{projection.name}.{table.name}",
        live=f"{projection.schema}.{table.name}",
        folded=f"{schema}.{table.name}",
        key=table.key,
        seconds=PATIENCE_S,
    )
    return [f"{row}; repair: artdag projections rebuild {projection.name}" for row in rows]
