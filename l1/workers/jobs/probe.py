"""Look into content that arrived, in a sandboxed child."""

import msgspec

from l1.actions.finish_step import FAILURES, Attempt, probe_content
from l1.content.cid import Cid
from l1.content.media_info import MediaInfo
from l1.errors import Refused
from l1.work.leases import Claimed
from l1.workers.children import ChildFailed, Task, TaskSource
from l1.workers.job import Desk, Job


async def _do(desk: Desk, claimed: Claimed, attempt: Attempt) -> None:
    cid = Cid(str(claimed.spec["cid"]))
    path = await desk.services.store.open_path(cid)
    try:
        info = await probe(desk, str(path))
    except Refused as error:
        info = _unusable(error.message)
    except ChildFailed as error:
        # Only what the bytes can be blamed for is held against them, and only in the end.
        if error.kind == "killed" or claimed.failures + 1 < FAILURES:
            raise
        info = _unusable(f"looking into it ended early {FAILURES} times ({error.kind})")
    await probe_content(desk.services, desk.caller, attempt, cid=cid, info=info)


async def probe(desk: Desk, path: str) -> MediaInfo:
    """Run the probe over a file."""
    source = TaskSource(path=path)
    task = Task(kind="analyse", name="probe", sources=(source,), limits=desk.probe_limits)
    done = await desk.children.run(task)
    return msgspec.convert(done.value, MediaInfo)


def _unusable(problem: str) -> MediaInfo:
    return MediaInfo(kind="data", media_type="application/octet-stream", problem=problem)


PROBE = Job(kind="probe", do=_do)
