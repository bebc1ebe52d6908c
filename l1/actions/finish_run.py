"""End a run: its provenance becomes content, and the run is completed or failed."""

from collections.abc import Mapping
from datetime import UTC, datetime

from l1.actions.contents import put_documents, stored
from l1.actions.provenance import Story, tell
from l1.actions.services import Caller, Services
from l1.errors import Unavailable
from l1.events.run import RunCompleted, RunFailed
from l1.log.command import Command, Guard
from l1.projections import content, runs, steps
from l1.projections.runs import Run
from l1.projections.steps import RunStep


async def finish_run(
    services: Services, caller: Caller, *, run_id: str, token: str, tools: Mapping[str, str]
) -> None:
    """Look at what became of a run's steps and say how it ended, under the lease `token`."""
    head = await services.reader.head()
    for view in ("runs", "steps", "content"):
        if not await services.views.wait_for(view, head, seconds=30):
            raise Unavailable(f"the view {view} is behind; the run is finished a little later")
    run = await runs.get(services.views, run_id)
    done = await steps.of_run(services.views, run_id, run.state)
    guard = Guard(name="lease", args={"key": f"finish:{run_id}", "token": token})
    output = next((step for step in done if step.key == run.output_key), None)
    if output is None or output.state not in ("completed", "cached") or output.output is None:
        failure = _failure(run, done)
        await services.log.append(Command(facts=(failure,), meta=caller.meta(run_id), guard=guard))
        return
    story = Story(
        run=run,
        steps=done,
        output=await content.get(services.views, output.output),
        at=datetime.now(UTC),
        tools=tools,
    )
    record, documents = await tell(services, caller, story)
    (kept,) = await put_documents(services, record.to_json())
    completed = RunCompleted(run_id=run_id, output=story.output.cid, provenance=kept.cid)
    facts = (
        *documents,
        stored(kept, source="provenance", caller=caller, media_type="application/json"),
        completed,
    )
    await services.log.append(Command(facts=facts, meta=caller.meta(run_id), guard=guard))


def _failure(run: Run, done: list[RunStep]) -> RunFailed:
    broken = next((step for step in done if step.state == "failed"), None)
    if broken is None:
        return RunFailed(run_id=run.run_id, code="incomplete", message="the output was not made")
    return RunFailed(
        run_id=run.run_id,
        code=broken.code or "failed",
        message=f"step {broken.step_id} ({broken.node}) failed: {broken.message}",
    )
