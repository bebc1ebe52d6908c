"""A view that grows by spills ends as one that was merged row by row."""

import random

import asyncpg
import pytest

from l1.projections.growing import Growing
from l1.projections.projection import Projection, Rows, Table
from tests.projections.dumping import PlainRows, rows_of

COLOURS = Table(
    name="colour", key=("name",), columns={"name": "text", "red": "bigint", "blue": "bigint"}
)
MIXES = Table(
    name="mix", key=("name", "partner"), columns={"name": "text", "partner": "text", "at": "bigint"}
)
PAINT = Projection(name="paint", version=1, tables=(COLOURS, MIXES))


def paint(rows: Rows | PlainRows, seed: int) -> None:
    """Change some rows, of which few are new after a while."""
    chance = random.Random(seed)
    for number in range(30):
        name, other = (f"c{chance.randrange(60)}" for _ in range(2))
        rows.merge(COLOURS, name=name, red=number, blue=chance.choice([None, seed]))
        rows.merge(MIXES, name=name, partner=other, at=chance.choice([None, number]))


@pytest.mark.parametrize("late", [1, 20, 1_000_000])
async def test_rows_that_change_after_their_spill_end_as_if_merged(
    pool: asyncpg.Pool, late: int
) -> None:
    plain = PlainRows()
    growing = Growing(PAINT, "view_paint", late=late)
    async with pool.acquire() as connection:
        await growing.create(connection)
        for seed in range(12):
            paint(growing.rows, seed)
            paint(plain, seed)
            await growing.spill(connection)
        paint(growing.rows, 99)
        paint(plain, 99)
        await growing.finish(connection)
        assert await rows_of(connection, PAINT) == plain.tables


async def test_a_view_without_rows_has_its_tables_and_keys(pool: asyncpg.Pool) -> None:
    growing = Growing(PAINT, "view_paint")
    async with pool.acquire() as connection:
        await growing.create(connection)
        await growing.finish(connection)
        keys = await connection.fetchval(
            "select count(*) from pg_indexes where schemaname = 'view_paint'"
        )
        assert keys == 2
