"""The curves that parameters of a plan's steps follow, as far as they are made."""

from collections.abc import Mapping

from l1.actions.services import Services
from l1.content.cid import Cid
from l1.content.curve import BYTES, Curve
from l1.dag.binding import BIND
from l1.dag.plan import Plan

MOST = 24
"""So many are read; they are for looking at."""


async def find_curves(services: Services, plan: Plan) -> Mapping[str, Curve]:
    """Read the curves that are here, by the step that made each, in the plan's order."""
    steps = [step for step in plan.steps if step.node == BIND][:MOST]
    outputs = await services.work.outputs([step.key for step in steps])
    found = {}
    for step in steps:
        cid = outputs.get(step.key)
        if cid and await services.store.has(Cid(cid)):
            found[step.id] = Curve.read(await services.store.read(Cid(cid), limit=BYTES))
    return found
