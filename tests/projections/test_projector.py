"""The projector: one works, another takes over, a poisoned view stops alone, rebuilds serve."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import ClassVar

import asyncpg
import pytest
from structlog.testing import capture_logs

import l1.projections
from l1.catalog import values
from l1.events.codec import Codec
from l1.events.event import Event, Meta, Recorded
from l1.events.publication import PublicationRequested
from l1.events.run import RunCancelled, RunRequested
from l1.log.append import Appender
from l1.log.command import Command
from l1.log.read import Reader
from l1.log.wakeups import Wakeups
from l1.projections import deletions, rebuilding, verifying
from l1.projections.building import build
from l1.projections.deletions import DELETIONS, PUBLICATION
from l1.projections.projection import Projection, Rows, Table
from l1.projections.projector import Projector
from l1.projections.runs import RUNS
from l1.projections.views import Views
from tests.projections.dumping import dump, folded, plain, rows_of
from tests.work.shop import Shop

ALL = values(l1.projections, Projection, lambda each: each.name)
META = Meta(actor="owner", origin="test")
COUNTED = Table(
    name="seen", key=("run_id",), columns={"run_id": "text", "at": "bigint", "n": "smallint"}
)


def counting(version: int = 1, n: Callable[[str], object] = len) -> Projection:
    """A view of our own; `n` computes a column, and may fail."""
    view = Projection(name="counting", version=version, tables=(COUNTED,))

    @view.on(RunCancelled)
    def cancelled(rows: Rows, recorded: Recorded, fact: RunCancelled) -> None:
        rows.merge(COUNTED, run_id=fact.run_id, at=recorded.position)
        rows.merge(COUNTED, run_id=fact.run_id, n=n(fact.run_id))

    return view


@asynccontextmanager
async def projecting(
    url: str, pool: asyncpg.Pool, codec: Codec, *projections: Projection
) -> AsyncIterator[Views]:
    wakeups = Wakeups(url)
    await wakeups.start()
    named = {each.name: each for each in projections}
    projector = Projector(url, pool, named, codec=codec, wakeups=wakeups)
    await projector.start()
    await projector.until_built()
    try:
        yield Views(pool, wakeups)
    finally:
        await projector.close()
        await wakeups.close()


async def say(appender: Appender, *facts: Event) -> int:
    return (await appender.append(Command(facts=facts, meta=META))).last


async def cancel(appender: Appender, *runs: str) -> int:
    return await say(appender, *(RunCancelled(run_id=run) for run in runs))


async def seen(pool: asyncpg.Pool) -> dict[str, int]:
    rows = await pool.fetch("select run_id, n from view_counting.seen")
    return {row["run_id"]: row["n"] for row in rows}


async def test_waiting_for_a_view_gives_what_one_wrote(
    database_url: str, pool: asyncpg.Pool, codec: Codec, appender: Appender
) -> None:
    async with projecting(database_url, pool, codec, counting()) as views:
        for i in range(20):
            position = await cancel(appender, f"r{i}")
            assert await views.wait_for("counting", position)
            assert f"r{i}" in await seen(pool)


async def test_waiting_for_what_never_comes_ends(
    database_url: str, pool: asyncpg.Pool, codec: Codec
) -> None:
    async with projecting(database_url, pool, codec, counting()) as views:
        assert not await views.wait_for("counting", 1, seconds=0.05)
        assert not await views.wait_for("no such view", 1, seconds=0.05)


async def test_of_two_projectors_one_works_and_the_other_takes_over(
    database_url: str, pool: asyncpg.Pool, codec: Codec, appender: Appender
) -> None:
    holders = (
        "select pid from pg_locks where locktype = 'advisory' and objid = 2869243651 and granted "
        "and database = (select oid from pg_database where datname = current_database())"
    )
    holders = holders.replace("2869243651", str(7164210947 % 2**32))
    async with (
        projecting(database_url, pool, codec, counting()) as views,
        projecting(database_url, pool, codec, counting()),
    ):
        workers = set()
        for i in range(3):
            assert await views.wait_for("counting", await cancel(appender, f"r{i}"), seconds=10)
            (working,) = [row["pid"] for row in await pool.fetch(holders)]
            workers.add(working)
            await pool.execute("select pg_terminate_backend($1)", working)
        assert await views.wait_for("counting", await cancel(appender, "last"), seconds=10)
        assert len(workers) == 3
        assert await seen(pool) == {"r0": 2, "r1": 2, "r2": 2, "last": 4}


async def test_a_poisoned_view_stops_right_before_the_fact_and_no_other_does(
    database_url: str, pool: asyncpg.Pool, codec: Codec, appender: Appender
) -> None:
    await cancel(appender, "a")
    poisoned = counting(n=lambda run: {"a": 1, "b": 2, "d": 4}[run])
    with capture_logs() as logs:
        async with projecting(database_url, pool, codec, poisoned, RUNS) as views:
            last = await cancel(appender, "a", "b", "bad", "d")
            assert await views.wait_for("runs", last)
            assert await views.wait_for("runs", await cancel(appender, "d"))
    row = await pool.fetchrow("select * from projection where name = 'counting'")
    assert (row["state"], row["position"]) == ("stopped", last - 2)
    assert row["error"] == f"position {last - 1} (run.cancelled): KeyError: 'bad'"
    assert await seen(pool) == {"a": 1, "b": 2}
    (told,) = [entry for entry in logs if entry["event"] == "view_stopped"]
    assert (told["view"], told["log_level"]) == ("counting", "error")
    async with pool.acquire() as connection:
        found = await verifying.differences(connection, [poisoned], Reader(pool, codec))
    assert found == [f"view counting is stopped: {row['error']}"]


async def test_a_value_that_a_column_cannot_hold_stops_its_view_alone(
    database_url: str, pool: asyncpg.Pool, codec: Codec, appender: Appender
) -> None:
    too_large = counting(n=lambda run: 2**15 if run == "bad" else 1)
    with capture_logs():
        async with projecting(database_url, pool, codec, too_large, RUNS) as views:
            last = await cancel(appender, "a", "bad", "b")
            assert await views.wait_for("runs", last)
    row = await pool.fetchrow("select * from projection where name = 'counting'")
    assert (row["state"], row["position"]) == ("stopped", last - 2)
    assert row["error"].startswith(f"position {last - 1} (run.cancelled): ")
    assert await seen(pool) == {"a": 1}


async def test_a_stopped_view_is_mended_by_a_new_version(
    database_url: str, pool: asyncpg.Pool, codec: Codec, appender: Appender
) -> None:
    broken = counting(n=lambda _run: {}["no"])
    with capture_logs():
        async with projecting(database_url, pool, codec, broken, RUNS) as views:
            assert await views.wait_for("runs", await cancel(appender, "a"))
    async with projecting(database_url, pool, codec, counting(version=2)) as views:
        assert await views.wait_for("counting", await cancel(appender, "bb"))
        assert await seen(pool) == {"a": 1, "bb": 2}


async def test_another_version_is_rebuilt_over_the_whole_log(
    database_url: str, pool: asyncpg.Pool, codec: Codec, appender: Appender
) -> None:
    async with projecting(database_url, pool, codec, counting()) as views:
        assert await views.wait_for("counting", await cancel(appender, "a", "b"))
    async with projecting(database_url, pool, codec, counting(2, lambda run: 7)):
        assert await seen(pool) == {"a": 7, "b": 7}


class WetPaint(Event, frozen=True, kw_only=True):
    """A fact of a release to come."""

    kind: ClassVar[str] = "paint.wet"

    def stream(self) -> str:
        return "paint-1"


async def test_a_fact_of_a_newer_release_leaves_the_work_to_a_newer_projector(
    database_url: str, pool: asyncpg.Pool, codec: Codec, appender: Appender
) -> None:
    newer = Codec({WetPaint.kind: WetPaint, RunCancelled.kind: RunCancelled})
    writer = Appender(database_url, newer)
    await writer.start()
    with capture_logs() as logs:
        async with projecting(database_url, pool, codec, counting()) as views:
            await say(writer, WetPaint())
            last = await cancel(appender, "a")
            assert not await views.wait_for("counting", last, seconds=0.7)
            async with projecting(database_url, pool, newer, counting()):
                assert await views.wait_for("counting", last, seconds=10)
    await writer.close()
    told = [entry["error"] for entry in logs if entry["event"] == "projector_cannot_read_log"]
    assert "paint.wet of schema 1" in told[0]


async def test_live_views_rebuilt_ones_and_plain_python_agree(  # noqa: C901 - one long story
    database_url: str, pool: asyncpg.Pool, codec: Codec, appender: Appender
) -> None:
    """While runs go on, every view is rebuilt again and again; afterwards all are byte-equal."""
    shop = Shop(appender, pool)
    reader = Reader(pool, codec)
    dag = {"a": [], "b": ["a"], "c": ["a", "b"]}

    async def live_on() -> None:
        for i in range(12):
            await shop.store(f"in{i}")
            await shop.do(f"probe:1:in{i}")
            await shop.request(f"r{i}", f"in{i}")
            await shop.plan(f"r{i}", {f"{k}{i % 4}": [f"{x}{i % 4}" for x in v] for k, v in dag.items()}, f"c{i % 4}")  # fmt: skip
            if i % 5 == 3:
                await shop.cancel(f"r{i}")
                continue
            for key in await shop.leases.ready("cpu", 10):
                await shop.do(key)
            if i % 3:
                await say(appender, PublicationRequested(cid=f"in{i}", activity_id="p"))

    async with (
        projecting(database_url, pool, codec, *ALL.values()) as views,
        asyncpg.create_pool(database_url, min_size=1, max_size=1) as own,
        own.acquire() as connection,
    ):
        living = asyncio.create_task(live_on())
        rounds = 0
        while not living.done() or rounds == 0:
            for each in ALL.values():
                await rebuilding.rebuild(connection, [each], reader)
            assert await verifying.differences(connection, ALL.values(), reader) == []
            rounds += 1
        await living
        head = await reader.head()
        for name in ALL:
            assert await views.wait_for(name, head, seconds=10)
        live = {name: await dump(connection, each) for name, each in ALL.items()}
        log = [recorded async for recorded in reader.everything()]
        for name, each in ALL.items():
            assert await rows_of(connection, each) == plain(each, log)
            assert await folded(connection, each, [log], "whole", copied=True) == live[name]
        await rebuilding.rebuild(connection, list(ALL.values()), reader)
        for name, each in ALL.items():
            assert await dump(connection, each) == live[name]
        assert await pool.fetchval("select count(*) from projection where position = $1", head) == len(ALL)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("update view_runs.run set steps = 5 where run_id = 'r1'", "steps is 5"),
        ("delete from view_runs.run where run_id = 'r1'", "is missing, the log has it"),
        ("insert into view_runs.run (run_id) values ('r9')", "r9"),
    ],
)
async def test_a_row_changed_by_hand_is_named(
    database_url: str, pool: asyncpg.Pool, codec: Codec, appender: Appender, change: str, says: str
) -> None:
    reader = Reader(pool, codec)
    async with projecting(database_url, pool, codec, RUNS) as views:
        fact = RunRequested(run_id="r1", recipe="c", recipe_name="n", inputs={}, owner="o")
        assert await views.wait_for("runs", await say(appender, fact))
        async with pool.acquire() as connection:
            assert await verifying.differences(connection, [RUNS], reader) == []
            await connection.execute(change)
            found = await verifying.differences(connection, [RUNS], reader)
    assert found[0].startswith("runs.run run_id=")
    assert says in found[0]


async def test_a_decision_sees_all_facts_of_its_position_while_a_view_is_replaced(
    database_url: str, pool: asyncpg.Pool, codec: Codec, appender: Appender
) -> None:
    """The new table takes the old one's place between two statements of the decision."""
    reader, views = Reader(pool, codec), Views(pool, Wakeups(database_url))
    stalling = """
    create function stall() returns event_trigger language plpgsql as
      $$ begin perform pg_advisory_xact_lock(99); end $$;
    create event trigger stall on ddl_command_end when tag in ('ALTER SCHEMA')
      execute function stall();
    """
    waiting = "select count(*) from pg_locks where not granted and locktype = 'relation'"
    async with pool.acquire() as connection, pool.acquire() as stalled:
        await rebuilding.ensure(connection, ALL.values(), reader)
        reached = await build(connection, [DELETIONS], reader, "next")
        fact = PublicationRequested(cid="c", activity_id="a")
        position = await say(appender, fact)
        for each in ALL.values():
            projector = Projector(
                database_url, pool, {each.name: each}, codec=codec, wakeups=Wakeups(database_url)
            )
            await projector.step(connection)
        await connection.execute(stalling)
        await stalled.execute("select pg_advisory_lock(99)")
        swap = asyncio.create_task(rebuilding._take_over(connection, DELETIONS, reader, reached))
        while not await pool.fetchval("select count(*) from pg_locks where not granted"):
            await asyncio.sleep(0.005)
        deciding = asyncio.create_task(deletions.held(views, ["c"]))
        while not await pool.fetchval(waiting):
            await asyncio.sleep(0.005)
        await stalled.execute("select pg_advisory_unlock(99)")
        held = await deciding
        await swap
    assert held.position == position
    assert held.items[0].publication == "published"


async def test_a_writer_that_lost_its_place_writes_nothing(
    pool: asyncpg.Pool, codec: Codec, appender: Appender, database_url: str
) -> None:
    """The fence: a view that somebody else has moved is not moved again."""
    reader = Reader(pool, codec)
    view = replace(counting(), name="counting")
    async with pool.acquire() as connection:
        await rebuilding.ensure(connection, [view], reader)
        await cancel(appender, "a")
        page = await reader.page(0)
        projector = Projector(
            database_url, pool, {view.name: view}, codec=codec, wakeups=Wakeups(database_url)
        )
        assert await projector.step(connection)
        await connection.execute("update view_counting.seen set n = 9")
        assert not await projector._advance(connection, (view,), 0, page)
    assert await seen(pool) == {"a": 9}


def test_a_merge_into_a_column_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KeyError):
        Rows().merge(PUBLICATION, cid="c", activity_id="a", sate="published")
