"""One run: as data, as a page, as its plan, as a stream of what changes."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from l1.actions.find_analyses import find_analyses
from l1.actions.find_curves import find_curves
from l1.content.cid import Cid
from l1.dag.bindings_said import bindings_said
from l1.dag.plan import BYTES, Plan
from l1.errors import NotFound
from l1.log.wakeups import VIEWS
from l1.projections import runs
from l1.projections.runs import Run
from l1.web.analysing import draw_analysis
from l1.web.asked import Asked
from l1.web.drawing import Drawing, draw
from l1.web.endpoint import Endpoint
from l1.web.plotting import Plot, plot_curve
from l1.web.presenting import run_out, steps_out
from l1.web.schemas import RunDetailOut, RunOut, StepOut

_DRAWN = 60
"""A plan of at most so many steps is drawn on the run's page."""
_SHOWN = 300
"""So many steps stand on a page; the others are counted."""
_LOOK_S = 1.0
_PAUSE_S = 0.25


async def _show(asked: Asked) -> Response:
    if not asked.wants_html:
        return await _data(asked)
    run = await runs.get(asked.services.views, asked.run_id)
    return asked.page("run.html", **await _shown(asked, run))


async def _data(asked: Asked) -> Response:
    run = await runs.get(asked.services.views, asked.run_id)
    out, listed = await _state(asked, run)
    return asked.json(RunDetailOut(**dict(out), step_list=listed))


async def _plan(asked: Asked) -> Response:
    plan = await _read_plan(asked)
    return Response(plan.to_json(), media_type="application/json")


async def _plan_page(asked: Asked) -> Response:
    if not asked.wants_html:
        return await _plan(asked)
    run = await runs.get(asked.services.views, asked.run_id)
    plan = await _read_plan(asked)
    out, listed = await _state(asked, run)
    drawing = await _drawing(asked, listed)
    follows, curves = bindings_said(plan), await find_curves(asked.services, plan)
    plots = {id_: plot_curve(curve) for id_, curve in curves.items()}
    return asked.page(
        "plan.html", run=out, plan=plan, drawing=drawing, follows=follows, curves=plots
    )


async def _read_plan(asked: Asked) -> Plan:
    run = await runs.get(asked.services.views, asked.run_id)
    if not run.plan:
        raise NotFound(f"run {run.run_id} is {run.state} and has no plan (yet)")
    return Plan.from_json(await asked.services.store.read(Cid(run.plan), limit=BYTES))


async def _state(asked: Asked, run: Run) -> tuple[RunOut, list[StepOut]]:
    listed = await steps_out(asked.services, asked.web.live, run)
    return await run_out(asked.services, run), listed


async def _shown(asked: Asked, run: Run) -> dict[str, Any]:
    out, listed = await _state(asked, run)
    counts: dict[str, int] = {}
    for step in listed:
        counts[step.status] = counts.get(step.status, 0) + 1
    drawn = bool(run.plan) and (run.steps or 0) <= _DRAWN
    return {
        "run": out,
        "over": run.over,
        "steps": listed[:_SHOWN],
        "of": len(listed),
        "counts": counts,
        "drawing": await _drawing(asked, listed) if drawn else None,
        "beats": await _beats(asked, run) if drawn else None,
    }


async def _drawing(asked: Asked, listed: list[StepOut]) -> Drawing:
    plan = await _read_plan(asked)
    states = {step.step_id: step.status for step in listed}
    return await asyncio.to_thread(draw, plan, states)


async def _beats(asked: Asked, run: Run) -> Plot | None:
    """Draw the first beats that the run found."""
    listed = await find_analyses(asked.services, run)
    found = [each for each in listed if each.feature == "beats" and each.found]
    return draw_analysis(found[0], listed) if found else None


async def _events(asked: Asked) -> Response:
    run = await runs.get(asked.services.views, asked.run_id)
    return EventSourceResponse(_follow(asked, run), ping=15, headers={"X-Accel-Buffering": "no"})


@dataclass(slots=True)
class _Told:
    """What a stream has said already."""

    run: str = ""
    html: str = ""
    steps: dict[str, StepOut] = field(default_factory=dict)


async def _follow(asked: Asked, run: Run) -> AsyncIterator[ServerSentEvent]:
    """Say what changes until the run is over; each id is the log's position it was true at."""
    services, told = asked.services, _Told()
    as_html = asked.query("view") == "html"
    while True:
        changed = services.wakeups.next(VIEWS)
        position = str(await services.views.position("runs", "steps"))
        try:
            run = await runs.get(services.views, run.run_id)
        except NotFound:
            yield ServerSentEvent("discarded", event="end", id=position)
            return
        say = _html if as_html else _news
        for event, data in await say(asked, run, told):
            yield ServerSentEvent(data, event=event, id=position)
        if run.over:
            yield ServerSentEvent(run.state, event="end", id=position)
            return
        await asyncio.sleep(_PAUSE_S)  # so that a busy log does not ask for a thousand a second
        await services.wakeups.wait(VIEWS, _LOOK_S, next=changed)


async def _html(asked: Asked, run: Run, told: _Told) -> list[tuple[str | None, str]]:
    shown = await _shown(asked, run)
    html = asked.web.pages.render("_run.html", **shown)
    if html == told.html:
        return []
    told.html = html
    return [(None, html)]


async def _news(asked: Asked, run: Run, told: _Told) -> list[tuple[str | None, str]]:
    out, listed = await _state(asked, run)
    news: list[tuple[str | None, str]] = []
    if (text := out.model_dump_json()) != told.run:
        told.run = text
        news.append(("run", text))
    for step in listed:
        if told.steps.get(step.step_id) != step:
            told.steps[step.step_id] = step
            news.append(("step", step.model_dump_json()))
    return news


_BOTH = ("application/json", "text/html")
SHOW = Endpoint(
    method="GET",
    path="/runs/{id}",
    handler=_show,
    summary="A run with its steps",
    gives=_BOTH,
    answers={200: RunDetailOut},
)
PAGE = Endpoint(
    method="GET",
    path="/run/{id}",
    handler=_show,
    summary="A run's page",
    gives=_BOTH,
    answers={200: RunDetailOut},
)
DATA = Endpoint(
    method="GET",
    path="/api/run/{id}",
    handler=_data,
    summary="A run with its steps, always as data",
    answers={200: RunDetailOut},
)
PLAN = Endpoint(
    method="GET",
    path="/api/run/{id}/plan",
    handler=_plan,
    summary="A run's plan: every step with the preimage of its cache key",
    answers={200: "The plan, in the very bytes that its CID names"},
)
PLAN_PAGE = Endpoint(
    method="GET",
    path="/run/{id}/plan",
    handler=_plan_page,
    summary="A run's plan, drawn",
    gives=_BOTH,
    answers={200: "The plan"},
)
EVENTS = Endpoint(
    method="GET",
    path="/runs/{id}/events",
    handler=_events,
    summary="What changes in a run, as server-sent events: `run`, `step`, and `end` at its end",
    query={"view": "`html` for parts of the page"},
    gives=("text/event-stream",),
    answers={200: "The stream; ids are positions of the log"},
)
