import asyncio
from functools import partial

import redis.asyncio

from l1.web.live import Live
from l1.workers.progress import CHANNEL
from l1.workers.watching import progress

GOOD = b'{"key": "k", "done": 1, "total": 2}'


async def test_what_nobody_understands_does_not_end_the_listening(redis_url):
    async with (
        asyncio.timeout(30),
        redis.asyncio.Redis.from_url(redis_url) as client,
        Live(partial(progress, redis_url)) as live,
    ):
        while not await client.publish(CHANNEL, b"{"):
            await asyncio.sleep(0.01)
        for nonsense in (b"[]", b'{"key": 1, "done": 1e999, "total": 1}', b"\xff", b"[" * 10**5):
            assert await client.publish(CHANNEL, nonsense) == 1, "the listening went on"
        assert await client.publish(CHANNEL, GOOD) == 1
        while live.newest("k") is None:
            await asyncio.sleep(0.01)
        assert live.newest("k") == (1, 2)


async def test_progress_that_cannot_be_is_not_told():
    heard = asyncio.Event()

    async def watch():
        for done, total in ((-1, 2), (3, 2), (1, 2**64)):
            yield "odd", done, total
        yield "even", 1, 2
        heard.set()

    async with asyncio.timeout(10), Live(watch) as live:
        await heard.wait()
        assert live.newest("odd") is None
        assert live.newest("even") == (1, 2)
