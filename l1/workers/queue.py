"""Arq, kept to itself: a queue of wake-up tokens for one resource class.

A token says that there is work; what work, and who has it, the work table alone knows. So a token
that is lost, doubled or late costs time and nothing else, and Redis may be emptied at any moment.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import arq.worker
from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.constants import in_progress_key_prefix
from redis.exceptions import RedisError

PREFIX = "artdag:queue:"
HELD_S = 60.0  # a token of a dead worker is offered again after so long
_FOREVER_S = 7 * 24 * 3600  # the work has time-outs of its own
_POLL_S = 0.5


def _dump(job: object) -> bytes:
    return json.dumps(job).encode()  # not arq's pickle: who writes to Redis must not run code here


async def connect(url: str) -> ArqRedis:
    """Open a connection pool for tokens."""
    settings = RedisSettings.from_dsn(url)
    settings.conn_retries = 1
    settings.conn_retry_delay = 0
    return await create_pool(settings, job_serializer=_dump, job_deserializer=json.loads)


async def _close(pool: ArqRedis) -> None:
    with contextlib.suppress(RedisError, OSError):
        await pool.aclose(close_connection_pool=True)  # arq's own pool is not closed by default


class TokenQueue:
    """The tokens of one queue, and the Arq worker that turns them into work."""

    def __init__(
        self,
        url: str,
        name: str,
        *,
        slots: int,
        work: Callable[[str], Awaitable[None]],
        held_s: float = HELD_S,
    ) -> None:
        self.name = name
        self._url = url
        self._slots = slots
        self._work = work
        self._held_s = held_s
        self._wake = asyncio.Event()
        self._pool: ArqRedis | None = None

    async def offer(self, ids: Iterable[str]) -> None:
        """Put tokens into the queue, each id once; raises `RedisError` when Redis is away."""
        if self._pool is None:
            self._pool = await connect(self._url)
        for token in ids:
            await self._pool.enqueue_job(
                "work", self.name, _job_id=token, _queue_name=PREFIX + self.name
            )
        self._wake.set()

    async def serve(self) -> None:
        """Turn tokens into work until cancelled, through every outage of Redis."""
        while True:
            pool: ArqRedis | None = None
            worker: _WakingWorker | None = None
            try:
                pool = await connect(self._url)
                worker = _WakingWorker(
                    self._wake,
                    pool,
                    PREFIX + self.name,
                    slots=self._slots,
                    run=self._run,
                    held_s=self._held_s,
                )
                await worker.async_run()
            except (RedisError, OSError, TimeoutError):
                await asyncio.sleep(0.5)
            finally:
                if worker is not None:
                    await worker.let_go()
                if pool is not None:
                    await _close(pool)

    async def close(self) -> None:
        """Close the connections."""
        if self._pool is not None:
            await _close(self._pool)

    async def _run(self, ctx: dict[Any, Any], _queue: str) -> None:
        await self._work(str(ctx["job_id"]))


class _WakingWorker(arq.worker.Worker):
    """An Arq worker that looks at once when it is told to, instead of at the next poll.

    It keeps its claim to the tokens that it works on, however long that takes; Arq alone would
    start them again once their time is over, even in the same process.
    """

    def __init__(
        self,
        wake: asyncio.Event,
        pool: ArqRedis,
        queue: str,
        *,
        slots: int,
        run: Any,
        held_s: float,
    ) -> None:
        super().__init__(
            functions=[arq.worker.func(run, name="work")],
            queue_name=queue,
            redis_pool=pool,
            handle_signals=False,
            max_jobs=slots,
            job_timeout=_FOREVER_S,
            keep_result=0,  # set here: arq ignores a function's own for failed jobs
            max_tries=1_000_000,
            queue_read_limit=max(1000, 5 * slots),
            job_serializer=_dump,
            job_deserializer=json.loads,
            log_results=False,
        )
        self.in_progress_timeout_s = held_s
        self._wake = wake
        self._renewed = time.monotonic()

    async def main(self) -> None:
        self.ctx["redis"] = self.pool
        while True:
            self._wake.clear()
            await self._renew()
            await self._poll_iteration()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_POLL_S):  # wait_for may forget a cancellation
                    await self._wake.wait()

    async def _renew(self) -> None:
        now = time.monotonic()
        if now - self._renewed < self.in_progress_timeout_s / 3:
            return
        self._renewed = now
        async with self.pool.pipeline(transaction=False) as pipe:
            for token in self.job_tasks:
                pipe.psetex(
                    in_progress_key_prefix + token, int(self.in_progress_timeout_s * 1000), b"1"
                )
            await pipe.execute()

    async def run_job(self, job_id: str, score: int) -> None:
        """Do what a token asks for, unless it is being done here, as after a long suspension."""
        if job_id not in self.job_tasks:
            await super().run_job(job_id, score)

    async def let_go(self) -> None:
        """Forget the jobs of a lost connection; the work under them goes on."""
        tasks = [task for task in [*self.tasks.values(), self.main_task] if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
