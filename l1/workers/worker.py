"""A worker process: claims what is ready, keeps its leases alive, notices who went silent."""

import asyncio
import time
import uuid
from asyncio import FIRST_COMPLETED
from collections.abc import Mapping

import structlog
from redis.exceptions import RedisError

from l1.actions.finish_step import lose_step
from l1.log.command import Barred
from l1.log.wakeups import WORK
from l1.work.leases import Claimed, Leases
from l1.workers.attempts import AWAY, Attempts
from l1.workers.job import Desk, Job
from l1.workers.queue import TokenQueue

_log = structlog.get_logger("l1.workers")
_TOKEN_BUCKET_S = 2.0
_REDIS_S = 1.0  # a Redis that takes longer counts as away
_RECORDING = 4  # so many results of a slot may wait to be recorded while it goes on
_LINGER_S = 0.25  # so long a slot that has run dry waits for more: cheaper than another token


class Worker:
    """Serves queues with so many slots each, until it is cancelled."""

    def __init__(
        self,
        desk: Desk,
        leases: Leases,
        jobs: Mapping[str, Job],
        *,
        name: str,
        redis_url: str,
        slots: Mapping[str, int],
    ) -> None:
        self._desk = desk
        self._leases = leases
        self._slots = slots
        self._busy = dict.fromkeys(slots, 0)
        self._looking = {queue: asyncio.Lock() for queue in slots}
        self._attempts = Attempts(desk, leases, jobs, name=name)
        self._serving: set[asyncio.Task[None]] = set()
        self._beaten = time.monotonic()
        self._queues = {
            queue: TokenQueue(redis_url, queue, slots=count, work=self._started_by(queue))
            for queue, count in slots.items()
        }

    async def run(self) -> None:
        """Work until cancelled; then record what is made, and let go of the rest for others."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._relay())
                group.create_task(self._beat())
                group.create_task(self._reconcile())
                for queue in self._queues.values():
                    group.create_task(queue.serve())
        finally:
            await self._let_go()

    async def _let_go(self) -> None:
        slots = list(self._serving)
        for slot in slots:
            slot.cancel()
        await asyncio.gather(*slots, return_exceptions=True)
        # Only now: a slot may have claimed something just before.
        await self._attempts.let_go()
        try:
            await self._leases.release_all()
        except AWAY as error:
            _log.warning("release_failed", error=str(error))
        for queue in self._queues.values():
            await queue.close()

    def _started_by(self, queue: str):  # type: ignore[no-untyped-def]
        async def start(token: str) -> None:
            # Shielded: Arq may lose its Redis, the work goes on.
            await asyncio.shield(self._serve(queue, token))

        return start

    def _serve(self, queue: str, task_id: str) -> asyncio.Task[None]:
        task = asyncio.create_task(self._drain(queue, task_id), name=f"slot {queue}")
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        return task

    async def _drain(self, queue: str, task_id: str) -> None:
        """Fill one slot: work on whatever is ready, most urgent first, until nothing comes.

        The slot goes on when a result is durable: recording it waits for the disk, not for us.
        """
        if self._busy[queue] >= self._slots[queue]:
            return
        self._busy[queue] += 1
        recording: set[asyncio.Task[None]] = set()
        try:
            while (claimed := await self._next(queue)) is not None:
                self._desk.die_at("after_claim")
                made = asyncio.Event()
                recording.add(self._attempts.begin(claimed, task_id, made))
                await made.wait()
                while len(recording) > _RECORDING:
                    _, recording = await asyncio.wait(recording, return_when=FIRST_COMPLETED)
        except AWAY as error:
            _log.warning("claim_failed", error=str(error))
        finally:
            self._busy[queue] -= 1
        if recording:
            await asyncio.wait(recording)

    async def _next(self, queue: str) -> Claimed | None:
        """Claim work, waiting a moment for it; of the slots that have none, one looks at a time."""
        wakeups = self._desk.services.wakeups
        async with self._looking[queue]:
            while True:
                woken = wakeups.next(WORK)
                if claimed := await self._leases.claim(queue):
                    return claimed
                await wakeups.wait(WORK, _LINGER_S, next=woken)
                if not woken.is_set():
                    return None

    async def _relay(self) -> None:
        """Offer tokens for ready work as long as there are free slots here."""
        wakeups = self._desk.services.wakeups
        while True:
            woken = wakeups.next(WORK)
            for name, queue in self._queues.items():
                free = self._slots[name] - self._busy[name]
                if free > 0:
                    await self._offer(queue, free)
            await wakeups.wait(WORK, 1.0, next=woken)

    async def _offer(self, queue: TokenQueue, free: int) -> None:
        try:
            ready = await self._leases.ready(queue.name, free)
        except AWAY as error:
            _log.warning("ready_failed", error=str(error))
            return
        bucket = int(time.time() / _TOKEN_BUCKET_S)
        tokens = [f"{key}@{bucket}" for key in ready]
        try:
            if tokens:
                async with asyncio.timeout(_REDIS_S):
                    await queue.offer(tokens)
        except (RedisError, OSError, TimeoutError):
            for token in tokens:  # Redis is away: it costs latency elsewhere, not the work here
                self._serve(queue.name, token)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._leases.ttl / 4)
            held = dict(self._attempts.held)
            try:
                async with asyncio.timeout(self._leases.ttl):
                    kept = await self._leases.beat([(h.key, token) for token, h in held.items()])
            except AWAY as error:
                _log.warning("heartbeat_failed", error=str(error))
                if time.monotonic() - self._beaten < self._leases.ttl:
                    continue
                kept = {}
            else:
                self._beaten = time.monotonic()
            for token, each in held.items():
                if kept.get(token, True):  # cancelled, or no longer ours
                    each.task.cancel()

    async def _reconcile(self) -> None:
        """Find workers that went silent. Every worker does; the guard lets one of them say so."""
        while True:
            try:
                for overdue in await self._leases.overdue():
                    _log.warning("worker_lost", key=overdue.key, worker=overdue.worker)
                    try:
                        await lose_step(self._desk.services, self._desk.caller, overdue)
                    except Barred:
                        continue
                await self._leases.clear_orphans()
            except AWAY as error:
                _log.warning("reconcile_failed", error=str(error))
            await asyncio.sleep(self._leases.ttl / 4)


def new_name(host: str) -> str:
    """Name a worker process."""
    return f"{host}-{uuid.uuid4().hex[:8]}"
