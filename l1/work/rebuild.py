"""Shows that the working state is nothing but a fold of the log: folds it again and compares."""

from typing import TYPE_CHECKING

import asyncpg

from l1.work.comparing import differing_rows

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

_PATIENCE_S = 6 * 3600  # it goes over the whole log, however short other statements are kept

TABLES = {
    "execution": ("key",),
    "execution_input": ("key", "input_key"),
    "run_work": ("run_id", "key"),
}
"""The work tables that are folds of the log, with their keys: all of them but `lease`."""


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
        for table, key in TABLES.items():
            found += await differing_rows(
                connection,
                table,
                live=f"public.{table}",
                folded=f"pg_temp.{table}",
                key=key,
                seconds=_PATIENCE_S,
            )
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
