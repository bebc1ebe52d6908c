"""Real workers over a real database and Redis, in this process."""

import asyncio
import json
from pathlib import Path

import pytest
from redis.asyncio import Redis

from l1.actions.cancel_run import cancel_run
from l1.actions.retry_run import retry_run
from l1.errors import Conflict
from l1.events.run import StepCached
from l1.events.step import StepCompleted, StepFailed, StepLost
from l1.projections import content
from l1.workers.progress import CHANNEL
from tests.running.node import ME, recipe, step


def diamond(node):
    return recipe(
        step("top", n=1, ledger=node.ledger),
        step("left", inputs=["top"], n=2, ledger=node.ledger),
        step("right", inputs=["top"], n=3, ledger=node.ledger),
        step("bottom", inputs=["left", "right"], n=4, ledger=node.ledger),
    )


async def test_a_diamond_is_worked_off_each_step_once(node):
    async with node.worker():
        run = await node.run(diamond(node))
    assert run.state == "completed", run
    assert node.executions() == {1: 1, 2: 1, 3: 1, 4: 1}
    steps = await node.steps(run)
    assert {name: s.state for name, s in steps.items()} == dict.fromkeys(steps, "completed")
    assert [steps[name].level for name in ("top", "left", "right", "bottom")] == [0, 1, 1, 2]
    assert run.output == steps["bottom"].output


async def test_a_second_run_of_the_same_executes_nothing(node):
    async with node.worker():
        first = await node.run(diamond(node))
        second = await node.run(diamond(node))
    assert second.state == "completed"
    assert second.output == first.output
    assert second.run_id != first.run_id
    assert sum(node.executions().values()) == 4
    assert len(await node.facts(StepCompleted)) == 4
    (cached,) = await node.facts(StepCached)
    assert [each.id for each in cached.steps] == ["bottom"], "what led to the hit is not needed"


async def test_twenty_equal_runs_at_once_execute_each_step_once(node):
    cid = await node.store(diamond(node))
    async with node.worker():
        ids = await asyncio.gather(*(node.start_stored(cid) for _ in range(20)))
        ended = await asyncio.gather(*(node.ended(run_id) for run_id in ids))
    assert {run.state for run in ended} == {"completed"}
    assert len({run.output for run in ended}) == 1
    assert node.executions() == {1: 1, 2: 1, 3: 1, 4: 1}
    assert len(await node.facts(StepCompleted)) == 4


async def test_equal_steps_in_one_recipe_are_one_execution(node):
    written = recipe(
        step("one", n=1, ledger=node.ledger),
        step("same", n=1, ledger=node.ledger),
        step("both", inputs=["one", "same"], n=2, ledger=node.ledger),
    )
    async with node.worker():
        run = await node.run(written)
    assert run.state == "completed", run
    assert node.executions() == {1: 1, 2: 1}
    assert {n: s.state for n, s in (await node.steps(run)).items()} == dict.fromkeys(
        ("one", "same", "both"), "completed"
    )


async def test_a_failed_step_blocks_only_its_descendants_and_is_named(node):
    written = recipe(
        step("good", n=1, ledger=node.ledger),
        step("bad", "refuser", n=2),
        step("after_good", inputs=["good"], n=3, ledger=node.ledger),
        step("after_bad", inputs=["bad"], n=4, ledger=node.ledger),
        step("end", inputs=["after_good", "after_bad"], n=5, ledger=node.ledger),
    )
    async with node.worker():
        run = await node.run(written)
    assert run.state == "failed"
    assert run.message == "step bad (refuser) failed: this input cannot be taken; give another"
    assert run.code == "odd_input"
    assert {n: s.state for n, s in (await node.steps(run)).items()} == {
        "good": "completed",
        "bad": "failed",
        "after_good": "completed",
        "after_bad": "blocked",
        "end": "blocked",
    }
    assert node.executions() == {1: 1, 3: 1}
    (failed,) = await node.facts(StepFailed)
    assert failed.final, "what is refused is not tried again"
    assert await node.services.store.read(failed.log) == b"this is why\n"


async def test_a_retry_executes_only_what_is_missing(node, tmp_path):
    there = tmp_path / "there"
    written = recipe(
        step("good", n=1, ledger=node.ledger),
        step("bad", "unless", inputs=["good"], n=2, ledger=node.ledger, path=str(there)),
        step("end", inputs=["bad"], n=3, ledger=node.ledger),
    )
    async with node.worker():
        run = await node.run(written)
        assert run.state == "failed"
        there.touch()
        again = await retry_run(node.services, ME, run.run_id)
        await node.services.views.wait_for("runs", again.position)
        second = await node.ended(again.run_id)
    assert second.state == "completed"
    assert second.retry_of == run.run_id
    assert node.executions() == {1: 1, 2: 2, 3: 1}


async def test_a_step_that_fails_is_tried_three_times_later_and_later(node):
    written = recipe(step("bad", "flaky", ledger=node.ledger, times=99))
    async with node.worker():
        run = await node.run(written)
    assert run.state == "failed"
    failures = await node.facts(StepFailed)
    assert [(f.attempt, f.final, f.code) for f in failures] == [
        (1, False, "flaky"),
        (2, False, "flaky"),
        (3, True, "flaky"),
    ]
    rows = await node.services.views.pool.fetch(
        "select at from event where kind = 'step.failed' order by position"
    )
    first, second, third = (row["at"].timestamp() for row in rows)
    assert 1.0 <= second - first < third - second, "backs off"
    assert third - second >= 2.0


async def test_a_step_that_works_at_last_completes_its_run(node):
    async with node.worker():
        run = await node.run(recipe(step("shaky", "flaky", ledger=node.ledger, times=2)))
    assert run.state == "completed"
    (completed,) = await node.facts(StepCompleted)
    assert completed.attempt == 2


async def test_cancelling_one_of_two_runs_stops_only_what_it_alone_needs(node, tmp_path):
    shared = tmp_path / "shared"
    first = recipe(
        step("shared", "gate", n=1, path=str(shared)), step("end", inputs=["shared"], n=3)
    )
    second = recipe(
        step("shared", "gate", n=1, path=str(shared)),
        step("private", "tick", n=2, seconds=50),
        step("end", inputs=["shared", "private"], n=4),
    )
    async with node.worker(cpu=4, io=2):
        one, two = await node.start(first), await node.start(second)
        running = "select count(*) = 2 from lease join execution using (key) where kind = 'step'"
        await node.until(lambda: node.services.views.pool.fetchval(running))
        await cancel_run(node.services, ME, two)
        began = asyncio.get_running_loop().time()
        left = "select count(*) = 1 from lease join execution using (key) where kind = 'step'"
        await node.until(lambda: node.services.views.pool.fetchval(left))
        took = asyncio.get_running_loop().time() - began
        shared.touch()
        assert (await node.ended(one)).state == "completed"
        assert (await node.ended(two)).state == "cancelled"
    assert took < node.settings.lease_seconds, "stopped at the next heartbeat"
    assert len(await node.facts(StepCompleted)) == 2
    assert await node.facts(StepLost) == []
    with pytest.raises(Conflict, match="is over"):
        await cancel_run(node.services, ME, two)


async def test_a_run_cancelled_while_its_step_ends_is_cancelled_and_keeps_the_result(
    node, tmp_path
):
    gate = tmp_path / "gate"
    written = recipe(step("last", "gate", n=1, path=str(gate)))
    async with node.worker():
        run_id = await node.start(written)
        await node.appears(Path(f"{gate}.started"))
        gate.touch()
        await cancel_run(node.services, ME, run_id)
        assert (await node.ended(run_id)).state == "cancelled"
        again = await node.run(written)
    assert again.state == "completed"


async def test_progress_is_told_while_a_step_runs(node):
    async with Redis.from_url(node.settings.redis_url) as redis, redis.pubsub() as heard:
        await heard.subscribe(CHANNEL)
        assert (await heard.get_message(timeout=5))["type"] == "subscribe"
        async with node.worker():
            run = await node.run(recipe(step("slow", "tick", seconds=1)))
        told = []
        while message := await heard.get_message(timeout=0.2):
            told.append(json.loads(message["data"]))
    key = (await node.steps(run))["slow"].key
    assert {each["key"] for each in told} == {key}
    done = [each["done"] for each in told]
    assert len(done) > 2
    assert done == sorted(done)


async def test_what_a_step_said_is_kept_as_content(node):
    async with node.worker():
        run = await node.run(recipe(step("talks", "chatty"), step("child", "tick", ["talks"])))
    (first, second) = (await node.steps(run)).values()
    assert await node.services.store.read(first.log) == b"the first line\nthe second line\n"
    assert await node.services.store.read(second.log) == b"ticked\n"
    assert first.log in {c.cid for c in await content.page(node.services.views, limit=100)}


async def test_slow_nodes_in_the_worker_do_not_keep_it_from_other_work(node, tmp_path):
    gate = tmp_path / "gate"
    slow = [step(f"s{n}", "gate", n=n, path=str(gate)) for n in range(30)]
    async with node.worker(cpu=40, io=2):
        await node.start(recipe(*slow, step("all", inputs=[each["id"] for each in slow])))
        held = "select count(*) = 30 from lease join execution using (key) where kind = 'step'"
        await node.until(lambda: node.services.views.pool.fetchval(held))
        assert (await node.run(recipe(step("quick", n=1000)))).state == "completed"
        gate.touch()


async def test_a_node_in_the_worker_that_takes_too_long_fails_and_frees_its_slot(node, tmp_path):
    async with node.worker(cpu=1, io=1):
        run = await node.run(recipe(step("stuck", "hasty", path=str(tmp_path / "never"))))
        assert (await node.run(recipe(step("next", n=1)))).state == "completed"
    assert (run.state, run.code) == ("failed", "timeout")


async def test_a_run_over_content_whose_probe_was_given_up_fails_and_says_why(node):
    cid = await node.store(b"text")
    await node.services.store.delete(cid)  # the disk lost it
    async with node.worker():
        run = await node.run(recipe(step("uses", inputs=["file"]), inputs=["file"]), {"file": cid})
        later = await node.run(
            recipe(step("uses", inputs=["file"], n=1), inputs=["file"]), {"file": cid}
        )
    for each in (run, later):
        assert each.state == "failed"
        assert each.message.startswith("probe failed: ")
        assert cid in each.message


async def test_a_worker_that_is_ended_records_what_it_has_made(node, tmp_path):
    gate = tmp_path / "gate"
    pool = node.services.views.pool
    async with node.worker() as worker:
        run_id = await node.start(recipe(step("last", "gate", n=1, path=str(gate))))
        await node.appears(Path(f"{gate}.started"))
        async with pool.acquire() as other, other.transaction():
            await other.execute("select log_lock()")  # nothing can be recorded meanwhile
            gate.touch()
            blocked = "select exists (select from pg_locks where not granted)"
            await node.until(lambda: pool.fetchval(blocked))
            worker.cancel()
            await asyncio.wait({worker}, timeout=0.3)
            assert await pool.fetchval("select count(*) from lease") == 1
        await asyncio.wait({worker})
        assert len(await node.facts(StepCompleted)) == 1
        assert await pool.fetchval("select count(*) from lease") == 0
    async with node.worker():
        assert (await node.ended(run_id)).state == "completed"
    assert len(await node.facts(StepCompleted)) == 1
