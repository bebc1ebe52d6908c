"""Hears the progress that workers tell, for whoever watches right now."""

import contextlib
import json
from collections.abc import AsyncIterator

from redis.asyncio import Redis
from redis.exceptions import RedisError

from l1.workers.progress import CHANNEL


async def progress(redis_url: str) -> AsyncIterator[tuple[str, int, int]]:
    """Give (step key, done, total) as it is told; ends when Redis is away, for it is lossy."""
    redis = Redis.from_url(redis_url)
    try:
        with contextlib.suppress(RedisError, OSError):
            async with redis.pubsub() as channel:
                await channel.subscribe(CHANNEL)
                async for message in channel.listen():
                    if message["type"] == "message":
                        told = json.loads(message["data"])
                        yield str(told["key"]), int(told["done"]), int(told["total"])
    finally:
        await redis.aclose()
