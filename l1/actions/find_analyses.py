"""What a run's analyses found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from l1.actions.services import Services
from l1.content.cid import Cid
from l1.content.features import BYTES, Features
from l1.dag.plan import BYTES as PLAN_BYTES
from l1.dag.plan import Plan
from l1.projections import steps
from l1.projections.runs import Run

FEATURES = Features.__struct_fields__


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysed:
    """One analysis of a run: of which sound (a CID or a step's id), how far, what it found."""

    step_id: str
    feature: str
    of: str
    state: str
    cid: Cid | None
    found: Any


async def find_analyses(services: Services, run: Run) -> Sequence[Analysed]:
    """List the analyses in a run's plan, in its order; none before it is planned."""
    if not run.plan:
        return ()
    plan = Plan.from_json(await services.store.read(Cid(run.plan), limit=PLAN_BYTES))
    states = {each.key: each for each in await steps.of_run(services.views, run.run_id, run.state)}
    outputs = await services.work.outputs([s.key for s in plan.steps if s.node in FEATURES])
    listed = []
    for step in plan.steps:
        if step.node in FEATURES:
            state = states.get(step.key)
            cid = outputs.get(step.key) or (state.output if state else None)
            listed.append(
                Analysed(
                    step_id=step.id,
                    feature=step.node,
                    of=step.inputs[0].cid or step.inputs[0].step,
                    state=state.state if state else "elided",
                    cid=Cid(cid) if cid else None,
                    found=await _found(services, step.node, cid),
                )
            )
    return listed


async def _found(services: Services, feature: str, cid: str | None) -> Any:
    """Read what was found, if it is (still) here."""
    if not cid or not await services.store.has(Cid(cid)):
        return None
    document = Features.read(await services.store.read(Cid(cid), limit=BYTES))
    return msgspec.to_builtins(getattr(document, feature))
