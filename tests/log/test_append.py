import asyncio

import asyncpg
import pytest

from l1.errors import Refused, Unavailable
from l1.events.event import Meta, new_event_id
from l1.events.run import RunCancelled, RunCompleted
from l1.events.tree import body_hash, leaf_hash
from l1.log.append import Appender
from l1.log.command import Command, Guard, NothingSince, Stale, StreamAt
from l1.log.read import Reader

META = Meta(actor="owner", origin="test")


def cancelled(run_id: str, **options: object) -> Command:
    return Command(facts=(RunCancelled(run_id=run_id),), meta=META, **options)


async def test_positions_and_versions_have_no_gaps(appender: Appender, reader: Reader) -> None:
    await asyncio.gather(*(appender.append(cancelled(f"r{i % 7}")) for i in range(200)))
    page = await reader.page(0)
    assert [r.position for r in page] == list(range(1, 201))
    for run in range(7):
        versions = [r.version for r in page if r.stream == f"run-r{run}"]
        assert versions == list(range(1, len(versions) + 1))
    assert [r.at for r in page] == sorted(r.at for r in page)


async def test_of_racing_appends_at_one_version_exactly_one_wins(appender: Appender) -> None:
    commands = [cancelled("r", conditions=(StreamAt(stream="run-r", version=0),)) for _ in range(9)]
    answers = await asyncio.gather(*map(appender.append, commands), return_exceptions=True)
    assert sum(isinstance(answer, Stale) for answer in answers) == 8


async def test_a_repeated_command_is_appended_once(appender: Appender, reader: Reader) -> None:
    command = cancelled("r")
    first = await appender.append(command)
    again = await asyncio.gather(*(appender.append(command) for _ in range(5)))
    assert {(a.first, a.last) for a in again} == {(first.first, first.last)}
    assert all(a.known for a in again)
    assert await reader.head() == 1


async def test_an_id_used_for_something_else_is_refused(appender: Appender) -> None:
    ids = (new_event_id(),)
    await appender.append(cancelled("r", ids=ids))
    with pytest.raises(Refused) as refused:
        await appender.append(cancelled("other", ids=ids))
    assert refused.value.code == "id_reused"


async def test_a_condition_sees_the_command_before_it_in_the_batch(appender: Appender) -> None:
    condition = NothingSince(tags=("run:r",), kinds=("run.cancelled",), after=0)
    commands = [cancelled("r"), cancelled("x", conditions=(condition,)), cancelled("y")]
    answers = await asyncio.gather(*map(appender.append, commands), return_exceptions=True)
    assert isinstance(answers[1], Stale)
    assert answers[2].first == answers[0].last + 1


async def test_appending_is_told_even_when_the_last_of_a_batch_is_refused(
    appender: Appender, database_url: str
) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    listener = await asyncpg.connect(database_url)
    try:
        await listener.add_listener("l1_log", lambda *told: heard.put_nowait(told[3]))
        stale = cancelled("r", conditions=(StreamAt(stream="run-r", version=9),))
        first, second = await asyncio.gather(
            appender.append(cancelled("r", conditions=(StreamAt(stream="run-r", version=0),))),
            appender.append(stale),
            return_exceptions=True,
        )
        assert isinstance(second, Stale)
        assert await asyncio.wait_for(heard.get(), 5) == str(first.last)
    finally:
        await listener.close()


async def test_closing_lets_what_was_asked_be_written(appender: Appender, reader: Reader) -> None:
    writers = [asyncio.create_task(appender.append(cancelled(f"r{i}"))) for i in range(700)]
    await asyncio.sleep(0)
    await appender.close()
    await asyncio.gather(*writers)
    assert await reader.head() == 700
    with pytest.raises(Unavailable):
        await appender.append(cancelled("late"))


async def test_what_the_database_cannot_take_fails_alone(
    appender: Appender, reader: Reader
) -> None:
    """One command of a batch that the database refuses as a whole."""
    broken = Command(facts=(RunCancelled(run_id="r"),), meta=META, guard=Guard(name="x", args={}))
    answers = await asyncio.gather(
        *(appender.append(c) for c in (cancelled("a"), broken, cancelled("b"))),
        return_exceptions=True,
    )
    assert isinstance(answers[1], asyncpg.UndefinedFunctionError)
    assert await reader.head() == 2


async def test_the_database_computes_the_leaf_that_python_does(
    appender: Appender, pool: asyncpg.Pool
) -> None:
    many = Command(
        facts=(RunCancelled(run_id="ü\n"), RunCompleted(run_id="b", output="c", provenance="d")),
        meta=META,
    )
    await asyncio.gather(appender.append(cancelled("r")), appender.append(many))
    for row in await pool.fetch("select * from event"):
        body = body_hash(
            row["event_id"], row["stream"], row["kind"], row["schema"],
            row["meta"].encode(), row["data"].encode(),
        )  # fmt: skip
        at_us = round(row["at"].timestamp() * 1_000_000)
        assert row["leaf"] == leaf_hash(row["position"], row["version"], at_us, body)


async def test_the_log_cannot_be_changed(appender: Appender, pool: asyncpg.Pool) -> None:
    await appender.append(cancelled("r"))
    for statement in ("update event set kind = ''", "delete from event", "truncate event"):
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            await pool.execute(statement)


async def test_a_backend_that_is_killed_loses_nothing_acknowledged(
    appender: Appender, pool: asyncpg.Pool, reader: Reader
) -> None:
    async def write(i: int) -> None:
        await appender.append(cancelled(f"r{i}"))

    writers = [asyncio.create_task(write(i)) for i in range(300)]
    for _ in range(3):
        await pool.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and query like '%log_append%' "
            "and pid <> pg_backend_pid()"
        )
        await asyncio.sleep(0.02)
    await asyncio.gather(*writers)
    assert await reader.head() == 300


async def test_what_a_caller_no_longer_waits_for_is_written_all_the_same(
    appender: Appender, pool: asyncpg.Pool, reader: Reader
) -> None:
    async with pool.acquire() as other, other.transaction():
        await other.execute("select log_lock()")  # lets the append begin, and not end
        lone = asyncio.create_task(appender.append(cancelled("lone")))
        while not await pool.fetchval("select exists (select from pg_locks where not granted)"):
            await asyncio.sleep(0)
        lone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await lone
    await appender.append(cancelled("next"))
    assert {each.stream for each in await reader.page(0)} == {"run-lone", "run-next"}
    await appender.close()


async def test_a_caller_who_gives_up_does_not_disturb_the_one_behind(
    appender: Appender, reader: Reader
) -> None:
    nothing = NothingSince(tags=("run:x",), kinds=("run.cancelled",), after=0)

    async def one_after_another() -> None:
        await appender.append(cancelled("batch", conditions=(nothing,)))
        await appender.append(cancelled("alone"))
        behind.append(asyncio.create_task(appender.append(cancelled("behind"))))
        given_up.append(asyncio.create_task(give_up(asyncio.current_task())))
        await appender.append(cancelled("given up"))

    async def give_up(task: asyncio.Task[None] | None) -> None:
        assert task is not None
        for _ in range(3):
            await asyncio.sleep(0)
        task.cancel()

    behind: list[asyncio.Task[object]] = []
    given_up: list[asyncio.Task[None]] = []
    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(one_after_another())
    await asyncio.gather(*behind, *given_up)
    await appender.close()
    assert [each.stream for each in await reader.page(0)][:2] == ["run-batch", "run-alone"]
    assert await reader.head() == 4
