"""Writes gathered changes into a view's tables, and makes the tables."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import asyncpg

from l1.projections.projection import Projection, Rows, Table

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

PATIENCE_S = 6 * 3600
"""Statements over a whole view may take this long, however short others are kept."""


async def create(connection: "Connection", projection: Projection, schema: str) -> None:
    """Make the view's empty tables in a fresh schema, still without keys and indexes."""
    await connection.execute(f"drop schema if exists {schema} cascade; create schema {schema}")
    for table in projection.tables:
        await connection.execute(table.ddl(schema))


async def index(connection: "Connection", table: Table, schema: str) -> None:
    """Add a table's key and indexes."""
    await connection.execute(table.index_ddl(schema), timeout=PATIENCE_S)


async def fill(
    connection: "Connection", table: Table, schema: str, rows: Iterable[tuple[Any, ...]]
) -> None:
    """Copy new rows into a table that has no key yet: several times faster than merging."""
    await connection.copy_records_to_table(
        table.name,
        schema_name=schema,
        records=rows,
        columns=list(table.columns),
        timeout=PATIENCE_S,
    )


async def merge(connection: "Connection", projection: Projection, schema: str, rows: Rows) -> None:
    """Merge rows into indexed tables."""
    for table in projection.tables:
        changed = rows.of(table)
        if changed:
            columns = list(zip(*[row.values() for row in changed], strict=True))
            await connection.execute(_merge_sql(schema, table), *columns, timeout=PATIENCE_S)


def _merge_sql(schema: str, table: Table) -> str:
    names = ", ".join(table.columns)
    values = ", ".join(f"${i}::{kind}[]" for i, kind in enumerate(table.columns.values(), 1))
    kept = [
        f"{name} = coalesce(excluded.{name}, t.{name})"
        for name in table.columns
        if name not in table.key
    ]
    action = f"do update set {', '.join(kept)}" if kept else "do nothing"
    return (
        f"insert into {schema}.{table.name} as t ({names}) "  # noqa: S608 - names are ours
        f"select * from unnest({values}) on conflict ({', '.join(table.key)}) {action}"
    )
