"""Runs: one row each, from request to discard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from l1.errors import NotFound
from l1.events import run as facts
from l1.events.event import Placed, Sealed
from l1.projections.projection import Projection, Rows, Table
from l1.projections.views import Views

RUN = Table(
    name="run",
    key=("run_id",),
    columns={
        "run_id": "text", "owner": "text", "recipe": "text", "recipe_name": "text",
        "recipe_text": "text",
        "inputs": "text", "output_name": "text", "retry_of": "text", "state": "text",
        "requested": "timestamptz", "requested_at": "bigint", "planned": "timestamptz",
        "ended": "timestamptz", "ended_at": "bigint", "plan": "text", "plan_id": "text",
        "run_key": "text", "output_key": "text", "steps": "bigint", "cached": "bigint",
        "levels": "bigint", "output": "text", "provenance": "text", "code": "text",
        "message": "text", "discarded": "boolean",
    },
    indexes=("(requested_at)", "(run_key)", "(output)", "(recipe_text)"),
)  # fmt: skip
RUNS = Projection(name="runs", version=2, tables=(RUN,))


@RUNS.on(facts.RunRequested)
def requested(rows: Rows, recorded: Placed, fact: facts.RunRequested) -> None:
    """Begin a row."""
    rows.merge(
        RUN,
        run_id=fact.run_id,
        owner=fact.owner,
        recipe=fact.recipe,
        recipe_name=fact.recipe_name,
        recipe_text=fact.recipe_text,
        inputs=msgspec.json.encode(fact.inputs).decode(),
        output_name=fact.output_name,
        retry_of=fact.retry_of,
        state="pending",
        requested=recorded.at,
        requested_at=recorded.position,
        discarded=False,
    )


@RUNS.on(facts.RunPlanned)
def planned(rows: Rows, recorded: Placed, fact: facts.RunPlanned) -> None:
    """The run moves."""
    rows.merge(
        RUN,
        run_id=fact.run_id,
        state="running",
        planned=recorded.at,
        plan=fact.plan,
        plan_id=fact.plan_id,
        run_key=fact.run_key,
        output_key=fact.output_key,
        steps=fact.steps,
        cached=fact.cached,
        levels=fact.levels,
    )


@RUNS.on(facts.RunCompleted)
def completed(rows: Rows, recorded: Placed, fact: facts.RunCompleted) -> None:
    """The run has its output."""
    rows.merge(
        RUN,
        run_id=fact.run_id,
        state="completed",
        ended=recorded.at,
        ended_at=recorded.position,
        output=fact.output,
        provenance=fact.provenance,
    )


@RUNS.on(facts.RunFailed)
def failed(rows: Rows, recorded: Placed, fact: facts.RunFailed) -> None:
    """The run cannot reach its output."""
    rows.merge(
        RUN,
        run_id=fact.run_id,
        state="failed",
        ended=recorded.at,
        ended_at=recorded.position,
        code=fact.code,
        message=fact.message,
    )


@RUNS.on(facts.RunCancelled)
def cancelled(rows: Rows, recorded: Placed, fact: facts.RunCancelled) -> None:
    """Somebody stopped it."""
    rows.merge(
        RUN, run_id=fact.run_id, state="cancelled", ended=recorded.at, ended_at=recorded.position
    )


@RUNS.on(facts.RunDiscarded)
def discarded(rows: Rows, recorded: Placed, fact: facts.RunDiscarded) -> None:
    """The run is no longer shown; its history stays in the log."""
    del recorded
    rows.merge(RUN, run_id=fact.run_id, discarded=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run as the view has it. States: pending, running, completed, failed, cancelled."""

    run_id: str
    owner: str
    recipe: str
    recipe_name: str
    recipe_text: str
    inputs: dict[str, str]
    output_name: Sealed
    retry_of: str
    state: str
    requested: datetime
    requested_at: int
    planned: datetime | None
    ended: datetime | None
    ended_at: int | None
    plan: str | None
    plan_id: str | None
    run_key: str | None
    output_key: str | None
    steps: int | None
    cached: int | None
    levels: int | None
    output: str | None
    provenance: str | None
    code: str | None
    message: str | None
    discarded: bool

    @property
    def over(self) -> bool:
        """Tell whether the run has ended, in whichever way."""
        return self.state in ("completed", "failed", "cancelled")


async def get(views: Views, run_id: str) -> Run:
    """Find a run; `NotFound` if there is none, or it was discarded."""
    rows = await views.fetch(
        "select * from view_runs.run where run_id = $1 and not discarded", run_id
    )
    if not rows:
        raise NotFound(f"there is no run {run_id}", run_id=run_id)
    return _run(dict(rows[0]))


async def page(views: Views, *, limit: int, before: int | None = None) -> list[Run]:
    """List runs, the newest first; `before` is the `requested_at` of the last one seen."""
    rows = await views.fetch(
        "select * from view_runs.run where not discarded and requested_at < $1 "
        "order by requested_at desc limit $2",
        before or 2**62,
        limit,
    )
    return [_run(dict(row)) for row in rows]


async def offset_page(views: Views, *, limit: int, offset: int) -> list[Run]:
    """List runs by page number, as the oldest clients do."""
    rows = await views.fetch(
        "select * from view_runs.run where not discarded order by requested_at desc "
        "limit $1 offset $2",
        limit,
        offset,
    )
    return [_run(dict(row)) for row in rows]


async def total(views: Views) -> int:
    """Count the runs that are shown."""
    rows = await views.fetch("select count(*) from view_runs.run where not discarded")
    return int(rows[0][0])


async def completed_by_key(views: Views, run_key: str) -> Run | None:
    """Find the newest completed run of the same key (R010)."""
    rows: Sequence[object] = await views.fetch(
        "select * from view_runs.run where run_key = $1 and state = 'completed' and not discarded "
        "order by ended_at desc limit 1",
        run_key,
    )
    return _run(dict(rows[0])) if rows else None  # type: ignore[call-overload]


async def of_recipe(views: Views, text: str, *, limit: int) -> list[Run]:
    """List the newest runs of the recipe with this text."""
    rows = await views.fetch(
        "select * from view_runs.run where recipe_text = $1 and not discarded "
        "order by requested_at desc limit $2",
        text,
        limit,
    )
    return [_run(dict(row)) for row in rows]


async def by_output(views: Views, cid: str) -> Run | None:
    """Find the run that first gave this output."""
    rows: Sequence[object] = await views.fetch(
        "select * from view_runs.run where output = $1 and state = 'completed' and not discarded "
        "order by ended_at limit 1",
        cid,
    )
    return _run(dict(rows[0])) if rows else None  # type: ignore[call-overload]


async def by_outputs(views: Views, cids: Sequence[str]) -> dict[str, Run]:
    """Find for each of these outputs the run that first gave it."""
    rows = await views.fetch(
        "select distinct on (output) * from view_runs.run where output = any($1) "
        "and state = 'completed' and not discarded order by output, ended_at",
        list(cids),
    )
    return {row["output"]: _run(dict(row)) for row in rows}


def _run(row: dict[str, object]) -> Run:
    row["inputs"] = msgspec.json.decode(str(row["inputs"]))
    return Run(**row)  # type: ignore[arg-type]


async def makers(views: Views, cid: str) -> list[tuple[str, str]]:
    """Name the runs that still are, and their steps, that gave this content: the oldest first."""
    rows = await views.fetch(
        "select r.run_id, r.step_id from view_steps.step s join view_steps.run_step r using (key) "
        "join view_runs.run n on n.run_id = r.run_id and not n.discarded "
        "where s.output = $1 order by r.planned_at limit 20",
        cid,
    )
    return [(row[0], row[1]) for row in rows]
