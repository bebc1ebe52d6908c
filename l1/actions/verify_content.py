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
from l1.events.step import StepSplit
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
    sample: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The segments that were rendered again, and those of them that came out otherwise."""

    tried: tuple[str, ...]
    differs: tuple[str, ...]


async def render_again(services: Services, caller: Caller, cid: Cid, *, sample: int = 0) -> Started:
    """Start a run that renders content again, from its inputs on and without any cached result.

    With a `sample`, of a long film only so many segments, by chance.

    Raises `NotFound` for content that no run here has rendered, and `stale_plan` when it was
    rendered by other versions of the code.
    """
    plan, step = await _origin(services, cid)
    recipe = msgspec.structs.replace(recipe_of_plan(plan, services.nodes), output=step)
    if sample and not await _pieces(services, plan.by_id[step].key):
        raise Refused(
            f"{cid} was not rendered in segments that are kept; render all of it again",
            code="no_segments",
        )
    return await start_run(
        services, caller, recipe=Found(recipe=recipe), inputs={}, verifies=cid, sample=sample
    )


async def _pieces(services: Services, key: str) -> dict[int, Cid]:
    """Find the segments that a step was joined of, as far as they are kept, by number."""
    facts = [recorded.event for recorded in await services.reader.stream(f"step-{key}")]
    split = next((fact for fact in reversed(facts) if isinstance(fact, StepSplit)), None)
    if split is None:
        return {}
    kept = await services.work.outputs(split.segments)
    return {n: Cid(kept[key]) for n, key in enumerate(split.segments) if key in kept}


async def compare_sample(services: Services, cid: Cid, listing: Cid) -> Sample:
    """Compare the segments of a sample with those that the content was joined of.

    Raises `Refused` where none of them is kept.
    """
    plan, step = await _origin(services, cid)
    before = await _pieces(services, plan.by_id[step].key)
    sample = msgspec.json.decode(await services.store.read(listing))["segments"]
    known = [(number, found) for number, found in sample if number in before]
    if not known:
        raise Refused("none of these segments is kept; render all of it again", code="no_segments")
    return Sample(
        tried=tuple(f"{number} of {len(before)}" for number, _ in known),
        differs=tuple(f"segment {number}" for number, found in known if before[number] != found),
    )


async def _origin(services: Services, cid: Cid) -> tuple[Plan, str]:
    """Find a plan that gave the content, and the step in it that did."""
    for run_id, step_id in await runs.makers(services.views, cid):
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
    sample: Sample | None = None,
) -> Verification:
    """Record what a run that renders `cid` again gave.

    `prints` are the fingerprints of both, where the bytes are not the same; `sample` says
    what came of one. Raises `Refused` for a run that has no output.
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
    if sample is not None:
        differs, outcome = sample.differs, "different" if sample.differs else "sampled"
    else:
        alike = prints is not None and not differs
        outcome = "same" if run.output == cid else "alike" if alike else "different"
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
        cid=cid,
        run_id=run.run_id,
        outcome=outcome,
        found=fact.found,
        differs=fact.differs,
        sample=sample.tried if sample else (),
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
