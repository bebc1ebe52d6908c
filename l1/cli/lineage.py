"""Where content came from: its provenance, and that of its inputs, back to what was brought in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from l1.actions.contents import resolve
from l1.actions.plan_recipe import previous
from l1.cli.node import Node
from l1.content.cid import Cid
from l1.content.provenance import Provenance
from l1.dag.explain import explain
from l1.dag.plan import Plan
from l1.errors import NotFound
from l1.projections import runs
from l1.projections.content import Content
from l1.projections.runs import Run

_DEEP = 50
_PLAN_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One content and what it was made from; `run` is None for what was brought in.

    `above` tells that its own origin stands where it was named first.
    """

    content: Content
    name: str
    above: bool = False
    run: Run | None = None
    steps: tuple[Mapping[str, Any], ...] = ()
    inputs: "tuple[tuple[str, Origin], ...]" = ()


async def ancestry(node: Node, item: Content) -> Origin:
    """Follow content back to what was brought in."""
    return await _follow(node, item, set(), _DEEP)


async def _follow(node: Node, item: Content, told: set[str], depth: int) -> Origin:
    """Tell each content's origin once: an effect that changes nothing makes of it its own input."""
    services = node.services
    name = await services.keyring.open(item.name) or ""
    if item.cid in told:
        return Origin(content=item, name=name, above=True)
    told.add(item.cid)
    run = await runs.by_output(services.views, item.cid)
    if run is None or not run.provenance or depth == 0:
        return Origin(content=item, name=name)
    record = Provenance.from_json(await services.store.read(Cid(run.provenance)))
    origins = []
    for part in record.inputs:
        try:
            used = await resolve(services, part.cid)
        except NotFound:
            continue  # deleted since; the record still names it
        origins.append((part.name, await _follow(node, used, told, depth - 1)))
    return Origin(
        content=item,
        name=name,
        run=run,
        steps=tuple(await _steps(node, run, record)),
        inputs=tuple(origins),
    )


async def _steps(node: Node, run: Run, record: Provenance) -> list[Mapping[str, Any]]:
    """Tell of each step whether it was cached, and if not, what was new about it."""
    plan = Plan.from_json(await node.services.store.read(record.plan_cid, limit=_PLAN_BYTES))
    before = await previous(node.services, run.recipe_name, before=run.requested_at)
    cached = {step.key for step in record.steps if step.cached}
    outputs = {step.id: step.output for step in record.steps}
    return [
        {
            "step": said.step.id,
            "node": said.step.node,
            "version": said.step.version,
            "params": dict(said.step.params),
            "state": "cached" if said.state == "cached" else "rendered",
            "reason": said.reason,
            "output": outputs[said.step.id],
        }
        for said in explain(plan, cached, before)
        if said.step.id in outputs
    ]


def as_tree(origin: Origin, label: str = "") -> dict[str, Any]:
    """Give it as data."""
    item = origin.content
    tree: dict[str, Any] = {"cid": item.cid, "content_hash": item.content_hash}
    tree |= {"source": item.source, "media_type": item.media_type, "name": origin.name}
    if label:
        tree["input"] = label
    if origin.above:
        tree["above"] = True
    if origin.run is not None:
        tree["run_id"] = origin.run.run_id
        tree["provenance_cid"] = origin.run.provenance
        tree["steps"] = list(origin.steps)
        tree["inputs"] = [as_tree(each, name) for name, each in origin.inputs]
    return tree


def as_lines(origin: Origin, *, indent: str = "", label: str = "") -> list[str]:
    """Give it as an indented text, the newest first."""
    item = origin.content
    what = f"{label}: " if label else ""
    named = f" {origin.name!r}" if origin.name else ""
    about = "above" if origin.above else f"{item.media_type or 'unknown'}, {item.source}"
    lines = [f"{indent}{what}{item.cid}{named} ({about})"]
    if origin.run is not None:
        lines.append(f"{indent}  run {origin.run.run_id} of {origin.run.recipe_name}")
        lines += [
            f"{indent}  step {step['step']}: {step['node']} {step['version']}, {step['state']}: "
            f"{step['reason']}"
            for step in origin.steps
        ]
        for name, each in origin.inputs:
            lines += as_lines(each, indent=indent + "    ", label=name)
    return lines
