"""Gathers what is known of a run into its provenance record."""

import functools
import hashlib
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import l1
from l1.actions.contents import put_documents, stored
from l1.actions.find_effect import effects_used
from l1.actions.services import Caller, Services
from l1.content.canonical import canonical
from l1.content.cid import Cid, ContentHash
from l1.content.identity import Identity
from l1.content.provenance import (
    EffectUsed,
    Infrastructure,
    LogRange,
    Named,
    Provenance,
    RecipeUsed,
    StepDone,
)
from l1.dag.plan import Plan, Step, prune
from l1.events.event import Event
from l1.projections import content
from l1.projections.content import Content
from l1.projections.runs import Run
from l1.projections.steps import RunStep

_PLAN_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A run that reached its output."""

    run: Run
    steps: list[RunStep]
    output: Content
    at: datetime
    tools: Mapping[str, str]


async def tell(
    services: Services, caller: Caller, story: Story
) -> tuple[Provenance, tuple[Event, ...]]:
    """Make the record, and the facts about the documents that it names."""
    run = story.run
    assert run.plan  # a run that completed was planned
    assert run.plan_id
    assert run.run_key
    plan = Plan.from_json(await services.store.read(Cid(run.plan), limit=_PLAN_BYTES))
    # All that led to the output, those steps too that were not needed this time.
    everything = prune(plan, ())
    outputs = {**await services.work.outputs([s.key for s in everything.needed]), **_outputs(story)}
    within = everything.within
    used = [step for step in plan.steps if step.key in outputs or step.id in within]
    executed = {step.key for step in story.steps if step.state == "completed"}
    software, hardware, *effects = await put_documents(
        services,
        canonical(software_manifest()),
        canonical(hardware_description()),
        *(effect_code(name) for name in sorted({step.node for step in used})),
    )
    inputs = await content.find(services.views, list(plan.contents))
    first = next(iter(await services.reader.stream(f"run-{run.run_id}"))).position
    size, root = await services.roots.newest()
    versions = {step.node: str(step.version) for step in used}
    record = Provenance(
        task_id=next((s.task_id for s in story.steps if s.task_id), "") or run.run_id,
        rendered_at=story.at,
        rendered_by=f"@{services.identity.owner}@{services.identity.host}",
        output=Named(
            name=await services.keyring.open(run.output_name) or run.recipe_name,
            content_hash=ContentHash(story.output.content_hash),
            cid=story.output.cid,
        ),
        inputs=tuple(_input(name, inputs[cid]) for name, cid in sorted(run.inputs.items())),
        effects=(
            *(
                _effect(name, versions[name], code)
                for name, code in zip(sorted(versions), effects, strict=True)
            ),
            *await effects_used(services, used),
        ),
        infrastructure=Infrastructure(
            software=_named("infra:artdag", software),
            hardware=_named(f"infra:{services.identity.hardware}", hardware),
        ),
        run_id=run.run_id,
        run_key=run.run_key,
        recipe=RecipeUsed(name=run.recipe_name, cid=Cid(run.recipe)),
        plan_id=run.plan_id,
        plan_cid=Cid(run.plan),
        profile=plan.profile,
        deterministic=True,
        schema=1,
        params={step.id: dict(step.params) for step in used if step.params},
        steps=tuple(
            _step(step, plan, outputs, tail=within.get(step.id), cached=step.key not in executed)
            for step in used
        ),
        tools=story.tools,
        log=LogRange(first=first, last=size, size=size, root=root),
    )
    facts = [
        stored(identity, source="provenance", caller=caller, media_type=media_type)
        for identity, media_type in [
            (software, "application/json"),
            (hardware, "application/json"),
            *((code, "text/x-python") for code in effects),
        ]
    ]
    return record, tuple(facts)


@functools.cache
def software_manifest() -> dict[str, object]:
    """List this package's files with their SHA3-256, so that anyone can compare their copy."""
    root = Path(l1.__file__).parent
    files = sorted(p for p in root.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return {
        "name": "artdag-l1",
        "version": l1.__version__,
        "files": {
            file.relative_to(root).as_posix(): hashlib.sha3_256(file.read_bytes()).hexdigest()
            for file in files
        },
    }


def hardware_description() -> dict[str, object]:
    """Tell what kind of machine this is."""
    return {
        "machine": platform.machine(),
        "system": platform.system(),
        "cpus": os.cpu_count() or 1,
        "python": platform.python_version(),
    }


def effect_code(name: str) -> bytes:
    """Read the bytes of an effect's implementation; a note where it is not a file of ours."""
    folder = Path(l1.__file__).parent / "effects"
    file = folder / name / "__init__.py" if (folder / name).is_dir() else folder / f"{name}.py"
    return file.read_bytes() if file.is_file() else f"effect {name}\n".encode()


def _outputs(story: Story) -> dict[str, str]:
    return {step.key: step.output for step in story.steps if step.output}


def _step(
    step: Step, plan: Plan, outputs: Mapping[str, str], *, tail: Step | None, cached: bool
) -> StepDone:
    """Tell what a step did; one with a `tail` was rendered within that and has no result."""
    before = plan.by_id[step.inputs[0].step].key if step.fused else None
    return StepDone(
        id=step.id,
        node=step.node,
        version=step.version,
        key=step.key,
        inputs=_given(step, plan, outputs),
        output=None if tail else Cid(outputs[step.key]),
        params=step.params,
        bound=_bound(step, plan, outputs),
        cached=cached and tail is None,
        follows=before,
        within=tail.key if tail else None,
    )


def _bound(step: Step, plan: Plan, outputs: Mapping[str, str]) -> dict[str, int]:
    """Say which of the inputs that are told each parameter follows."""
    there = [bool(ref.cid or outputs.get(plan.by_id[ref.step].key)) for ref in step.inputs]
    bound = step.preimage.bound.items()
    return {name: sum(there[:index]) for name, index in bound if there[index]}


def _given(step: Step, plan: Plan, outputs: Mapping[str, str]) -> tuple[Cid, ...]:
    cids = [ref.cid or outputs.get(plan.by_id[ref.step].key) for ref in step.inputs]
    return tuple(Cid(cid) for cid in cids if cid)


def _input(name: str, item: Content) -> Named:
    return Named(name=name, content_hash=ContentHash(item.content_hash), cid=item.cid)


def _named(name: str, identity: Identity) -> Named:
    return Named(name=name, content_hash=identity.content_hash, cid=identity.cid)


def _effect(name: str, version: str, code: Identity) -> EffectUsed:
    return EffectUsed(name=name, version=version, content_hash=code.content_hash, cid=code.cid)
