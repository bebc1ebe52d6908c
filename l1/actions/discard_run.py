"""Throw a run away, with what only it needed."""

import time

from l1.actions.delete_content import MIRROR, refuse, remove_bytes
from l1.actions.services import Caller, Services
from l1.content.deletion import freed_by_discard, why_not_discard
from l1.errors import Conflict, NotFound
from l1.events.content import ContentDeleted
from l1.events.run import RunDiscarded
from l1.log.command import Appended, Barred, Command, Guard, NothingSince, Stale, StreamAt
from l1.projections import deletions, runs

_ATTEMPTS = 5


async def discard_run(services: Services, caller: Caller, run_id: str) -> Appended:
    """Discard a run that has ended; `Conflict` lists what stands in the way."""
    for _ in range(_ATTEMPTS):
        decided = time.time_ns()
        head = await services.reader.head()
        for view in deletions.READS:  # they may have come unequally far
            await services.views.wait_for(view, head)
        run = await runs.get(services.views, run_id)
        history = await services.reader.stream(f"run-{run_id}")
        if any(isinstance(recorded.event, RunDiscarded) for recorded in history):
            raise NotFound(f"run {run_id} has just been discarded", run_id=run_id)
        cids = await deletions.contents_of_run(services.views, run_id)
        held = await deletions.held(services.views, cids)
        refuse(why_not_discard(run_id, run.state, held.items))  # type: ignore[arg-type]
        freed = freed_by_discard(run_id, held.items)
        tags = tuple(f"cid:{cid}" for cid in cids)
        conditions = (
            StreamAt(stream=f"run-{run_id}", version=len(history)),
            *((NothingSince(tags=tags, kinds=MIRROR, after=held.position),) if tags else ()),
        )
        facts = (
            RunDiscarded(run_id=run_id, freed=freed),
            *(ContentDeleted(cid=cid, reason=f"run {run_id} discarded") for cid in freed),
        )
        try:
            appended = await services.log.append(
                Command(
                    facts=facts,
                    meta=caller.meta(run_id),
                    conditions=conditions,
                    # A run that found one of these in the cache says so without naming it.
                    guard=Guard(name="unused", args={"cids": freed}),
                )
            )
        except (Stale, Barred):
            await services.views.wait_for("deletions", await services.reader.head())
            continue
        for cid in freed:
            await remove_bytes(services, cid, decided)
        return appended
    raise Conflict(f"run {run_id} keeps changing; try later")
