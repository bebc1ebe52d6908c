"""Plan a run."""

from l1.actions.finish_step import Attempt
from l1.actions.plan_run import plan_run
from l1.work.leases import Claimed
from l1.workers.job import Desk, Job


async def _do(desk: Desk, claimed: Claimed, attempt: Attempt) -> None:
    run_id = str(claimed.spec["run_id"])
    await plan_run(desk.services, desk.caller, run_id=run_id, token=str(attempt.token))


PLAN = Job(kind="plan", do=_do)
