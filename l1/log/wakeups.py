"""Wakes those who wait for the database to say something: one connection a process, all channels."""

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import asyncpg

from l1.log.lost import LOST_CONNECTION

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

LOG = "l1_log"
"""Facts were appended; the payload is the new head."""
WORK = "l1_work"
"""A queue has ready work; the payload is its name."""
VIEWS = "l1_views"
"""The views caught up; the payload is how far."""


class Wakeups:
    """LISTEN with a poll behind it: a lost notification costs at most the time-out of the wait."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._events: dict[str, asyncio.Event] = {
            channel: asyncio.Event() for channel in (LOG, WORK, VIEWS)
        }
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect and listen."""
        await self._listen()
        self._task = asyncio.create_task(self._keep(), name="wakeups")

    async def close(self) -> None:
        """Stop listening."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._connection:
            self._connection.terminate()

    def next(self, channel: str) -> asyncio.Event:
        """Hold the next notification on `channel`: taken before one looks, it cannot be missed."""
        return self._events[channel]

    async def wait(
        self,
        channel: str,
        timeout: float = 1.0,  # noqa: ASYNC109
        *,
        next: asyncio.Event | None = None,  # noqa: A002
    ) -> None:
        """Wait for the next notification on `channel`, but not longer than `timeout` seconds.

        With `next`, what came since that was taken counts.
        """
        with contextlib.suppress(TimeoutError):
            # Not wait_for: until Python 3.12 it forgets a cancellation that comes with the event.
            async with asyncio.timeout(timeout):
                await (next or self._events[channel]).wait()

    def _heard(self, _c: Any, _pid: int, channel: str, _payload: object) -> None:
        event = self._events[channel]
        event.set()  # wakes everybody who waits now ...
        self._events[channel] = asyncio.Event()  # ... and nobody who comes later

    async def _listen(self) -> None:
        self._connection = await asyncpg.connect(self._dsn, timeout=5)
        for channel in self._events:
            await self._connection.add_listener(channel, self._heard)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(1)
            if self._connection is None or self._connection.is_closed():
                with contextlib.suppress(*LOST_CONNECTION, asyncpg.PostgresError):
                    await self._listen()
