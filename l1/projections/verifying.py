"""Shows that every view is what the log says: folds it again and compares row by row."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import asyncpg

from l1.log.read import Reader
from l1.projections.building import build
from l1.projections.projection import Projection, Table
from l1.projections.writing import PATIENCE_S

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
    live, folded = f"{projection.schema}.{table.name}", f"{schema}.{table.name}"
    rows = await connection.fetch(
        f"(select 'only in the live view' side, to_json(t)::text as row from "  # noqa: S608
        f"(select * from {live} except select * from {folded}) t limit 5) union all "
        f"(select 'only in the log', to_json(t)::text from "
        f"(select * from {folded} except select * from {live}) t limit 5)",
        timeout=PATIENCE_S,
    )
    return [f"{projection.name}.{table.name}: {row['side']}: {row['row']}" for row in rows]
