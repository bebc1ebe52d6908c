"""Render content again from its provenance, and say whether it came out the same."""

from dataclasses import dataclass
from itertools import zip_longest

import msgspec

from l1.actions.find_recipe import Found
from l1.actions.services import Caller, Services
from l1.actions.start_run import Started, start_run
from l1.content.cid import Cid
from l1.dag.plan import BYTES, Plan
from l1.dag.recipe import Recipe, RecipeInput, RecipeStep
from l1.dag.recipe_of_plan import recipe_of_plan
from l1.errors import NotFound, Refused
from l1.events.content import ContentVerified
from l1.log.command import Command
from l1.projections import runs, steps
from l1.projections.runs import Run

_SHOWN = 20
"""So many places in which two files differ are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What became of rendering again: see `ContentVerified`."""

    cid: Cid
    run_id: str
    outcome: str
    found: Cid
    differs: tuple[str, ...] = ()


async def render_again(services: Services, caller: Caller, cid: Cid) -> Started:
    """Start a run that renders content again, from its inputs on and without any cached result.

    Raises `NotFound` for content that no run here has rendered, and `stale_plan` when it was
    rendered by other versions of the code.
    """
    plan, step = await _origin(services, cid)
    recipe = msgspec.structs.replace(recipe_of_plan(plan, services.nodes), output=step)
    return await start_run(services, caller, recipe=Found(recipe=recipe), inputs={}, verifies=cid)


async def _origin(services: Services, cid: Cid) -> tuple[Plan, str]:
    """Find a plan that gave the content, and the step in it that did."""
    for run_id, step_id in await steps.makers(services.views, cid):
        run = await runs.get(services.views, run_id)
        if run.plan:
            plan = Plan.from_json(await services.store.read(Cid(run.plan), limit=BYTES))
            return plan, step_id
    raise NotFound(f"no run here has rendered {cid}: there is nothing to render again", cid=cid)


def compare_again(cid: Cid, found: Cid, output: str) -> Recipe:
    """Write the recipe that hashes what is seen and heard of two contents.

    `output` says of which one: `first` or `second`.
    """
    hashed = [
        RecipeStep(id=name, type="FINGERPRINT", inputs=(source,), config={})
        for name, source in (("first", "one"), ("second", "other"))
    ]
    return Recipe(
        name="compare",
        inputs={"one": RecipeInput(default=cid), "other": RecipeInput(default=found)},
        steps=tuple(hashed),
        output=output,
    )


async def conclude(
    services: Services,
    caller: Caller,
    cid: Cid,
    run: Run,
    *,
    prints: tuple[Cid, Cid] | None = None,
) -> Verification:
    """Record what a run that renders `cid` again gave.

    `prints` are the fingerprints of both, where the bytes are not the same. Raises `Refused` for
    a run that has no output.
    """
    if run.output is None:
        raise Refused(
            f"rendering {cid} again did not succeed: {run.message or run.state}",
            code="not_rendered",
        )
    differs: tuple[str, ...] = ()
    if prints is not None:
        first, second = [await _print(services, each) for each in prints]
        differs = (*_where("picture", first[0], second[0]), *_where("second", first[1], second[1]))
    outcome = "same" if run.output == cid else "different" if differs or not prints else "alike"
    done = await steps.of_run(services.views, run.run_id, run.state)
    engine = next((each.engine for each in done if each.key == run.output_key), None)
    fact = ContentVerified(
        cid=cid,
        run_id=run.run_id,
        outcome=outcome,
        found=Cid(run.output),
        engine=engine or "",
        differs=differs[:_SHOWN],
    )
    await services.log.append(Command(facts=(fact,), meta=caller.meta(run.run_id)))
    return Verification(
        cid=cid, run_id=run.run_id, outcome=outcome, found=fact.found, differs=fact.differs
    )


async def _print(services: Services, cid: Cid) -> tuple[list[str], list[str]]:
    told = msgspec.json.decode(await services.store.read(cid))["fingerprint"]
    return told.get("pictures", []), told.get("seconds", [])


def _where(word: str, first: list[str], second: list[str]) -> list[str]:
    return [
        f"{word} {number}"
        for number, (one, other) in enumerate(zip_longest(first, second))
        if one != other
    ]
