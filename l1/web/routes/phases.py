"""The three phases one by one: plan, execute a plan, or everything at once."""

import asyncio
from typing import Any

import msgspec
from starlette.responses import Response

from l1.actions.execute_plan import execute_plan
from l1.actions.find_recipe import find_recipe
from l1.actions.plan_recipe import Outlook, plan_recipe
from l1.dag.plan import BYTES, Plan
from l1.errors import Refused
from l1.web import bodies
from l1.web.asked import Asked
from l1.web.endpoint import Endpoint
from l1.web.phase_schemas import ExecuteIn, OutlookOut, PlanIn, PlanOut
from l1.web.schemas import Accepted, RunIn, RunOut
from l1.web.starting import event_id, start, started_out

_PROBE_S = 10.0


async def _plan(asked: Asked) -> Response:
    wanted = await bodies.structured(asked.request, PlanIn)
    found = await find_recipe(asked.services, wanted.recipe)
    outlook = await plan_recipe(asked.services, found, wanted.inputs, seconds=_PROBE_S)
    return asked.json(_out(outlook))


def _out(outlook: Outlook) -> PlanOut:
    plan, states = outlook.plan, [each.state for each in outlook.steps]
    return PlanOut(
        plan_id=plan.plan_id,
        run_key=plan.run_key,
        steps=[
            OutlookOut(
                step_id=each.step.id,
                node=each.step.node,
                level=each.step.level,
                key=each.step.key,
                state=each.state,
                reason=each.reason,
                changed=list(each.changed),
            )
            for each in outlook.steps
        ],
        needed=states.count("to_run"),
        cached=states.count("cached"),
        plan=msgspec.to_builtins(plan),
    )


def _read(given: dict[str, Any]) -> Plan:
    try:
        return Plan.from_json(msgspec.json.encode(given))
    except (ValueError, RecursionError) as error:  # half of a surrogate pair; nested too deep
        raise Refused(f"not a plan: {error}", code="bad_plan") from None


async def _execute(asked: Asked) -> Response:
    wanted = await bodies.structured(asked.request, ExecuteIn, limit=BYTES)
    plan = await asyncio.to_thread(_read, wanted.plan)
    started = await execute_plan(
        asked.services,
        asked.by,
        plan,
        output_name=wanted.output_name,
        event_id=event_id(asked),
    )
    return await started_out(asked, started)


async def _run(asked: Asked) -> Response:
    return await start(asked, await bodies.structured(asked.request, RunIn))


PLAN = Endpoint(
    method="POST",
    path="/api/plan",
    handler=_plan,
    summary="Plan without running: every step with its key, whether its result exists, and why not",
    body=PlanIn,
    answers={200: PlanOut},
)
EXECUTE = Endpoint(
    method="POST",
    path="/api/execute",
    handler=_execute,
    summary="Run a plan. The keys that it claims are not believed but made anew",
    body=ExecuteIn,
    answers={201: RunOut, 202: Accepted},
)
RUN_RECIPE = Endpoint(
    method="POST",
    path="/api/run-recipe",
    handler=_run,
    summary="Analyse, plan and execute a recipe: the same as POST /runs",
    body=RunIn,
    answers={201: RunOut, 202: Accepted},
)
