"""End a run: its provenance becomes content, and the run is completed or failed."""

from collections.abc import Mapping
from datetime import UTC, datetime

from l1.actions.contents import not_deleted, put_documents, stored
from l1.actions.provenance import Story, tell
from l1.actions.services import Caller, Services
from l1.errors import Unavailable
from l1.events.content import ContentStored
from l1.events.run import RunCompleted, RunFailed
from l1.events.step import StepFailed
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
        failure = await _failure(services, run, done)
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
    kept_too = [fact.cid for fact in facts if isinstance(fact, ContentStored)]
    await services.log.append(
        Command(
            facts=facts,
            meta=caller.meta(run_id),
            conditions=(not_deleted(kept_too, since=head),),
            guard=guard,
        )
    )


async def _failure(services: Services, run: Run, done: list[RunStep]) -> RunFailed:
    """Name the first thing that was given up, in the order of the plan."""
    states = await services.work.run_states(run.run_id)
    for step in done:
        if states.get(step.key) == "failed":
            message = f"step {step.step_id} ({step.node}) failed: {step.message}"
            return RunFailed(run_id=run.run_id, code=step.code or "failed", message=message)
    for key in sorted(key for key, state in states.items() if state == "failed"):
        # Before there was a plan: a probe, or the planning itself.
        last = (await services.reader.stream(f"step-{key}"))[-1].event
        code, why = (
            (last.code, last.message)
            if isinstance(last, StepFailed)
            else ("quarantined", "every worker that tried it went silent")
        )
        message = f"{key.partition(':')[0]} failed: {why}"
        return RunFailed(run_id=run.run_id, code=code, message=message)
    return RunFailed(run_id=run.run_id, code="incomplete", message="the output was not made")
