"""Plan without running: what a run would do, what is done already, and why the rest is not."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from l1.actions.bind_inputs import Inputs, bind_inputs
from l1.actions.contents import infos
from l1.actions.find_effect import make_plan
from l1.actions.find_recipe import Found
from l1.actions.services import Services
from l1.content.cid import Cid
from l1.content.media_info import MediaInfo
from l1.dag.explain import Explanation, explain
from l1.dag.keys import Preimage
from l1.dag.plan import BYTES, Plan
from l1.errors import Unavailable
from l1.log.wakeups import VIEWS
from l1.projections import runs

PROBE_S = 60.0
"""So many seconds are waited for somebody to look into the inputs."""
_RUNS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """A plan, and for each of its steps, in order, what would become of it."""

    plan: Plan
    steps: tuple[Explanation, ...]


async def plan_recipe(
    services: Services,
    found: Found,
    inputs: Inputs,
    *,
    seconds: float = PROBE_S,
) -> Outlook:
    """Plan a recipe over content that is here; nothing is recorded.

    Raises `Refused` for what a run would be refused for, and `Unavailable` when an input has not
    been probed within `seconds`.
    """
    bound = await bind_inputs(services, found.recipe, inputs)
    probed = await _probed(services, [item.cid for item in bound.contents.values()], seconds)
    made = await make_plan(services, bound.recipe, bound.inputs, probed)
    done = await services.work.outputs([step.key for step in made.steps])
    return Outlook(plan=made, steps=explain(made, done, await previous(services, made.recipe)))


async def previous(
    services: Services, recipe: str, *, before: int | None = None
) -> Mapping[str, Preimage]:
    """Give the preimages of the steps of the last run of a recipe of this name."""
    for run in await runs.page(services.views, limit=_RUNS, before=before):
        if run.recipe_name == recipe and run.plan:
            data = await services.store.read(Cid(run.plan), limit=BYTES)
            return {step.id: step.preimage for step in Plan.from_json(data).steps}
    return {}


async def _probed(services: Services, cids: list[Cid], seconds: float) -> Mapping[Cid, MediaInfo]:
    """Wait until somebody has looked into the inputs."""
    deadline = asyncio.get_running_loop().time() + seconds
    while len(known := await infos(services, cids)) < len(set(cids)):
        if asyncio.get_running_loop().time() > deadline:
            raise Unavailable("the inputs have not been probed yet; try again", code="not_probed")
        await services.wakeups.wait(VIEWS, 0.25)
    return known
