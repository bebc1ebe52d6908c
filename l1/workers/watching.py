"""Hears the progress that workers tell, for whoever watches right now."""

import contextlib
import json
from collections.abc import AsyncIterator

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from l1.workers.progress import CHANNEL

_log = structlog.get_logger("l1.workers")
_NONSENSE = (ValueError, TypeError, LookupError, ArithmeticError, RecursionError)
"""How reading a message fails."""


async def progress(redis_url: str) -> AsyncIterator[tuple[str, int, int]]:
    """Give (step key, done, total) as it is told; ends when Redis is away, for it is lossy."""
    redis = Redis.from_url(redis_url)
    try:
        with contextlib.suppress(RedisError, OSError):
            async with redis.pubsub() as channel:
                await channel.subscribe(CHANNEL)
                async for message in channel.listen():
                    if message["type"] == "message":
                        told = _read(message["data"])
                        if told is not None:
                            yield told
    finally:
        await redis.aclose()


def _read(data: bytes) -> tuple[str, int, int] | None:
    """Read one message; None, and a line in the log, for what no worker of ours has sent."""
    try:
        told = json.loads(data)
        return str(told["key"]), int(told["done"]), int(told["total"])
    except _NONSENSE as error:
        _log.warning("progress_not_understood", error=type(error).__name__)
        return None
