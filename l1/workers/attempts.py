"""Works on what was claimed, and sees each attempt to its end."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import structlog

from l1.actions.finish_step import FAILURES, Attempt, fail_step
from l1.content.identity import Identity
from l1.errors import Conflict, Failure, Refused, Unavailable
from l1.log.command import Barred
from l1.log.lost import LOST_CONNECTION
from l1.work.leases import Claimed, Leases
from l1.workers.job import Desk, Failed, Job

AWAY = (*LOST_CONNECTION, asyncpg.PostgresError, Unavailable)
"""How the database says that it is away."""
_RECORD_S = 5.0
_log = structlog.get_logger("l1.workers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Work in progress: what, the task that does it, and whether only the recording is left."""

    key: str
    task: asyncio.Task[None]
    made: asyncio.Event


class Attempts:
    """What one worker has claimed and not yet ended."""

    def __init__(self, desk: Desk, leases: Leases, jobs: Mapping[str, Job], *, name: str) -> None:
        self._desk = desk
        self._leases = leases
        self._jobs = jobs
        self._name = name
        self.held: dict[UUID, Held] = {}
        """By lease: a lost one may be followed by another for the same key."""
        self._working: set[asyncio.Task[None]] = set()

    def begin(self, claimed: Claimed, task_id: str, made: asyncio.Event) -> asyncio.Task[None]:
        """Do it and record what came of it; `made` tells when only the recording is left."""
        work = asyncio.create_task(self._work(claimed, task_id, made))
        self._working.add(work)
        work.add_done_callback(self._working.discard)
        return work

    async def let_go(self) -> None:
        """End all that is under way, but give what is made already some seconds to be recorded."""
        for each in self.held.values():
            if not each.made.is_set():
                each.task.cancel()
        if self._working:
            await asyncio.wait(self._working, timeout=_RECORD_S)
        late = [*self._working, *(each.task for each in self.held.values())]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _work(self, claimed: Claimed, task_id: str, made: asyncio.Event) -> None:
        attempt = Attempt(
            key=claimed.key,
            token=claimed.token,
            number=claimed.attempt,
            worker=self._name,
            task_id=task_id,
        )
        task = asyncio.create_task(self._attempt(claimed, attempt, made), name=claimed.key)
        self.held[claimed.token] = Held(key=claimed.key, task=task, made=made)
        try:
            await asyncio.wait({task})
            if task.cancelled():
                await self._leases.release(claimed.key, claimed.token)
            elif error := task.exception():
                _log.error("job_broke", key=claimed.key, exc_info=error)
                await self._failed(claimed, attempt, Unavailable(repr(error), code="broken"))
        except AWAY as error:
            _log.warning("release_failed", key=claimed.key, error=str(error))
        finally:
            del self.held[claimed.token]
            made.set()

    async def _attempt(self, claimed: Claimed, attempt: Attempt, made: asyncio.Event) -> None:
        try:
            record = await self._jobs[claimed.kind].do(self._desk, claimed, attempt)
            if record is not None:
                made.set()
                await record()
        except Barred:
            _log.info("lease_lost", key=claimed.key)
            # Unless it still is ours: then something else was not as it was thought to be.
            with contextlib.suppress(*AWAY):
                await self._leases.release(claimed.key, claimed.token)
        except Failed as error:
            await self._failed(claimed, attempt, error.cause, error.log)
        except Failure as error:
            await self._failed(claimed, attempt, error)
        except AWAY as error:
            _log.warning("database_away", key=claimed.key, error=str(error))

    async def _failed(
        self, claimed: Claimed, attempt: Attempt, error: Failure, log: Identity | None = None
    ) -> None:
        capped = self._jobs[claimed.kind].capped
        refused = isinstance(error, Refused) and not isinstance(error, Conflict)
        final = capped and (refused or claimed.failures + 1 >= FAILURES)
        _log.warning(
            "attempt_failed", key=claimed.key, code=error.code, final=final, why=str(error)
        )
        try:
            await fail_step(
                self._desk.services,
                self._desk.caller,
                attempt,
                code=error.code,
                message=error.message.replace("\0", ""),
                final=final,
                since=claimed.head,
                log=log,
            )
        except (Barred, *AWAY) as lost:
            _log.info("failure_not_recorded", key=claimed.key, why=str(lost))
