"""Passes progress on, to whoever watches right now. It is lossy on purpose, and never a fact."""

import asyncio
import contextlib
import json
from types import TracebackType
from typing import TYPE_CHECKING, Self

from redis.exceptions import RedisError

if TYPE_CHECKING:
    from redis.asyncio import Redis

CHANNEL = "artdag:progress"
"""The pub/sub channel; messages are {"key", "done", "total"}."""


class ProgressTeller:
    """Publishes the newest progress of each step, dropping what cannot be told in time."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._newest: dict[str, tuple[int, int]] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def tell(self, key: str, done: int, total: int) -> None:
        """Note how far a step has come."""
        self._newest[key] = (done, total)
        self._wake.set()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._publish(), name="progress")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _publish(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            newest, self._newest = self._newest, {}
            with contextlib.suppress(RedisError, OSError, TimeoutError):
                for key, (done, total) in newest.items():
                    message = json.dumps({"key": key, "done": done, "total": total})
                    await self._redis.publish(CHANNEL, message)
