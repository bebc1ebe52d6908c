"""End a run. There is no giving up: a run that cannot be ended now is ended later."""

from l1.actions.finish_run import finish_run
from l1.actions.finish_step import Attempt
from l1.work.leases import Claimed
from l1.workers.job import Desk, Job


async def _do(desk: Desk, claimed: Claimed, attempt: Attempt) -> None:
    run_id = str(claimed.spec["run_id"])
    token = str(attempt.token)
    await finish_run(desk.services, desk.caller, run_id=run_id, token=token, tools=desk.tools)


FINISH = Job(kind="finish", do=_do, capped=False)
