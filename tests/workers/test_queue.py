"""Tokens: each is taken once, however long its work lasts."""

import asyncio
import contextlib
import logging

from l1.workers.queue import TokenQueue


async def test_a_token_whose_work_lasts_long_is_not_taken_again(redis_url, caplog):
    """Arq holds a token for a set time; work that outlasts it kept a second slot for itself."""
    begun: list[str] = []
    ended = asyncio.Event()

    async def work(token: str) -> None:
        begun.append(token)
        await ended.wait()

    with caplog.at_level(logging.ERROR):
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(2):
                queue = TokenQueue(redis_url, "cpu", slots=2, work=work, held_s=0.6)
                serving = asyncio.create_task(queue.serve())
                stack.push_async_callback(_over, queue, serving)
            await queue.offer(["long"])
            async with asyncio.timeout(10):
                while not begun:
                    await asyncio.sleep(0.01)
            # What is tested is that nothing happens while several times the hold goes by.
            await asyncio.sleep(2)
            assert begun == ["long"]
            ended.set()
            await queue.offer(["short"])
            async with asyncio.timeout(10):
                while "short" not in begun:
                    await asyncio.sleep(0.01)
    assert not caplog.records


async def _over(queue: TokenQueue, serving: "asyncio.Task[None]") -> None:
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    await queue.close()
