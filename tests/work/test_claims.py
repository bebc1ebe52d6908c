"""Claims from many connections."""

import asyncio

import asyncpg

from l1.log.append import Appender
from l1.work.leases import Claimed, Leases
from tests.work.shop import Shop, token_of

WORKERS = 12
STEPS = {f"s{i:02}": [] for i in range(60)}
ALL = {**STEPS, "z": list(STEPS)}


async def test_no_execution_is_given_to_two_holders(
    appender: Appender, pool: asyncpg.Pool, database_url: str
) -> None:
    """Each worker claims, completes or gives back, and claims again, as fast as it can."""
    shop = Shop(appender, pool)
    await shop.start("r1", ALL, "z")
    holding: set[str] = set()
    done: list[str] = []

    async def work(leases: Leases, number: int) -> None:
        turn = number
        while (claimed := await leases.claim("cpu")) is not None:
            assert claimed.key not in holding
            holding.add(claimed.key)
            await asyncio.sleep(0)
            holding.remove(claimed.key)
            turn += 1
            if turn % 5 == 0:
                await leases.release(*token_of(claimed))
            else:
                await shop.complete(claimed)
                done.append(claimed.key)

    async with asyncpg.create_pool(database_url, min_size=WORKERS, max_size=WORKERS) as many:
        leases = [Leases(many, worker=f"w{i}", ttl=60) for i in range(WORKERS)]
        await asyncio.gather(*(work(each, i) for i, each in enumerate(leases)))
        await work(leases[0], 0)
    assert sorted(done) == sorted(ALL)
    assert await shop.finish("r1") == "completed"
    assert await shop.is_a_fold()


async def test_all_that_is_ready_is_given_at_once_and_in_order(
    appender: Appender, pool: asyncpg.Pool
) -> None:
    shop = Shop(appender, pool)
    await shop.start("r1", ALL, "z")
    ready = await shop.leases.ready("cpu", 100)
    assert ready == sorted(STEPS)
    claims = await asyncio.gather(*(shop.leases.claim("cpu") for _ in range(8)))
    keys = [claimed.key for claimed in claims if isinstance(claimed, Claimed)]
    assert len(set(keys)) == 8
    assert await shop.leases.ready("cpu", 100) == sorted(set(STEPS) - set(keys))


async def test_an_earlier_level_and_an_earlier_run_come_first(
    appender: Appender, pool: asyncpg.Pool
) -> None:
    shop = Shop(appender, pool)
    await shop.start("r1", {"a": [], "b": ["a"]}, "b")
    await shop.do("a")
    await shop.start("r2", {"c": []}, "c")
    order = [await shop.leases.claim("cpu") for _ in range(3)]
    assert [claimed.key if claimed else None for claimed in order] == ["c", "b", None]


async def test_heartbeats_completions_and_claims_do_not_deadlock(
    appender: Appender, pool: asyncpg.Pool
) -> None:
    """A worker renews all it holds at once while results of the same work are being recorded."""
    shop = Shop(appender, pool)
    await shop.start("r1", ALL, "z")
    held = [claimed for _ in STEPS if (claimed := await shop.leases.claim("cpu"))]
    completing = asyncio.gather(*(shop.complete(claimed) for claimed in reversed(held)))
    while not completing.done():
        await shop.leases.beat([token_of(claimed) for claimed in held])
        await shop.leases.claim("cpu")
    await completing
    assert (
        await pool.fetchval(
            "select deadlocks from pg_stat_database where datname = current_database()"
        )
        == 0
    )


async def test_a_worker_that_leaves_gives_all_back(appender: Appender, pool: asyncpg.Pool) -> None:
    shop = Shop(appender, pool)
    await shop.start("r1", ALL, "z")
    for _ in range(3):
        await shop.leases.claim("cpu")
    await Leases(pool, worker="other", ttl=60).claim("cpu")
    await shop.leases.release_all()
    assert await pool.fetchval("select array_agg(worker) from lease") == ["other"]
    assert len(await shop.leases.ready("cpu", 100)) == len(STEPS) - 1
