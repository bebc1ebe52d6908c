"""Stop a run. Work that other runs share goes on."""

from l1.actions.services import Caller, Services
from l1.errors import Conflict
from l1.events.run import RunCancelled
from l1.log.command import Appended, Barred, Command, Guard
from l1.projections import runs


async def cancel_run(services: Services, caller: Caller, run_id: str) -> Appended:
    """Cancel a run; `Conflict` when it is over already, `NotFound` when there is none."""
    run = await runs.get(services.views, run_id)
    try:
        return await services.log.append(
            Command(
                facts=(RunCancelled(run_id=run_id),),
                meta=caller.meta(run_id),
                guard=Guard(name="alive", args={"run_id": run_id}),
            )
        )
    except Barred:
        raise Conflict(f"run {run.run_id} is over; there is nothing to cancel") from None
