"""Shows that the working state is nothing but a fold of the log: folds it again and compares."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

_PATIENCE_S = 6 * 3600  # it goes over the whole log, however short other statements are kept

TABLES = ("execution", "execution_input", "run_work")
"""The work tables that are folds of the log, which is all of them but `lease`."""


async def differences(connection: "Connection") -> list[str]:
    """Refold the work beside the live tables and describe each row that differs, up to ten.

    Runs under the log lock, in a transaction that is rolled back: writers wait, readers do not.
    """
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute("select log_lock()")
        await _refold(connection)
        found: list[str] = []
        for table in TABLES:
            found += await _compare(connection, table)
        return found[:10]
    finally:
        await transaction.rollback()


async def _refold(connection: "Connection") -> None:
    """Fold the log into temporary tables of the same names, which the fold's functions see first."""
    for table in (*TABLES, "lease"):
        await connection.execute(
            f"create temp table {table} (like public.{table} including all) on commit drop"
        )
    await connection.execute("set local search_path = pg_temp, public")
    await connection.execute(
        "do $$ declare e record; begin "
        "for e in select kind, data, at from public.event order by position loop "
        "perform work_apply(e.kind, e.data, e.at); end loop; end $$",
        timeout=_PATIENCE_S,
    )


async def _compare(connection: "Connection", table: str) -> Sequence[str]:
    rows = await connection.fetch(
        f"(select 'only in the live table' as side, to_json(t)::text as row from "  # noqa: S608
        f"(select * from public.{table} except select * from pg_temp.{table}) t limit 5) "
        f"union all (select 'only in the log', to_json(t)::text from "
        f"(select * from pg_temp.{table} except select * from public.{table}) t limit 5)",
        timeout=_PATIENCE_S,
    )
    return [f"{table}: {row['side']}: {row['row']}" for row in rows]
