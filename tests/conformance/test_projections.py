"""Every view, whoever adds it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import l1.projections
from l1.catalog import values
from l1.events.event import Meta, Recorded
from l1.projections import writing
from l1.projections.projection import Projection, Rows
from tests.events.facts import facts_of, sample
from tests.projections.dumping import dump, folded, plain, rows_of

PROJECTIONS = values(l1.projections, Projection, lambda each: each.name)
META = Meta(actor="owner", origin="test")
START = datetime(2026, 1, 1, tzinfo=UTC)
every_view = pytest.mark.parametrize("view", PROJECTIONS.values(), ids=PROJECTIONS.keys())


def recorded(position: int, event: object) -> Recorded:
    return Recorded(
        position=position,
        stream="test-1",
        version=position,
        at=START + timedelta(microseconds=position),
        event_id=UUID(int=position),
        meta=META,
        event=event,
    )


@every_view
def test_a_view_says_what_it_is(view: Projection) -> None:
    assert view.version >= 1
    assert view.folds
    assert len({table.name for table in view.tables}) == len(view.tables)
    for table in view.tables:
        assert set(table.key) <= set(table.columns)
    assert all(fold.__doc__ for fold in view.folds.values())


@every_view
def test_its_folds_write_every_column_and_no_other(view: Projection) -> None:
    rows = Rows()
    for position, kind in enumerate(view.folds, 1):
        view.fold(rows, recorded(position, sample(kind)))
    for table in view.tables:
        written = set()
        for row in rows.of(table):
            assert set(row) == set(table.columns)
            written |= {name for name, value in row.items() if value is not None}
        assert written == set(table.columns)


@every_view
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), cuts=st.sets(st.integers(1, 24)))
async def test_it_is_the_same_however_the_log_is_cut_into_pages(
    pool: asyncpg.Pool, view: Projection, data: st.DataObject, cuts: set[int]
) -> None:
    """Copied whole, merged fact by fact, or anything between: the same bytes."""
    words = st.sampled_from(["", "a", "b"])
    kinds = st.one_of([facts_of(kind, text=words) for kind in view.folds])
    events = data.draw(st.lists(kinds, max_size=25))
    log = [recorded(position, event) for position, event in enumerate(events, 1)]
    edges = sorted({0, len(log), *(cut for cut in cuts if cut < len(log))})
    pages = [log[a:b] for a, b in pairwise(edges)]
    async with pool.acquire() as connection:
        whole = await folded(connection, view, [log], "whole", copied=True)
        assert await folded(connection, view, pages, "cut", copied=False) == whole
        assert await folded(connection, view, pages or [[]], "half", copied=True) == whole
        assert await rows_of(connection, view, "whole") == plain(view, log)


@every_view
async def test_its_tables_can_be_made_and_indexed(pool: asyncpg.Pool, view: Projection) -> None:
    async with pool.acquire() as connection:
        await writing.create(connection, view, "made")
        for table in view.tables:
            await writing.index(connection, table, "made")
        assert (await dump(connection, view, "made")).count(b"\n") == len(view.tables)
