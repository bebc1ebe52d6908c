"""A build in several processes gives the same tables, and leaves no process behind."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

import l1.projections
from bench import corpus
from l1.catalog import values
from l1.errors import Unavailable
from l1.events.codec import Codec
from l1.events.run import RunCancelled, RunDiscarded
from l1.log.append import Appender
from l1.log.read import Reader
from l1.projections import rebuilding, sharing, verifying
from l1.projections.projection import Projection
from l1.projections.runs import RUNS
from l1.projections.sharing import Order, Place, Sharing, shared_out
from l1.projections.steps import STEPS
from tests.projections.dumping import dump
from tests.projections.shared_views import BUILT_BY, STOPPING
from tests.projections.test_projector import cancel, say

ROOT = Path(__file__).parent.parent.parent
ALL = values(l1.projections, Projection, lambda each: each.name)
SHARES = f"select count(*) from pg_stat_activity where application_name = '{sharing._NAME}'"
STALL = f"""
create function stall() returns event_trigger language plpgsql as $$ begin
  if current_setting('application_name') = '{sharing._NAME}' then
    perform pg_advisory_xact_lock(99);
  end if;
end $$;
create event trigger stall on ddl_command_start when tag in ('CREATE TABLE')
  execute function stall();
"""
STALLED = "select count(*) from pg_locks where not granted and objid = 99"
REBUILDING = """
import asyncio, sys
import asyncpg
from l1.events.codec import Codec
from l1.log.read import Reader
from l1.projections.rebuilding import rebuild
from l1.projections.runs import RUNS
from l1.projections.sharing import Sharing
from l1.projections.steps import STEPS

async def main(url):
    shared = Sharing(database_url=url, processes=2, least=1)
    async with asyncpg.create_pool(url, min_size=1) as pool:
        connection = await asyncpg.connect(url, server_settings={"application_name": "rebuilding"})
        await rebuild(connection, [RUNS, STEPS], Reader(pool, Codec({})), shared)

asyncio.run(main(sys.argv[1]))
"""


def in_two(database_url: str) -> Sharing:
    return Sharing(database_url=database_url, processes=2, least=1)


async def until(pool: asyncpg.Pool, query: str, count: int) -> None:
    async with asyncio.timeout(20):
        while await pool.fetchval(query) != count:
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def stalled(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Connection]:
    """No process with a share can make a table, until this ends."""
    async with pool.acquire() as holder:
        await holder.execute(STALL)
        await holder.execute("select pg_advisory_lock(99)")
        yield holder
        await holder.execute("select pg_advisory_unlock_all()")


async def test_what_several_processes_build_equals_what_one_does_row_by_row(
    database_url: str, pool: asyncpg.Pool, codec: Codec, reader: Reader
) -> None:
    async with pool.acquire() as connection:
        head = await corpus.fill(connection, codec, 5000)
        await rebuilding.ensure(connection, ALL.values(), reader)
        alone = {name: await dump(connection, view) for name, view in ALL.items()}
        for processes in (2, 5):
            shared = Sharing(database_url=database_url, processes=processes, least=1)
            assert await rebuilding.rebuild(connection, list(ALL.values()), reader, shared) == head
            assert {name: await dump(connection, view) for name, view in ALL.items()} == alone
        assert await verifying.differences(connection, ALL.values(), reader) == []
        positions = await rebuilding.positions(connection)
    assert positions == dict.fromkeys(ALL, head)
    assert await pool.fetchval(SHARES) == 0


async def test_only_a_long_log_is_shared_out_and_only_what_others_find(
    database_url: str, pool: asyncpg.Pool, appender: Appender, reader: Reader
) -> None:
    own = replace(RUNS, name="own")  # no module holds it
    await cancel(appender, "a")

    async def builder(*views: Projection, least: int) -> int:
        shared = replace(in_two(database_url), least=least)
        async with pool.acquire() as connection:
            await rebuilding.ensure(connection, [], reader)
            await rebuilding.rebuild(connection, views, reader, shared)
        return await pool.fetchval("select pid from view_built_by.builder")

    assert await builder(BUILT_BY, RUNS, least=1) != os.getpid()
    assert await builder(BUILT_BY, RUNS, least=2) == os.getpid()
    assert await builder(BUILT_BY, least=1) == os.getpid()
    assert await builder(BUILT_BY, own, least=1) == os.getpid()


@pytest.mark.parametrize(
    ("run_id", "error", "says"),
    [
        ("poison", LookupError, "no good: poison"),
        ("strange", RuntimeError, "Poisoned: .*run strange is poison"),
        ("death", Unavailable, "the process that built STOPPING ended with 3"),
    ],
)
async def test_what_stops_one_process_is_raised_and_the_old_view_serves_on(
    database_url: str, pool: asyncpg.Pool, appender: Appender, reader: Reader,
    run_id: str, error: type[Exception], says: str,
) -> None:  # fmt: skip
    await cancel(appender, "a")
    async with pool.acquire() as connection:
        await rebuilding.ensure(connection, [RUNS, STOPPING], reader)
        before = await dump(connection, RUNS)
        await say(appender, RunCancelled(run_id="b"), RunDiscarded(run_id=run_id))
        with pytest.raises(error, match=says):
            await rebuilding.rebuild(connection, [RUNS, STOPPING], reader, in_two(database_url))
        assert await dump(connection, RUNS) == before
    await until(pool, SHARES, 0)


async def test_cancelling_a_build_ends_its_processes(
    database_url: str, pool: asyncpg.Pool, appender: Appender, reader: Reader
) -> None:
    await cancel(appender, "a")
    async with pool.acquire() as connection:
        await rebuilding.ensure(connection, [RUNS, STEPS], reader)
        async with stalled(pool):
            build = asyncio.create_task(
                rebuilding.rebuild(connection, [RUNS, STEPS], reader, in_two(database_url))
            )
            await until(pool, STALLED, 2)
            build.cancel()
            with pytest.raises(asyncio.CancelledError):
                await build
            await until(pool, SHARES, 0)
        assert await rebuilding.rebuild(connection, [RUNS, STEPS], reader) == 1


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM])
async def test_processes_end_with_the_one_that_started_them(
    database_url: str, pool: asyncpg.Pool, appender: Appender, reader: Reader, blow: signal.Signals
) -> None:
    async with rebuilding_elsewhere(database_url, pool, appender, reader) as parent:
        children = children_of(parent.pid)
        parent.send_signal(blow)
        await parent.wait()
        await until(pool, SHARES, 0)
        async with asyncio.timeout(10):
            while any(Path(f"/proc/{child}/fd").exists() for child in children):
                await asyncio.sleep(0.01)
    assert len(children) == 2


async def test_what_a_stopped_process_started_is_ended_by_the_next_rebuild(
    database_url: str, pool: asyncpg.Pool, appender: Appender, reader: Reader
) -> None:
    async with rebuilding_elsewhere(database_url, pool, appender, reader) as parent:
        parent.send_signal(signal.SIGSTOP)
        await pool.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where application_name = 'rebuilding'"
        )
        async with pool.acquire() as connection:
            assert await rebuilding.rebuild(connection, [RUNS, STEPS], reader) == 1
            assert await verifying.differences(connection, [RUNS], reader) == []
        assert await pool.fetchval(SHARES) == 0
        parent.send_signal(signal.SIGCONT)
        assert await parent.wait() != 0


async def test_who_comes_after_the_lock_was_lost_writes_nothing(
    database_url: str, pool: asyncpg.Pool
) -> None:
    place = Place(module="l1.projections.runs", name="RUNS", version=RUNS.version)
    order = Order(
        database_url=database_url, views=(place,), suffix="next", upto=0, lock=1, holder=0
    )
    with pytest.raises(Unavailable, match="another process"):
        await sharing._give(order)
    assert await pool.fetchval("select to_regnamespace('view_runs_next')") is None


async def test_a_view_whose_file_was_changed_meanwhile_is_not_built(database_url: str) -> None:
    place = Place(module="l1.projections.runs", name="RUNS", version=RUNS.version + 1)
    order = Order(
        database_url=database_url, views=(place,), suffix="next", upto=0, lock=1, holder=0
    )
    with pytest.raises(Unavailable, match="restart"):
        await sharing._give(order)


def test_shares_are_about_as_heavy_as_each_other() -> None:
    weights = {"step.planned": 50, "step.completed": 50, "content.stored": 5}
    names = [[view.name for view in share] for share in shared_out(list(ALL.values()), weights, 2)]
    assert names[0] == ["steps"]
    assert set(names[1]) == set(ALL) - {"steps"}
    assert len(shared_out([RUNS, STEPS], {}, 8)) == 2


@contextlib.asynccontextmanager
async def rebuilding_elsewhere(
    database_url: str, pool: asyncpg.Pool, appender: Appender, reader: Reader
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that rebuilds in two others, which stand still until this ends."""
    await cancel(appender, "a")
    async with pool.acquire() as connection:
        await rebuilding.ensure(connection, [RUNS, STEPS], reader)
    parent = None
    try:
        async with stalled(pool):
            parent = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", REBUILDING, database_url),
                cwd=ROOT, stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            await until(pool, STALLED, 2)
            yield parent
    finally:
        if parent is not None and parent.returncode is None:
            parent.kill()
            await parent.wait()


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
