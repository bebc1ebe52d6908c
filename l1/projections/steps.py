"""Steps: what each run needs, and what became of each execution."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from l1.events import run as run_facts
from l1.events import step as facts
from l1.events.event import Placed
from l1.events.step import whole
from l1.projections.projection import Projection, Rows, Table
from l1.projections.views import Views

RUN_STEP = Table(
    name="run_step",
    key=("run_id", "step_id"),
    columns={
        "run_id": "text", "step_id": "text", "key": "text", "node": "text", "level": "bigint",
        "cached": "boolean", "inputs": "text", "planned_at": "bigint", "output": "text",
        "ordinal": "bigint", "within": "text",
    },
    indexes=("(key)",),
)  # fmt: skip
STEP = Table(
    name="step",
    key=("key",),
    columns={
        "key": "text", "state": "text", "output": "text", "attempt": "bigint", "worker": "text",
        "task_id": "text", "started_us": "bigint", "elapsed_us": "bigint", "cpu_us": "bigint",
        "engine": "text", "log": "text", "code": "text", "message": "text", "at": "bigint",
        "let_go_at": "bigint", "segments": "bigint", "rendered": "bigint",
    },
    indexes=("(output)",),
)  # fmt: skip
STEPS = Projection(name="steps", version=4, tables=(RUN_STEP, STEP))


@STEPS.on(run_facts.StepPlanned)
def planned(rows: Rows, recorded: Placed, fact: run_facts.StepPlanned) -> None:
    """A run needs these executed."""
    for ordinal, step in enumerate(fact.steps):
        rows.merge(
            RUN_STEP,
            run_id=fact.run_id,
            step_id=step.id,
            key=step.key,
            node=str(step.spec.get("node", "")),
            level=step.level,
            cached=False,
            inputs=msgspec.json.encode(step.inputs).decode(),
            planned_at=recorded.position,
            ordinal=ordinal,
        )
        if fact.retry:
            rows.merge(STEP, key=step.key, let_go_at=recorded.position)


@STEPS.on(run_facts.StepCached)
def cached(rows: Rows, recorded: Placed, fact: run_facts.StepCached) -> None:
    """A run found these done."""
    for ordinal, step in enumerate(fact.steps):
        rows.merge(
            RUN_STEP,
            run_id=fact.run_id,
            step_id=step.id,
            key=step.key,
            node=step.node,
            level=step.level,
            cached=True,
            inputs="[]",
            planned_at=recorded.position,
            output=step.output,
            ordinal=ordinal,
        )


@STEPS.on(run_facts.StepElided)
def elided(rows: Rows, recorded: Placed, fact: run_facts.StepElided) -> None:
    """A run has these rendered within others."""
    for ordinal, step in enumerate(fact.steps):
        rows.merge(
            RUN_STEP,
            run_id=fact.run_id,
            step_id=step.id,
            key=step.key,
            node=step.node,
            level=step.level,
            cached=False,
            inputs="[]",
            planned_at=recorded.position,
            ordinal=ordinal,
            within=step.within,
        )


@STEPS.on(facts.StepCompleted)
def completed(rows: Rows, recorded: Placed, fact: facts.StepCompleted) -> None:
    """An execution gave its result."""
    rows.merge(
        STEP,
        key=fact.key,
        state="completed",
        output=fact.output,
        attempt=fact.attempt,
        worker=fact.worker,
        task_id=fact.task_id,
        started_us=fact.started_us,
        elapsed_us=fact.elapsed_us,
        cpu_us=fact.cpu_us,
        engine=fact.engine,
        log=fact.log,
        code="",
        message="",
        at=recorded.position,
    )


@STEPS.on(facts.StepSplit)
def split(rows: Rows, recorded: Placed, fact: facts.StepSplit) -> None:
    """An execution goes on in parts; segments that were there already are not made again."""
    rows.merge(
        STEP,
        key=fact.key,
        segments=len(fact.segments),
        rendered=sum(part.stop - part.first for part in fact.parts),
    )
    del recorded


@STEPS.on(facts.StepFailed)
def failed(rows: Rows, recorded: Placed, fact: facts.StepFailed) -> None:
    """An attempt failed; what fails in a part, fails in the step."""
    rows.merge(
        STEP,
        key=whole(fact.key),
        state="failed" if fact.final else "retrying",
        attempt=fact.attempt,
        worker=fact.worker,
        code=fact.code,
        message=fact.message,
        log=fact.log,
        at=recorded.position,
    )


@STEPS.on(facts.StepLost)
def lost(rows: Rows, recorded: Placed, fact: facts.StepLost) -> None:
    """A worker went silent."""
    rows.merge(
        STEP,
        key=whole(fact.key),
        state="failed" if fact.final else "retrying",
        worker=fact.worker,
        code="quarantined" if fact.final else "worker_lost",
        message=f"its worker went silent {fact.losses} times",
        at=recorded.position,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStep:
    """One step of a run. States are those of R009: pending, running, completed, cached, failed,
    blocked, cancelled; and elided for one that is rendered `within` another, named by its key. Of
    one that was rendered in parts, `rendered` tells how many of its `segments` had to be made.
    """  # noqa: D205

    step_id: str
    key: str
    node: str
    level: int
    state: str
    output: str | None
    attempt: int | None
    worker: str | None
    task_id: str | None
    started_us: int | None
    elapsed_us: int | None
    engine: str | None
    log: str | None
    code: str | None
    message: str | None
    within: str | None
    segments: int | None
    rendered: int | None


# A result from before the planning counts when it is still there: then somebody else made it in
# between. Else it was deleted, or lost, and is made again.
_DONE = """(s.state = 'completed' and (s.at > r.planned_at or exists (
  select 1 from view_content.content c where c.cid = s.output and c.state = 'stored')))"""
# After a failure the next run tries again; after a quarantine only one that was asked to, and those
# that are planned after it.
_GIVEN_UP = """(s.state = 'failed' and (s.at > r.planned_at or (s.code = 'quarantined'
  and coalesce(s.let_go_at, 0) not between s.at and r.planned_at)))"""
_OF_RUN = f"""
select r.step_id, r.key, r.node, coalesce(r.level, 0) as level, r.cached, r.inputs, r.planned_at,
  case when r.cached or {_DONE} then coalesce(s.output, r.output) end as output,
  {_DONE} as done, {_GIVEN_UP} as given_up, s.attempt, s.worker, s.task_id,
  s.started_us, s.elapsed_us, s.engine, s.log, s.code, s.message, s.segments, s.rendered,
  r.within, exists (select 1 from lease l where l.key = r.key
    or l.key in (select input_key from execution_input i where i.key = r.key)) as leased
from view_steps.run_step r left join view_steps.step s using (key)
where r.run_id = $1 order by r.level, r.planned_at, r.ordinal
"""  # noqa: S608
_COUNTS = f"""
select r.run_id, count(*) from view_steps.run_step r left join view_steps.step s using (key)
  left join view_steps.step w on w.key = r.within
where r.run_id = any($1) and (r.cached or {_DONE} or w.state = 'completed') group by 1
"""  # noqa: S608


async def of_run(views: Views, run_id: str, run_state: str) -> list[RunStep]:
    """List a run's steps in level order, with their states at this moment."""
    rows = await views.fetch(_OF_RUN, run_id)
    states: dict[str, str] = {}
    for row in rows:
        states[row["key"]] = _state(dict(row), run_state, states)
    names = set(RunStep.__slots__)
    return [
        RunStep(
            **{name: value for name, value in row.items() if name in names - {"state"}},
            state=states[row["key"]],
        )
        for row in rows
    ]


async def counts(views: Views, run_ids: Sequence[str]) -> Mapping[str, int]:
    """Count for each run the steps that are done, cached ones included."""
    rows = await views.fetch(_COUNTS, list(run_ids))
    return {row[0]: row[1] for row in rows}


def _state(row: Mapping[str, object], run_state: str, states: Mapping[str, str]) -> str:
    """Tell a step's state. Rows come in level order, so its inputs' states are known."""
    known = {"within": "elided", "cached": "cached", "done": "completed", "given_up": "failed"}
    for column, state in known.items():
        if row[column]:
            return state
    inputs = msgspec.json.decode(str(row["inputs"]), type=list[str])
    if any(states.get(key) in ("failed", "blocked") for key in inputs):
        return "blocked"
    if run_state == "cancelled":
        return "cancelled"
    return "running" if row["leased"] else "pending"
