"""Steps that are rendered in parts, story by story; after each, the live rows are the log's fold."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import asyncpg
import pytest

from l1.content.cid import Cid
from l1.events.content import ContentCorrupted
from l1.events.run import PlannedStep, RunPlanned, StepPlanned
from l1.events.step import Segment, SegmentsRendered, StepSplit
from l1.log.append import Appender
from l1.log.command import Barred, Guard
from l1.work.leases import Claimed
from tests.work.shop import Shop, held, output_of, piece_of, token_of

DAG = {"a": [], "z": ["a"]}


@pytest.fixture
async def shop(appender: Appender, pool: asyncpg.Pool) -> AsyncIterator[Shop]:
    shop = Shop(appender, pool)
    yield shop
    assert await shop.is_a_fold()
    assert await parts(shop) == []


async def parts(shop: Shop) -> list[str]:
    """Name the parts that are left, and what still says that a step is split."""
    rows = await shop.pool.fetch(
        "select key from execution where kind = 'part' or spec like '%\"split\"%' union "
        "select key from execution_input where input_key like 'part:%'"
    )
    return [row["key"] for row in rows]


async def pieces(shop: Shop) -> set[str]:
    rows = await shop.pool.fetch(
        "select key from execution where kind = 'segment' and state = 'done'"
    )
    return {row["key"] for row in rows}


async def split(shop: Shop, run: str = "r1", *, count: int = 2) -> list[str]:
    """Start a run and split its first step into parts of two segments."""
    await shop.start(run, DAG, "z")
    return await shop.split(await shop.claim("a"), *((n * 2, n * 2 + 2) for n in range(count)))


async def test_a_step_waits_for_its_parts_and_then_joins_them(shop: Shop) -> None:
    first, second = await split(shop)
    assert await shop.states() == {
        "plan:r1": "done", "a": "waiting", "z": "waiting", first: "ready", second: "ready",
    }  # fmt: skip
    assert await shop.try_claim("a") is None
    await shop.do(second)
    assert (await shop.states())["a"] == "waiting"
    await shop.do(first)
    joining = await shop.claim("a")
    assert joining.spec["split"]["segments"] == [piece_of("a", n) for n in range(4)]
    assert await pieces(shop) == {piece_of("a", n) for n in range(4)}
    await shop.complete(joining)
    assert (await shop.states())["z"] == "ready"
    await shop.do("z")
    assert await shop.finish("r1") == "completed"


async def test_parts_come_in_order_and_before_what_was_wanted_later(shop: Shop) -> None:
    made = await split(shop, count=3)
    await shop.start("r2", {"b": []}, "b")
    claims = [await shop.leases.claim("cpu") for _ in range(4)]
    assert [each.key for each in claims if each] == [*made, "b"]
    for claimed in claims:
        await shop.complete(claimed)
    await shop.do("a", "z")


async def test_what_has_to_be_there_before_is_there_for_parts_too(shop: Shop) -> None:
    dag = {"o": [], "a": ["o"]}
    await shop.start("r1", dag, "a")
    await shop.do("o")
    made = await shop.split(await shop.claim("a"), (0, 1), (1, 2))
    wanted = await shop.work.wanted("a")
    assert wanted is not None
    assert wanted[1]["o"] == output_of("o")
    await shop.do(*made)
    assert (await shop.claim("a")).inputs["o"] == output_of("o")
    await shop.cancel("r1")


async def test_segments_are_there_as_soon_as_they_are_recorded(shop: Shop) -> None:
    first, second = await split(shop)
    claimed = await shop.claim(first)
    await shop.render(claimed, 0)
    assert await pieces(shop) == {piece_of("a", 0)}
    assert await shop.work.outputs([piece_of("a", 0)]) == {piece_of("a", 0): "out-piece-0"}
    await shop.render(claimed, 1)
    await shop.render(claimed, 1)
    await shop.complete(claimed)
    await shop.do(second, "a", "z")
    assert await shop.finish("r1") == "completed"


async def test_a_lost_part_is_taken_up_by_another_and_the_loser_is_barred(shop: Shop) -> None:
    first, second = await split(shop)
    late = await shop.claim(first)
    await shop.render(late, 0)
    await shop.fall_silent(late)
    again = await shop.claim(first)
    with pytest.raises(Barred):
        await shop.render(late, 1)
    with pytest.raises(Barred):
        await shop.complete(late)
    assert await pieces(shop) == {piece_of("a", 0)}
    await shop.render(again, 1)
    await shop.complete(again)
    await shop.do(second, "a", "z")


async def test_a_guard_that_holds_leaves_the_lease_as_it_is(shop: Shop) -> None:
    first, _ = await split(shop)
    claimed = await shop.claim(first)
    for _ in range(2):
        await shop.render(claimed, 0)
        assert await shop.leases.beat([token_of(claimed)]) == {claimed.token: False}
    await shop.cancel("r1")
    await shop.render(claimed, 1)  # what is made is made
    assert await shop.leases.beat([token_of(claimed)]) == {claimed.token: True}
    await shop.leases.release(*token_of(claimed))
    with pytest.raises(Barred):
        await shop.render(claimed, 1)


async def test_a_part_that_is_given_up_fails_its_step_and_ends_the_others(shop: Shop) -> None:
    first, second = await split(shop)
    other = await shop.claim(second)
    await shop.fail(await shop.claim(first), final=True)
    assert await shop.work.run_states("r1") == {"plan:r1": "done", "a": "failed", "z": "blocked"}
    assert await shop.leases.beat([token_of(other)]) == {other.token: True}
    await shop.leases.release(*token_of(other))
    assert await shop.finish("r1") == "failed"


async def test_a_part_that_fails_is_tried_again_later(shop: Shop) -> None:
    first, second = await split(shop)
    await shop.fail(await shop.claim(first), final=False)
    assert await shop.try_claim(first) is None
    assert (await shop.states())["a"] == "waiting"
    await shop.pool.execute("update execution set due = '-infinity' where key = $1", first)
    claimed = await shop.claim(first)
    assert claimed.attempt == 2
    await shop.complete(claimed)
    await shop.do(second, "a", "z")


async def test_a_retry_after_a_failed_part_makes_only_what_is_missing(shop: Shop) -> None:
    first, second = await split(shop)
    await shop.do(first)
    await shop.fail(await shop.claim(second), final=True)
    await shop.finish("r1")
    await shop.start("r2", DAG, "z", retry=True)
    there = await shop.work.outputs([piece_of("a", n) for n in range(4)])
    assert len(there) == 2
    (only,) = await shop.split(await shop.claim("a"), (2, 4), hits=there)
    assert only not in (first, second)
    await shop.do(only, "a", "z")
    assert await shop.finish("r2") == "completed"


async def test_a_part_lost_twenty_times_quarantines_its_step(shop: Shop) -> None:
    first, _ = await split(shop)
    for _ in range(20):
        assert (await shop.work.run_states("r1"))["a"] == "open"
        await shop.fall_silent(await shop.claim(first))
    assert await shop.finish("r1") == "failed"
    await shop.start("r2", DAG, "z")
    assert (await shop.work.run_states("r2"))["a"] == "failed", "not by any new run"
    assert await shop.finish("r2") == "failed"
    await shop.start("r3", DAG, "z", retry=True)
    await shop.do(*await shop.split(await shop.claim("a"), (0, 2)), "a", "z")
    assert await shop.finish("r3") == "completed"


async def test_cancelling_the_run_stops_its_parts(shop: Shop) -> None:
    first, _ = await split(shop)
    claimed = await shop.claim(first)
    await shop.cancel("r1")
    assert await shop.leases.beat([token_of(claimed)]) == {claimed.token: True}
    assert await shop.states() == {"a": "dropped", "z": "dropped"}
    assert await shop.leases.claim("cpu") is None
    await shop.complete(claimed)
    assert await pieces(shop) == {piece_of("a", 0), piece_of("a", 1)}


async def test_a_part_let_go_of_can_fail_no_step_that_was_wanted_again(shop: Shop) -> None:
    first, _ = await split(shop)
    late = await shop.claim(first)
    await shop.cancel("r1")
    made = await split(shop, "r2")
    await shop.fail(late, final=True)
    assert (await shop.work.run_states("r2"))["a"] == "open"
    await shop.do(*made, "a", "z")
    assert await shop.finish("r2") == "completed"


async def test_runs_that_share_a_split_step_both_go_on(shop: Shop) -> None:
    made = await split(shop)
    await shop.start("r2", {"a": [], "y": ["a"]}, "y")
    claimed = await shop.claim(made[0])
    await shop.cancel("r1")
    assert await shop.leases.beat([token_of(claimed)]) == {claimed.token: False}
    await shop.complete(claimed)
    await shop.do(made[1], "a", "y")
    assert await shop.finish("r2") == "completed"


async def test_a_run_that_comes_when_all_but_the_joining_is_done_joins(shop: Shop) -> None:
    made = await split(shop)
    await shop.do(*made)
    await shop.start("r2", {"a": [], "y": ["a"]}, "y")
    await shop.do("a", "z", "y")
    assert await shop.finish("r1") == await shop.finish("r2") == "completed"


async def test_a_step_cannot_be_split_over_a_piece_that_was_deleted(shop: Shop) -> None:
    made = await split(shop)
    await shop.do(*made, "a", "z")
    await shop.finish("r1")
    there = await shop.work.outputs([piece_of("a", n) for n in range(4)])
    for cid in (output_of("a"), output_of("z"), there[piece_of("a", 1)]):
        await shop.delete(cid)
    await shop.start("r2", DAG, "z")
    claimed = await shop.claim("a")
    with pytest.raises(Barred):
        await shop.split(claimed, (2, 4), hits=there)
    left = await shop.work.outputs(list(there))
    assert set(there) - set(left) == {piece_of("a", 1)}
    (only,) = await shop.split(claimed, (1, 2), hits=left)
    await shop.do(only, "a", "z")
    assert await shop.finish("r2") == "completed"


async def test_a_piece_is_gone_with_the_header_that_it_goes_with(shop: Shop) -> None:
    first, second = await split(shop)
    keys = [piece_of("a", n) for n in range(3)]
    headers = ["h", "h", "other"]
    segments = tuple(
        Segment(key=key, output=output_of(key), size=1, header=Cid(header))
        for key, header in zip(keys, headers, strict=True)
    )
    fact = SegmentsRendered(step="a", part=first, segments=segments, attempt=1, worker="w")
    await shop.say(fact)
    await shop.delete("h")
    assert await pieces(shop) == {keys[2]}
    await shop.say(fact, ContentCorrupted(cid=Cid("other"), found="missing"))
    assert await pieces(shop) == set(keys[:2])
    await shop.do(first, second, "a", "z")


async def test_a_step_that_misses_a_piece_when_it_joins_is_split_again(shop: Shop) -> None:
    made = await split(shop)
    await shop.do(*made)
    await shop.delete(output_of(piece_of("a", 2)))
    (only,) = await shop.split(await shop.claim("a"), (2, 3))
    assert set(await parts(shop)) == {"a", only}
    await shop.do(only, "a", "z")


async def test_a_split_whose_run_was_cancelled_meanwhile_makes_no_parts(shop: Shop) -> None:
    await shop.start("r1", DAG, "z")
    claimed = await shop.claim("a")
    await shop.cancel("r1")
    await shop.split(claimed, (0, 2))
    assert await shop.states() == {"a": "dropped", "z": "dropped"}


async def test_a_step_whose_pieces_are_all_there_is_split_and_joined_in_one_attempt(
    shop: Shop,
) -> None:
    await shop.do(*await split(shop), "a", "z")
    await shop.finish("r1")
    there = await shop.work.outputs([piece_of("a", n) for n in range(4)])
    await shop.start("r2", {"b": []}, "b")
    claimed = await shop.claim("b")
    fact = StepSplit(
        key="b", frames=200, segment_frames=50, rate_num=25, rate_den=1, segments=tuple(there),
        parts=(), started_us=0,
    )  # fmt: skip
    hits = [{"key": key, "output": output} for key, output in there.items()]
    guard = Guard(name="join", args={**held(claimed).args, "hits": hits})
    await shop.say(fact, guard=guard)
    assert (await shop.states())["b"] == "running"
    await shop.delete(output_of(piece_of("a", 2)))
    with pytest.raises(Barred):
        await shop.say(fact, guard=guard)
    await shop.complete(claimed)
    assert await shop.finish("r2") == "completed"


async def test_an_input_that_is_lost_and_made_again_does_not_count_twice(shop: Shop) -> None:
    dag = {"i": [], "j": [], "a": ["i"], "t": ["i", "j"], "z": ["a", "t"]}
    lost = ContentCorrupted(cid=output_of("i"), found="missing")
    await shop.start("r1", dag, "z")
    await shop.do("i")
    first, second = await shop.split(await shop.claim("a"), (0, 2), (2, 4))
    await shop.say(lost)
    await shop.start("r2", {"i": []}, "i")
    await shop.do("i", first)
    assert await shop.try_claim("a") is None, "its second part is not done"
    assert await shop.try_claim("t") is None, "j is not done"
    await shop.do(second, "j", "a")
    await shop.cancel("r1")
    await shop.say(lost)
    await shop.start("r3", dag, "t", retry=True)
    assert await shop.try_claim("t") is None, "it is wanted anew, and i is not there"
    await shop.do("i", "t")
    assert await shop.finish("r3") == "completed"


async def test_segments_are_no_work(shop: Shop) -> None:
    """They are done from the beginning on, and nobody serves their queue."""
    await shop.do(*await split(shop), "a", "z")
    await shop.finish("r1")
    assert await shop.work.counts() == {("cpu", "done"): 2}
    assert await shop.work.pieces([piece_of("a", 3)]) == {
        piece_of("a", 3): {
            "key": piece_of("a", 3),
            "output": output_of(piece_of("a", 3)),
            "size": 1,
        }
    }


async def test_claims_completions_and_cancellings_of_parts_do_not_deadlock(
    shop: Shop,
) -> None:
    for turn in range(6):
        run = f"r{turn}"
        await shop.start(run, DAG, "z")
        numbers = [(n, n + 1) for n in range(30)]
        made = await shop.split(await shop.claim("a"), *numbers)
        claims = [await shop.claim(key) for key in made[:20]]

        async def record(claimed: Claimed) -> None:
            with contextlib.suppress(Barred):
                await shop.complete(claimed)

        async def beat(held: list[Claimed]) -> None:
            for _ in range(5):
                await shop.leases.beat([token_of(each) for each in held])
                await shop.leases.claim("cpu")

        completing = [record(each) for each in claims]
        await asyncio.gather(*completing, beat(claims), shop.cancel(run), beat(claims))
        await shop.leases.release_all()
    found = await shop.pool.fetchval(
        "select deadlocks from pg_stat_database where datname = current_database()"
    )
    assert found == 0


async def test_a_film_of_hours_is_split_over_its_pieces_in_no_time(shop: Shop) -> None:
    """Nobody can append meanwhile."""
    await shop.start("r1", DAG, "z")
    (only,) = await shop.split(await shop.claim("a"), (0, 7200))
    await shop.do(only)
    there = await shop.work.outputs([piece_of("a", n) for n in range(7200)])
    assert len(there) == 7200
    began = time.monotonic()
    (again,) = await shop.split(await shop.claim("a"), (7199, 7200), hits=there)
    assert time.monotonic() - began < 2
    await shop.do(again, "a", "z")


async def test_the_pieces_of_a_sound_are_found_in_order_however_words_are_sorted(
    shop: Shop,
) -> None:
    (only,) = await split(shop, count=1)
    keys = [f"s0:{n:05d}" for n in (2, 0, 11, 1)] + ["s0", "s00:00000", "s", "s0;1"]
    segments = tuple(Segment(key=key, output=Cid(f"out-{key}"), size=1) for key in keys)
    await shop.say(SegmentsRendered(step="a", part=only, segments=segments, attempt=1, worker="w"))
    found = [piece["key"] for piece in await shop.work.pieces_of("s0")]
    assert found == ["s0:00000", "s0:00001", "s0:00002", "s0:00011"]
    await shop.do(only, "a", "z")


async def test_what_is_wanted_already_can_be_watched_by_who_comes_later(shop: Shop) -> None:
    await shop.start("r1", DAG, "z")
    await shop.request("r2")
    planning = await shop.claim("plan:r2")
    streamed = PlannedStep(
        id="a", key="a", queue="cpu", level=0, inputs=(), spec={"streamed": True}
    )
    planned = RunPlanned(
        run_id="r2", plan=Cid("p"), plan_id="p", run_key="a", output_key="a", steps=1, cached=0,
        levels=1,
    )  # fmt: skip
    await shop.say(StepPlanned(run_id="r2", steps=(streamed,)), planned, guard=held(planning))
    claimed = await shop.claim("a")
    assert claimed.spec == {"streamed": True}
    made = await shop.split(claimed, (0, 2))
    await shop.do(*made, "a", "z")
