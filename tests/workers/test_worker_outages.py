"""Workers whose Redis or database goes away, and workers that are told to go."""

import asyncio
import os
import signal

import pytest
import redis

from l1.embedded.valkey import Valkey
from l1.events.step import StepCompleted, StepLost
from l1.log.wakeups import WORK
from tests.running.node import end, grid, open_node, recipe, step


@pytest.fixture
async def with_redis(tmp_path, database_url):
    """A node with a Redis of its own, to be stopped."""
    server = Valkey(tmp_path / "own", durable=False)
    url = server.start()
    try:
        async with open_node(tmp_path, database_url, url) as node:
            yield node, server
    finally:
        server.stop()


async def halfway(node, written: bytes) -> str:
    """Start a run and wait until some of its steps are done."""
    run_id = await node.start(written)
    done = "select count(*) > 5 from execution where kind = 'step' and state = 'done'"
    await node.until(lambda: node.services.views.pool.fetchval(done))
    return run_id


async def test_a_run_completes_after_its_redis_died(with_redis):
    node, server = with_redis
    async with node.worker():
        run_id = await halfway(node, grid(10, 3, ledger=node.ledger, seconds=0.02))
        server.stop()
        assert (await node.ended(run_id)).state == "completed"
        assert (await node.run(recipe(step("later", n=1000)))).state == "completed"
    assert set(node.executions().values()) == {1}


async def test_a_run_completes_while_its_redis_hangs(with_redis):
    node, server = with_redis
    async with node.worker():
        run_id = await halfway(node, grid(10, 3, ledger=node.ledger, seconds=0.02))
        os.kill(server.pid, signal.SIGSTOP)
        try:
            assert (await node.ended(run_id)).state == "completed"
            assert (await node.run(recipe(step("later", n=1000)))).state == "completed"
        finally:
            os.kill(server.pid, signal.SIGCONT)


async def test_tokens_flow_again_when_redis_is_back(tmp_path, with_redis):
    node, server = with_redis
    async with node.worker(cpu=1, io=1):
        assert (await node.run(recipe(step("before", n=1)))).state == "completed"
        server.stop()
        assert (await node.run(recipe(step("without", n=2)))).state == "completed"
        url = server.start()
        assert url == node.settings.redis_url
        with redis.Redis.from_url(url) as client:

            async def dry() -> bool:
                return not any(task.get_name().startswith("slot ") for task in asyncio.all_tasks())

            async def consumed() -> bool:
                await node.until(dry)
                await node.run(
                    recipe(step("again", n=int(asyncio.get_running_loop().time() * 1e3)))
                )
                await node.until(dry)
                return "cmdstat_zrem" in client.info("commandstats")

            await node.until(consumed)


async def test_an_emptied_redis_costs_nothing_but_time(node):
    with redis.Redis.from_url(node.settings.redis_url) as client:
        async with node.worker():
            run_id = await halfway(node, grid(10, 3, ledger=node.ledger, seconds=0.02))
            client.flushall()
            assert (await node.ended(run_id)).state == "completed"
    assert set(node.executions().values()) == {1}


async def test_a_worker_that_is_told_to_go_hands_its_work_back(node, tmp_path):
    gate = tmp_path / "gate"
    first = node.process()
    run_id = await node.start(recipe(step("held", "gate", ledger=node.ledger, path=str(gate))))
    await node.appears(tmp_path / "gate.started", seconds=60)
    assert end(first, signal.SIGTERM) == 0
    assert await node.services.views.pool.fetchval("select count(*) from lease") == 0
    gate.touch()
    async with node.worker():
        assert (await node.ended(run_id)).state == "completed"
    assert await node.facts(StepLost) == []
    (completed,) = await node.facts(StepCompleted)
    assert completed.attempt == 1, "being handed back is no attempt"


@pytest.mark.storm
async def test_rolling_restarts_lose_nothing(node):
    written = grid(20, 4, ledger=node.ledger, seconds=0.1)
    workers = [node.process() for _ in range(2)]
    run_id = await halfway(node, written)
    for worker in workers:
        node.process()
        assert end(worker, signal.SIGTERM) == 0
    assert (await node.ended(run_id)).state == "completed"
    for worker in node.processes:
        end(worker)
    assert await node.facts(StepLost) == []
    assert len(await node.facts(StepCompleted)) == 81


async def test_a_worker_that_was_killed_is_missed_within_its_lease(node, tmp_path):
    gate = tmp_path / "gate"
    doomed = node.process()
    run_id = await node.start(recipe(step("held", "gate", path=str(gate))))
    await node.appears(tmp_path / "gate.started", seconds=60)
    gate.touch()
    doomed.kill()
    async with node.worker():
        run = await node.ended(run_id, seconds=node.settings.lease_seconds * 1.25 + 4)
    assert run.state == "completed"
    (lost,) = await node.facts(StepLost)
    assert (lost.losses, lost.final) == (1, False)
    (completed,) = await node.facts(StepCompleted)
    assert completed.attempt == 2


async def test_long_steps_fill_the_slots_of_all_workers(node, tmp_path):
    gate = tmp_path / "gate"
    steps = [step(f"s{n}", "gate", n=n, path=str(gate)) for n in range(10)]
    written = recipe(*steps, step("all", inputs=[each["id"] for each in steps]))
    async with node.worker(cpu=3, io=1), node.worker(cpu=3, io=1):
        run_id = await node.start(written)
        busy = "select count(*) from lease join execution using (key) where kind = 'step'"

        async def full() -> bool:
            return await node.services.views.pool.fetchval(busy) == 6

        await node.until(full, seconds=5)
        spread = await node.services.views.pool.fetch("select count(*) from lease group by worker")
        assert [row[0] for row in spread] == [3, 3]
        gate.touch()
        assert (await node.ended(run_id)).state == "completed"


async def test_many_waiting_tokens_starve_no_queue(node, tmp_path):
    gate = tmp_path / "gate"
    async with node.worker(cpu=2, io=2):
        await node.start(recipe(*(step(f"s{n}", "gate", n=n, path=str(gate)) for n in range(40)),
                                step("all", inputs=[f"s{n}" for n in range(40)])))  # fmt: skip
        await node.appears(tmp_path / "gate.started")
        run = await node.run(recipe(step("quick", "noop_io", n=99)))
        assert run.state == "completed"
        gate.touch()


async def test_a_worker_leaves_no_task_and_no_lease_behind(node):
    before = asyncio.all_tasks()
    async with node.worker():
        await halfway(node, grid(10, 3, seconds=0.1))
    assert asyncio.all_tasks() == before
    assert await node.services.views.pool.fetchval("select count(*) from lease") == 0


async def test_a_worker_told_to_go_the_moment_it_is_woken_goes(node):
    """Cancelled together with a notification, a wait must not forget that it was cancelled."""
    for _ in range(200):
        waiting = asyncio.create_task(forever(node))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        node.services.wakeups._heard(None, 0, WORK, "cpu")
        waiting.cancel()
        await asyncio.wait({waiting}, timeout=5)
        assert waiting.cancelled()


async def forever(node) -> None:
    while True:
        await node.services.wakeups.wait(WORK, 60)
