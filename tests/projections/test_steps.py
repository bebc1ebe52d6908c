"""What is told of a step is what the workers will do with it."""

import pytest

from l1.actions.delete_content import delete_content
from l1.actions.finish_step import LOSSES, lose_step
from l1.actions.retry_run import retry_run
from l1.projections import runs, steps
from l1.work.leases import Leases
from tests.running.fixtures import node
from tests.running.node import ME, recipe, step

__all__ = ["node"]


@pytest.fixture
def chain(node):
    return recipe(step("one", n=1), step("two", n=2, inputs=["one"]))


async def planned(node, run_id):
    """Have the run planned, and as much of it done as needs no rendering."""
    asked = "select state = 'done' from execution where key = $1"
    over = "select not exists (select 1 from run_work where run_id = $1)"
    pool = node.services.views.pool

    async def is_planned():
        done = await pool.fetchval(asked, f"plan:{run_id}")
        return done or await pool.fetchval(over, run_id)

    async with node.worker(io=2):
        await node.until(is_planned)


async def told(node, run_id):
    await node.services.views.wait_for("steps", await node.services.reader.head())
    run = await runs.get(node.services.views, run_id)
    return {name: each.state for name, each in (await node.steps(run)).items()}


async def quarantine(node, key):
    """Lose so many workers over a step that it is given up."""
    leases = Leases(node.services.views.pool, worker="w", ttl=0)
    for _ in range(LOSSES):
        assert await leases.claim("cpu", key)
        (overdue,) = await leases.overdue()
        await lose_step(node.services, ME, overdue)


async def test_a_quarantined_step_is_given_up_in_every_run_until_one_is_tried_again(node, chain):
    first = await node.start(chain)
    await planned(node, first)
    assert await told(node, first) == {"one": "pending", "two": "pending"}
    (one, _) = await steps.of_run(node.services.views, first, "running")
    await quarantine(node, one.key)
    assert await told(node, first) == {"one": "failed", "two": "blocked"}
    second = await node.start(chain)
    async with node.worker(io=2):
        ended = await node.ended(second)
    assert (ended.state, ended.code) == ("failed", "quarantined")
    assert await told(node, second) == {"one": "failed", "two": "blocked"}
    again = await retry_run(node.services, ME, second)
    await node.services.views.wait_for("runs", again.position)
    await planned(node, again.run_id)
    third = await node.start(chain)
    await planned(node, third)
    for run_id in (again.run_id, third):
        assert await told(node, run_id) == {"one": "pending", "two": "pending"}
    assert await told(node, second) == {"one": "failed", "two": "blocked"}, "it is over"
    async with node.worker():
        assert (await node.ended(third)).state == "completed"
        assert (await node.ended(again.run_id)).state == "completed"
    assert await told(node, third) == {"one": "completed", "two": "completed"}


async def test_a_result_that_was_deleted_is_pending_again_where_it_is_planned_anew(node, chain):
    async with node.worker():
        run = await node.run(chain)
    (one,) = [each for name, each in (await node.steps(run)).items() if name == "one"]
    await delete_content(node.services, ME, one.output)
    other = await node.start(recipe(step("one", n=1), step("three", n=3, inputs=["one"])))
    await planned(node, other)
    assert await told(node, other) == {"one": "pending", "three": "pending"}
    counted = await steps.counts(node.services.views, [run.run_id, other])
    assert counted == {run.run_id: 2}
    assert await told(node, run.run_id) == {"one": "completed", "two": "completed"}
    async with node.worker():
        assert (await node.ended(other)).state == "completed"
    assert await told(node, other) == {"one": "completed", "three": "completed"}
