"""A projector that was stopped while it holds the lock: others notice, and it harms nothing later."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from structlog.testing import capture_logs

from l1.events.run import RunCancelled
from l1.log.command import Command
from l1.log.read import Reader
from l1.log.wakeups import Wakeups
from l1.projections import rebuilding, verifying
from l1.projections.projector import _LOCK, Projector
from l1.projections.runs import RUNS
from l1.projections.takeover import beat
from l1.projections.views import Views
from tests.projections.test_projector import META

ROOT = Path(__file__).parent.parent.parent
SILENCE_S = 1.0
HOLDER = f"""
import asyncio, sys
import asyncpg
import l1.events
from l1.catalog import subclasses
from l1.events.codec import Codec
from l1.events.event import Event
from l1.log.wakeups import Wakeups
from l1.projections.projector import Projector
from l1.projections.runs import RUNS

async def main(url):
    wakeups = Wakeups(url)
    await wakeups.start()
    async with asyncpg.create_pool(url, min_size=1) as pool:
        codec = Codec(subclasses(l1.events, Event, lambda cls: cls.kind))
        projector = Projector(
            url, pool, {{"runs": RUNS}}, codec=codec, wakeups=wakeups, silence_s={SILENCE_S}
        )
        await projector.start()
        await projector.until_built()
        print("built", flush=True)
        await asyncio.sleep(600)

asyncio.run(main(sys.argv[1]))
"""


@asynccontextmanager
async def projecting(url, pool, codec):
    wakeups = Wakeups(url)
    await wakeups.start()
    projector = Projector(
        url, pool, {"runs": RUNS}, codec=codec, wakeups=wakeups, silence_s=SILENCE_S
    )
    await projector.start()
    await projector.until_built()
    try:
        yield Views(pool, wakeups)
    finally:
        await projector.close()
        await wakeups.close()


async def cancel(appender, *runs):
    facts = tuple(RunCancelled(run_id=run) for run in runs)
    return (await appender.append(Command(facts=facts, meta=META))).last


async def holder_of(pool):
    return await pool.fetchval(
        "select pid from pg_locks where locktype = 'advisory' and granted and objid = $1 "
        "and database = (select oid from pg_database where datname = current_database())",
        _LOCK % 2**32,
    )


async def test_a_stopped_holder_is_relieved_and_harms_nothing_when_it_wakes_up(
    database_url, pool, codec, appender
):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, database_url],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ},
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"built\n"
            first = await holder_of(pool)
            async with projecting(database_url, pool, codec) as views:
                assert await views.wait_for("runs", await cancel(appender, "a"), seconds=10)
                assert await holder_of(pool) == first
                process.send_signal(signal.SIGSTOP)
                position = await cancel(appender, *"bcd")
                assert await views.wait_for("runs", position, seconds=20)
                second = await holder_of(pool)
                assert second not in (None, first)
                process.send_signal(signal.SIGCONT)
                for run in "efghij":
                    assert await views.wait_for("runs", await cancel(appender, run), seconds=10)
                assert await holder_of(pool) == second
            # Our own has gone: the one that was stopped takes over again, as any other would.
            position = await cancel(appender, "k")
            wakeups = Wakeups(database_url)
            assert await Views(pool, wakeups).wait_for("runs", position, seconds=20)
        finally:
            process.kill()
    async with pool.acquire() as connection:
        assert await verifying.differences(connection, [RUNS], Reader(pool, codec)) == []


async def test_what_a_stopped_holder_had_under_way_is_rolled_back(
    database_url, pool, codec, appender
):
    async with projecting(database_url, pool, codec) as views:
        assert await views.wait_for("runs", await cancel(appender, "a"), seconds=10)
    stopped = await asyncpg.connect(database_url)
    assert await stopped.fetchval("select pg_try_advisory_lock($1)", _LOCK)
    under_way = stopped.transaction()
    await under_way.start()
    await rebuilding.advance(stopped, ["runs"], 1, 2)
    position = await cancel(appender, "b")
    with capture_logs() as logs:
        async with projecting(database_url, pool, codec) as views:
            assert await views.wait_for("runs", position, seconds=20)
            with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.InterfaceError)):
                await under_way.commit()
    assert "silent_projector_ended" in [line["event"] for line in logs]
    async with pool.acquire() as connection:
        assert await verifying.differences(connection, [RUNS], Reader(pool, codec)) == []


async def test_a_holder_that_is_busy_for_long_but_alive_keeps_the_lock(
    database_url, pool, codec, appender
):
    async with projecting(database_url, pool, codec) as views:
        assert await views.wait_for("runs", await cancel(appender, "a"), seconds=10)
    busy = await asyncpg.connect(database_url)
    assert await busy.fetchval("select pg_try_advisory_lock($1)", _LOCK)
    beating = asyncio.create_task(beat(pool, silence_s=SILENCE_S))
    try:
        async with projecting(database_url, pool, codec) as views:
            assert not await views.wait_for("runs", await cancel(appender, "b"), seconds=2.5)
            assert await busy.fetchval("select 1") == 1
    finally:
        beating.cancel()
        await busy.close()
