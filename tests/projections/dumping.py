"""A view's tables as bytes, and a view folded with nothing but Python."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import asyncpg

from l1.events.event import Recorded
from l1.projections import writing
from l1.projections.projection import Projection, Rows


async def dump(connection: asyncpg.Connection, projection: Projection, schema: str = "") -> bytes:
    """Write out all rows in the order of their keys."""
    out = io.BytesIO()
    for table in projection.tables:
        columns, key = ", ".join(table.columns), ", ".join(table.key)
        out.write(f"{table.name}\n".encode())
        query = f"select {columns} from {schema or projection.schema}.{table.name} order by {key}"
        await connection.copy_from_query(query, output=out)
    return out.getvalue()


async def folded(
    connection: asyncpg.Connection,
    projection: Projection,
    pages: Iterable[Sequence[Recorded]],
    schema: str,
    *,
    copied: bool,
) -> bytes:
    """Fold pages into fresh tables, the first by COPY if so wanted, and dump them."""
    await writing.create(connection, projection, schema)
    for number, page in enumerate([[], *pages] if not copied else pages):
        rows = Rows()
        for recorded in page:
            projection.fold(rows, recorded)
        if number == 0:
            for table in projection.tables:
                await writing.fill(
                    connection, table, schema, [tuple(row.values()) for row in rows.of(table)]
                )
                await writing.index(connection, table, schema)
        else:
            await writing.merge(connection, projection, schema, rows)
    return await dump(connection, projection, schema)


async def rows_of(
    connection: asyncpg.Connection, projection: Projection, schema: str = ""
) -> dict[str, dict[tuple[Any, ...], dict[str, Any]]]:
    """Read a view's tables as Python values."""
    found = {}
    for table in projection.tables:
        rows = await connection.fetch(f"select * from {schema or projection.schema}.{table.name}")
        found[table.name] = {tuple(row[k] for k in table.key): dict(row) for row in rows}
    return found


class PlainRows:
    """What `Rows` and the tables together should come to, in the plainest way."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}

    def merge(self, table: Any, **columns: Any) -> None:
        key = tuple(columns[name] for name in table.key)
        row = self.tables.setdefault(table.name, {}).setdefault(key, dict.fromkeys(table.columns))
        row |= {name: value for name, value in columns.items() if value is not None}


def plain(projection: Projection, log: Iterable[Recorded]) -> dict[str, Any]:
    """Fold a log with no database at all."""
    rows: Any = PlainRows()
    for recorded in log:
        projection.fold(rows, recorded)
    return {table.name: rows.tables.get(table.name, {}) for table in projection.tables}
