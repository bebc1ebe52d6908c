"""Follows a run to its end, and shows how far it is."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from l1.cli.display import Display, display
from l1.cli.node import Node
from l1.cli.serving import is_served
from l1.cli.telling import note
from l1.log.wakeups import VIEWS
from l1.projections import runs, steps
from l1.projections.runs import Run
from l1.workers.watching import progress


async def follow(node: Node, run_id: str, *, quiet: bool = False) -> Run:
    """Say which run it is and wait until it is over; being interrupted leaves it to others."""
    note(f"run {run_id}")
    try:
        with display(quiet=quiet) as shown:
            async with _telling_progress(node, run_id, shown):
                return await _until_over(node, run_id, shown)
    except asyncio.CancelledError:
        goes_on = "goes on" if is_served(node.settings.home) else "goes on when a worker runs"
        note(
            f"run {run_id} {goes_on}: `artdag watch {run_id}` follows it, "
            f"`artdag cancel {run_id}` stops it"
        )
        raise


async def _until_over(node: Node, run_id: str, shown: Display) -> Run:
    while True:
        run = await runs.get(node.services.views, run_id)
        shown.state(run.state)
        if run.over:
            return run
        await node.services.wakeups.wait(VIEWS, 0.5)


@contextlib.asynccontextmanager
async def _telling_progress(node: Node, run_id: str, shown: Display) -> AsyncIterator[None]:
    task = asyncio.create_task(_tell(node, run_id, shown), name="progress")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _tell(node: Node, run_id: str, shown: Display) -> None:
    labels: dict[str, str] = {}
    async for key, done, total in progress(node.settings.redis_url):
        if key not in labels:
            labels |= await _labels(node, run_id)
        if label := labels.setdefault(key, ""):
            shown.step(label, done, total)


async def _labels(node: Node, run_id: str) -> dict[str, str]:
    return {
        step.key: step.step_id if step.step_id == step.node else f"{step.step_id} ({step.node})"
        for step in await steps.of_run(node.services.views, run_id, "running")
    }
