"""Run a plan that somebody hands in."""

from uuid import UUID

from l1.actions.find_recipe import Found
from l1.actions.services import Caller, Services
from l1.actions.start_run import Started, start_run
from l1.dag.plan import Plan
from l1.dag.recipe_of_plan import recipe_of_plan


async def execute_plan(
    services: Services,
    caller: Caller,
    plan: Plan,
    *,
    output_name: str = "",
    event_id: UUID | None = None,
) -> Started:
    """Start a run of what the plan means: its keys are made anew, whatever keys it claims.

    Raises `Refused` as `start_run` does, and `stale_plan` for steps of other versions of nodes.
    """
    recipe = recipe_of_plan(plan, services.nodes)
    return await start_run(
        services,
        caller,
        recipe=Found(recipe=recipe),
        inputs={},
        output_name=output_name,
        event_id=event_id,
    )
