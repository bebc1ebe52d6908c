"""Try a failed or cancelled run again: only what is missing will be executed."""

from l1.actions.services import Caller, Services
from l1.actions.start_run import Started, request_again
from l1.errors import Conflict
from l1.projections import runs


async def retry_run(services: Services, caller: Caller, run_id: str) -> Started:
    """Start a new run of the same recipe and inputs; what was quarantined is let go."""
    run = await runs.get(services.views, run_id)
    if run.state not in ("failed", "cancelled"):
        raise Conflict(
            f"run {run_id} is {run.state}; only a failed or cancelled run is tried again"
        )
    return await request_again(services, caller, run)
