"""How an execution ends: with a result, without one, or in silence."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import msgspec

from l1.actions.contents import not_deleted, stored
from l1.actions.services import Caller, Services
from l1.content.cid import Cid
from l1.content.identity import Identity
from l1.content.media_info import MediaInfo
from l1.events.content import ContentProbed
from l1.events.event import Event
from l1.events.step import StepCompleted, StepFailed, StepLost
from l1.log.command import Command, Guard, Stale
from l1.work.leases import Overdue

FAILURES = 3
"""So many failures and a step is given up."""
LOSSES = 20
"""So many workers gone silent over it and a step is quarantined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Who tried what: the lease it was held under, and under which Arq job."""

    key: str
    token: UUID
    number: int
    worker: str
    task_id: str

    def guard(self) -> Guard:
        """Require that the lease is still held."""
        return Guard(name="lease", args={"key": self.key, "token": str(self.token)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What an attempt made. `since` is the log's head from before the output was stored."""

    output: Identity
    info: MediaInfo
    started_us: int
    elapsed_us: int
    cpu_us: int
    engine: str
    since: int
    log: Identity | None = None


async def complete_step(services: Services, caller: Caller, attempt: Attempt, made: Made) -> None:
    """Record a result. Raises `Barred` when the lease was lost, `Stale` when the same content was
    being deleted meanwhile; either way nothing is recorded.
    """  # noqa: D205
    fact = StepCompleted(
        key=attempt.key,
        output=made.output.cid,
        content_hash=made.output.content_hash,
        size=made.output.size,
        info=made.info,
        attempt=attempt.number,
        worker=attempt.worker,
        task_id=attempt.task_id,
        started_us=made.started_us,
        elapsed_us=made.elapsed_us,
        cpu_us=made.cpu_us,
        engine=made.engine,
        log=made.log.cid if made.log else Cid(""),
    )
    await services.log.append(
        Command(
            facts=(*_logged(made.log, caller), fact),
            meta=caller.meta(attempt.key),
            conditions=(not_deleted(_cids(made), since=made.since),),
            guard=attempt.guard(),
        )
    )


def _cids(made: Made) -> list[Cid]:
    return [made.output.cid, *([made.log.cid] if made.log else [])]


async def fail_step(
    services: Services,
    caller: Caller,
    attempt: Attempt,
    *,
    code: str,
    message: str,
    final: bool,
    since: int,
    log: Identity | None = None,
) -> None:
    """Record an attempt without a result; a final one blocks what waits for it.

    `since` is the log's head from before its `log` was stored. A log whose bytes were deleted
    meanwhile is left out: that the attempt failed counts all the same. Raises `Barred` when the
    lease was lost.
    """
    fact = StepFailed(
        key=attempt.key,
        attempt=attempt.number,
        worker=attempt.worker,
        code=code,
        message=message,
        final=final,
    )
    if log is not None:
        told = Command(
            facts=(*_logged(log, caller), msgspec.structs.replace(fact, log=log.cid)),
            meta=caller.meta(attempt.key),
            conditions=(not_deleted([log.cid], since=since),),
            guard=attempt.guard(),
        )
        with suppress(Stale):
            await services.log.append(told)
            return
    await services.log.append(
        Command(facts=(fact,), meta=caller.meta(attempt.key), guard=attempt.guard())
    )


async def probe_content(
    services: Services, caller: Caller, attempt: Attempt, *, cid: Cid, info: MediaInfo
) -> None:
    """Record what a probe found."""
    fact = ContentProbed(cid=cid, key=attempt.key, info=info)
    await services.log.append(Command(facts=(fact,), meta=caller.meta(cid), guard=attempt.guard()))


async def lose_step(services: Services, caller: Caller, overdue: Overdue) -> None:
    """Record that a worker went silent; after too many, the step is quarantined.

    The end of a run never is: there is nobody who could try it again.
    """
    losses = overdue.losses + 1
    final = losses >= LOSSES and overdue.kind != "finish"
    fact = StepLost(key=overdue.key, worker=overdue.worker, losses=losses, final=final)
    guard = Guard(name="overdue", args={"key": overdue.key, "token": str(overdue.token)})
    await services.log.append(Command(facts=(fact,), meta=caller.meta(overdue.key), guard=guard))


def _logged(log: Identity | None, caller: Caller) -> tuple[Event, ...]:
    if log is None:
        return ()
    return (stored(log, source="log", caller=caller, media_type="text/plain"),)
