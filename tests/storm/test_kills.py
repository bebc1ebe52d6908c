"""Workers are killed, at random and where it hurts; nothing is lost and nothing counts twice."""

import contextlib
import os
import signal
import time

import pytest
import redis

from l1.actions.retry_run import retry_run
from l1.events.step import StepCompleted, StepFailed, StepLost
from tests.running.node import ME, grid, open_node, recipe, step
from tests.storm.storming import Pool, done, nap, passes, until_done

pytestmark = pytest.mark.storm
KILLS = int(os.environ.get("STORM_KILLS", "300"))
FLUSHES = int(os.environ.get("STORM_FLUSHES", "10"))
POINTS = (
    "after_claim",
    "mid_child",
    "after_cas_put",
    "before_commit",
    "after_commit_before_enqueue",
)
AIMED = int(os.environ.get("STORM_AIMED_KILLS", "20"))


async def test_a_storm_of_kills_and_an_emptied_redis(node):
    levels, width = 60, 25
    steps = levels * width + 1
    run_id = await node.start(grid(levels, width, ledger=node.ledger, seconds=0.05))
    began = time.monotonic()
    flushed = 0
    with (
        contextlib.closing(Pool(node, 4, {"cpu": 4, "io": 2})) as pool,
        redis.Redis.from_url(node.settings.redis_url) as client,
    ):
        await until_done(node, 1)
        # Spread over the whole plan: as many kills as there is progress.
        while (share := await done(node) / steps) < 1:
            if pool.kills < KILLS * share + 1:
                pool.kill_one()
            if flushed < FLUSHES * share:
                client.flushall()
                flushed += 1
            await nap(0.02, 0.3)
        run = await node.ended(run_id, seconds=120)
    seconds = f"{time.monotonic() - began:.0f}"
    await passes(node, "kill storm", steps, SIGKILLs=pool.kills, FLUSHALLs=flushed, seconds=seconds)
    assert run.state == "completed"
    assert len(node.executions()) == steps
    assert pool.kills >= KILLS
    assert flushed >= FLUSHES


@pytest.mark.parametrize("point", POINTS)
async def test_kills_aimed_at_a_point(node, point):
    effect = "tick" if point == "mid_child" else "noop"
    levels, width = 40, 4
    steps = levels * width + 1
    began = time.monotonic()
    kills = 0
    with (
        contextlib.closing(Pool(node, 1, {"cpu": 1, "io": 2})),
        contextlib.closing(
            Pool(node, 3, {"cpu": 1, "io": 1}, {"ARTDAG_FAILPOINT": point})
        ) as doomed,
    ):
        number = 0
        while kills < AIMED:
            # A sane worker goes on beside them, so that no step meets only the doomed.
            number += 1
            run_id = await node.start(
                grid(levels, width, effect, seconds=0.15, times=number, **ledger(node, effect))
            )
            while kills < AIMED and not await over(node, run_id):
                kills += doomed.replace_dead()
                await nap(0.05, 0.1)
            if kills >= AIMED:
                doomed.environment = {}
            while not await over(node, run_id):
                doomed.replace_dead()
                await nap(0.1, 0.2)
            assert (await node.ended(run_id)).state == "completed"
    await passes(
        node,
        f"aimed kills: {point}",
        steps * number,
        SIGKILLs=kills,
        seconds=f"{time.monotonic() - began:.0f}",
    )


def ledger(node, effect):
    """A sandboxed child cannot write a ledger."""
    return {} if effect == "tick" else {"ledger": node.ledger}


async def over(node, run_id) -> bool:
    query = "select count(*) = 0 from run_work where run_id = $1"
    return await node.services.views.pool.fetchval(query, run_id)


async def test_a_zombie_that_wakes_after_its_lease_changes_nothing(node, tmp_path):
    gate = tmp_path / "gate"
    zombie = node.process()
    run_id = await node.start(
        recipe(step("held", "gate", n=1, ledger=node.ledger, path=str(gate)), step("end", n=2, inputs=["held"], ledger=node.ledger))
    )  # fmt: skip
    await node.appears(tmp_path / "gate.started", seconds=60)
    zombie.send_signal(signal.SIGSTOP)
    gate.touch()
    async with node.worker():
        run = await node.ended(run_id)
        head = await node.services.reader.head()
        zombie.send_signal(signal.SIGCONT)
        # It lives on: with the other gone, it is the one who works.
    after = await node.run(recipe(step("later", n=3)))
    assert (run.state, after.state) == ("completed", "completed")
    kinds = [r.event.kind async for r in node.services.reader.everything(head)]
    assert kinds.count("step.completed") == 1, "only the later step"
    (lost,) = await node.facts(StepLost)
    assert node.executions() == {1: 2, 2: 1}
    assert zombie.poll() is None
    completed = await node.facts(StepCompleted)
    assert completed[0].worker != lost.worker
    assert len(completed) == 3


async def test_a_poison_step_is_quarantined_and_released_by_a_retry(
    tmp_path, database_url, redis_url
):
    async with open_node(tmp_path, database_url, redis_url, ARTDAG_LEASE_SECONDS="1") as node:
        antidote = tmp_path / "antidote"
        others = [step(f"good{n}", n=n, ledger=node.ledger, seconds=0.05) for n in range(1, 21)]
        poison = step("poison", "poison", n=100, ledger=node.ledger, path=str(antidote))
        written = recipe(
            *others, poison, step("end", inputs=["poison", *(o["id"] for o in others)], n=101)
        )
        began = time.monotonic()
        with contextlib.closing(Pool(node, 2, {"cpu": 1, "io": 1})) as pool:
            deaths = 0
            run_id = await node.start(written)
            while not await over(node, run_id):
                deaths += pool.replace_dead()
                await nap(0.02, 0.05)
            run = await node.ended(run_id)
            assert run.state == "failed"
            assert run.code == "quarantined"
            assert "poison" in run.message
            states = {name: each.state for name, each in (await node.steps(run)).items()}
            assert {states[each["id"]] for each in others} == {"completed"}
            assert states["end"] == "blocked"
            assert node.executions()[100] == 20
            lost = await node.facts(StepLost)
            assert [fact.final for fact in lost if fact.losses == 20] == [True]
            # A new run does not set it free; asking for it by a retry does.
            second = await node.run(written)
            assert (second.state, second.code) == ("failed", "quarantined")
            assert node.executions()[100] == 20
            antidote.touch()
            pool.replace_dead()
            again = await retry_run(node.services, ME, run_id)
            await node.services.views.wait_for("runs", again.position)
            assert (await node.ended(again.run_id)).state == "completed"
        assert await node.facts(StepFailed) == []
        await passes(
            node, "poison step", 22, deaths=deaths, seconds=f"{time.monotonic() - began:.0f}"
        )
