"""What each fact does to the work, story by story; after each, the live rows are the log's fold."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from l1.log.append import Appender
from l1.log.command import Barred
from l1.work.rebuild import differences
from tests.work.shop import Shop, output_of, probe_of, token_of

DIAMOND = {"a": [], "l": ["a"], "r": ["a"], "z": ["l", "r"]}


@pytest.fixture
async def shop(appender: Appender, pool: asyncpg.Pool) -> AsyncIterator[Shop]:
    shop = Shop(appender, pool)
    yield shop
    assert await shop.is_a_fold()


async def test_a_diamond_runs_each_step_once_when_its_inputs_are_there(shop: Shop) -> None:
    await shop.start("r1", DIAMOND, "z")
    assert await shop.states() == {
        "plan:r1": "done", "a": "ready", "l": "waiting", "r": "waiting", "z": "waiting",
    }  # fmt: skip
    await shop.do("a")
    assert (await shop.states())["l"] == (await shop.states())["r"] == "ready"
    await shop.do("l")
    assert (await shop.states())["z"] == "waiting"
    await shop.do("r")
    assert "finish:r1" not in await shop.states()
    claimed = await shop.claim("z")
    assert claimed.inputs == {"l": output_of("l"), "r": output_of("r")}
    await shop.complete(claimed)
    assert await shop.finish("r1") == "completed"
    assert await shop.states() == dict.fromkeys("alrz", "done")
    assert await shop.work.run_states("r1") == {}


async def test_an_input_named_twice_is_waited_for_once(shop: Shop) -> None:
    await shop.start("r1", {"a": [], "z": ["a", "a"]}, "z")
    await shop.do("a", "z")
    assert await shop.finish("r1") == "completed"


async def test_a_failure_blocks_its_descendants_alone(shop: Shop) -> None:
    dag = {"a": [], "b": ["a"], "c": ["b"], "o": [], "p": ["o"], "z": ["c", "p"]}
    await shop.start("r1", dag, "z")
    await shop.fail(await shop.claim("a"), final=True)
    states = await shop.work.run_states("r1")
    assert states == {
        "plan:r1": "done", "a": "failed", "b": "blocked", "c": "blocked", "z": "blocked",
        "o": "open", "p": "open",
    }  # fmt: skip
    assert "finish:r1" not in await shop.states()
    await shop.do("o", "p")
    assert await shop.finish("r1") == "failed"
    assert (await shop.states())["b"] == "dropped"


async def test_a_failure_that_is_not_final_is_tried_again_later(shop: Shop) -> None:
    await shop.start("r1", {"a": []}, "a")
    await shop.fail(await shop.claim("a"), final=False)
    row = await shop.pool.fetchrow("select * from execution where key = 'a'")
    assert (row["state"], row["failures"]) == ("ready", 1)
    assert await shop.try_claim("a") is None
    at = await shop.pool.fetchval("select max(at) from event")
    assert (row["due"] - at).total_seconds() == 1
    assert (await shop.work.run_states("r1"))["a"] == "open"


async def test_runs_share_a_step_and_each_goes_on_when_it_is_done(shop: Shop) -> None:
    await shop.start("r1", {"a": [], "b": ["a"]}, "b")
    await shop.start("r2", {"a": [], "c": ["a"]}, "c")
    await shop.do("a")
    assert await shop.try_claim("a") is None
    await shop.do("b")
    assert await shop.finish("r1") == "completed"
    await shop.do("c")
    assert await shop.finish("r2") == "completed"


async def test_a_shared_step_that_fails_ends_both_runs(shop: Shop) -> None:
    await shop.start("r1", {"a": [], "b": ["a"]}, "b")
    await shop.start("r2", {"a": [], "c": ["a"]}, "c")
    await shop.fail(await shop.claim("a"), final=True)
    assert await shop.finish("r1") == await shop.finish("r2") == "failed"


async def test_cancelling_one_run_leaves_the_other_its_work(shop: Shop) -> None:
    await shop.start("r1", {"a": [], "b": ["a"]}, "b")
    await shop.start("r2", {"a": [], "c": ["a"]}, "c")
    a = await shop.claim("a")
    await shop.cancel("r1")
    assert await shop.leases.beat([token_of(a)]) == {a.token: False}
    states = await shop.states()
    assert (states["b"], states["c"]) == ("dropped", "waiting")
    await shop.complete(a)
    await shop.do("c")
    assert await shop.finish("r2") == "completed"


async def test_cancelling_the_last_run_tells_the_worker_and_drops_the_work(shop: Shop) -> None:
    await shop.start("r1", {"a": [], "b": ["a"]}, "b")
    a = await shop.claim("a")
    await shop.cancel("r1")
    assert await shop.leases.beat([token_of(a)]) == {a.token: True}
    await shop.leases.release(*token_of(a))
    assert await shop.states() == {"a": "dropped", "b": "dropped"}
    assert await shop.try_claim("a") is None


async def test_a_result_that_comes_after_the_cancelling_is_kept(shop: Shop) -> None:
    await shop.start("r1", {"a": [], "b": ["a"]}, "b")
    a = await shop.claim("a")
    await shop.cancel("r1")
    await shop.complete(a)
    assert await shop.states() == {"a": "done", "b": "dropped"}
    await shop.start("r2", {"a": [], "b": ["a"]}, "b")
    await shop.do("b")
    assert await shop.finish("r2") == "completed"


async def test_a_run_over_cannot_be_cancelled(shop: Shop) -> None:
    await shop.start("r1", {"a": []}, "a")
    await shop.cancel("r1")
    with pytest.raises(Barred):
        await shop.cancel("r1")


async def test_a_run_of_hits_alone_is_finished_at_once(shop: Shop) -> None:
    await shop.start("r1", DIAMOND, "z")
    await shop.do("a", "l", "r", "z")
    await shop.finish("r1")
    await shop.start("r2", DIAMOND, "z")
    assert await shop.work.run_states("r2") == {"plan:r2": "done", "z": "done"}
    assert await shop.finish("r2") == "completed"


async def test_deleted_results_are_made_again_when_they_are_wanted(shop: Shop) -> None:
    await shop.start("r1", DIAMOND, "z")
    await shop.do("a", "l", "r", "z")
    await shop.finish("r1")
    await shop.delete(output_of("l"))
    await shop.delete(output_of("z"))
    states = await shop.states()
    assert (states["l"], states["z"], states["r"]) == ("dropped", "dropped", "done")
    await shop.start("r2", DIAMOND, "z")
    assert (await shop.states())["z"] == "waiting"
    await shop.do("l", "z")
    assert await shop.finish("r2") == "completed"


async def test_what_a_live_run_uses_cannot_be_deleted(shop: Shop) -> None:
    await shop.start("r1", DIAMOND, "z")
    await shop.do("a")
    with pytest.raises(Barred):
        await shop.delete(output_of("a"))
    await shop.cancel("r1")
    await shop.delete(output_of("a"))
    assert (await shop.states())["a"] == "dropped"


async def test_a_hit_that_was_deleted_bars_the_plan(shop: Shop) -> None:
    await shop.start("r1", {"a": []}, "a")
    await shop.do("a")
    await shop.finish("r1")
    await shop.request("r2")
    outputs = await shop.work.outputs(["a"])
    await shop.delete(outputs["a"])
    shop.work = Remembering(outputs)
    with pytest.raises(Barred):
        await shop.plan("r2", {"a": [], "b": ["a"]}, "b")


class Remembering:
    """What somebody knew who looked before the deletion."""

    def __init__(self, outputs: dict[str, str]) -> None:
        self._outputs = outputs

    async def outputs(self, _keys: list[str]) -> dict[str, str]:
        return self._outputs


async def test_twenty_losses_quarantine_a_step_until_a_run_is_tried_again(shop: Shop) -> None:
    dag = {"a": [], "b": ["a"]}
    await shop.start("r1", dag, "b")
    for _ in range(20):
        assert (await shop.work.run_states("r1"))["a"] == "open"
        await shop.fall_silent(await shop.claim("a"))
    assert await shop.finish("r1") == "failed"
    await shop.start("r2", dag, "b")
    assert await shop.work.run_states("r2") == {"plan:r2": "done", "a": "failed", "b": "blocked"}
    assert await shop.finish("r2") == "failed"
    await shop.start("r3", dag, "b", retry=True)
    await shop.do("a", "b")
    assert await shop.finish("r3") == "completed"


async def test_a_step_that_failed_is_tried_again_by_the_next_run(shop: Shop) -> None:
    await shop.start("r1", {"a": [], "b": ["a"]}, "b")
    await shop.fail(await shop.claim("a"), final=True)
    await shop.finish("r1")
    await shop.start("r2", {"a": [], "b": ["a"]}, "b")
    await shop.do("a", "b")
    assert await shop.finish("r2") == "completed"


async def test_another_run_may_save_what_failed_for_one_that_still_goes_on(shop: Shop) -> None:
    """r1 has another branch in progress while r2 makes the failed step after all."""
    dag = {"a": [], "b": ["a"], "o": [], "z": ["b", "o"]}
    await shop.start("r1", dag, "z")
    await shop.fail(await shop.claim("a"), final=True)
    await shop.start("r2", {"a": [], "b": ["a"]}, "b")
    await shop.do("a", "b")
    assert await shop.finish("r2") == "completed"
    await shop.do("o")
    assert await shop.finish("r1") == "failed"


async def test_a_run_waits_for_the_probes_of_its_inputs(shop: Shop) -> None:
    await shop.store("c")
    await shop.request("r1", "c")
    assert await shop.states() == {probe_of("c"): "ready", "plan:r1": "waiting"}
    await shop.do(probe_of("c"))
    await shop.plan("r1", {"a": []}, "a")
    await shop.do("a")
    assert await shop.finish("r1") == "completed"


async def test_a_probe_that_is_given_up_ends_the_run(shop: Shop) -> None:
    await shop.store("c")
    await shop.request("r1", "c")
    await shop.fail(await shop.claim(probe_of("c")), final=True)
    assert await shop.work.run_states("r1") == {probe_of("c"): "failed", "plan:r1": "blocked"}
    assert await shop.finish("r1") == "failed"


async def test_a_run_on_content_whose_probe_was_given_up_before_ends_at_once(shop: Shop) -> None:
    await shop.store("c")
    await shop.fail(await shop.claim(probe_of("c")), final=True)
    await shop.request("r1", "c")
    assert await shop.finish("r1") == "failed"
    await shop.store("c")
    assert (await shop.states())[probe_of("c")] == "ready"


async def test_content_stored_again_is_probed_once(shop: Shop) -> None:
    await shop.store("c")
    await shop.do(probe_of("c"))
    await shop.store("c")
    assert (await shop.states())[probe_of("c")] == "done"
    await shop.delete("c")
    assert await shop.states() == {}
    await shop.store("c")
    assert (await shop.states())[probe_of("c")] == "ready"


async def test_an_input_that_a_run_waits_for_cannot_be_deleted(shop: Shop) -> None:
    await shop.store("c")
    await shop.request("r1", "c")
    with pytest.raises(Barred):
        await shop.delete("c")


async def test_a_plan_that_fails_for_good_ends_the_run(shop: Shop) -> None:
    await shop.request("r1")
    await shop.fail(await shop.claim("plan:r1"), final=True)
    assert await shop.finish("r1") == "failed"


async def test_a_run_cancelled_while_it_is_planned_is_not_planned(shop: Shop) -> None:
    await shop.request("r1")
    plan = await shop.claim("plan:r1")
    await shop.cancel("r1")
    with pytest.raises(Barred):
        await shop.complete(plan)
    assert await shop.states() == {}


async def test_the_holder_of_a_lost_lease_cannot_complete(shop: Shop) -> None:
    await shop.start("r1", {"a": []}, "a")
    late = await shop.claim("a")
    await shop.fall_silent(late)
    again = await shop.claim("a")
    assert again.losses == 1
    with pytest.raises(Barred):
        await shop.complete(late)
    await shop.complete(again)
    assert await shop.finish("r1") == "completed"


async def test_a_lease_renewed_in_time_is_not_lost(shop: Shop) -> None:
    await shop.start("r1", {"a": []}, "a")
    claimed = await shop.claim("a")
    await shop.pool.execute("update lease set until = now() - interval '1 second'")
    (overdue,) = await shop.leases.overdue()
    assert (overdue.key, overdue.token) == token_of(claimed)
    await shop.leases.beat([token_of(claimed)])
    assert await shop.leases.overdue() == []
    with pytest.raises(Barred):
        await shop.say_lost(claimed)
    await shop.complete(claimed)


async def test_a_changed_row_is_named_by_the_refold(appender: Appender, pool: asyncpg.Pool) -> None:
    shop = Shop(appender, pool)
    await shop.start("r1", {"a": []}, "a")
    await pool.execute("update execution set failures = 2 where key = 'a'")
    async with pool.acquire() as connection:
        assert await differences(connection) == ["execution key=a: failures is 2, the log says 0"]
        await connection.execute("delete from run_work")
        assert "run_work run_id=r1 key=a: is missing, the log has it" in await differences(
            connection
        )
