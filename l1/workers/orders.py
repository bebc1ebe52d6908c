"""From what is to be done to the task of a child: files for inputs, looks in order."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from l1.actions.contents import infos
from l1.actions.open_content import open_contents
from l1.content.cid import Cid
from l1.dag.keys import Preimage
from l1.effects.effect import Effect
from l1.errors import Unavailable
from l1.workers.distrust import check_allowed
from l1.workers.job import Desk
from l1.workers.spec import StepSpec
from l1.workers.task import Task, TaskLook, TaskSource


def effect_of(desk: Desk, step: Preimage) -> Effect:
    """Find the effect of a step. Raises `Unavailable` for another release's."""
    effect = desk.effects.get(step.node)
    if effect is None or effect.node.version != step.version:
        raise Unavailable(
            f"this worker has no {step.node} of version {step.version}; another may",
            code="wrong_release",
        )
    check_allowed(desk.services, effect)
    return effect


async def order(
    desk: Desk,
    spec: StepSpec,
    inputs: Mapping[str, str],
    output: Path,
    *,
    kind: Literal["render", "segments", "sound", "join"] = "render",
) -> Task:
    """Make the task that renders a step into `output`; `inputs` maps keys of steps to contents."""
    for link in spec.links:
        effect_of(desk, link)
    given = [list(spec.links[0].inputs), *(list(link.inputs[1:]) for link in spec.links[1:])]
    cids = [[Cid(inputs.get(name, name)) for name in names] for names in given]
    files = await _sources(desk, sorted({cid for each in cids for cid in each}))
    head, *looks = spec.links
    return Task(
        kind=kind,
        name=head.node,
        params=dict(head.params),
        bound=dict(head.bound),
        sources=tuple(files[cid] for cid in cids[0]),
        looks=tuple(
            TaskLook(
                name=look.node,
                params=dict(look.params),
                bound=dict(look.bound),
                sources=tuple(files[cid] for cid in own),
            )
            for look, own in zip(looks, cids[1:], strict=True)
        ),
        output=str(output),
        limits=desk.limits_of(effect_of(desk, spec.step)),
    )


async def join_order(desk: Desk, task: Task, pieces: Sequence[Cid], heard: Sequence[Cid]) -> Task:
    """Make of a render's task the one that joins pieces."""
    paths = await open_contents(desk.services, desk.caller, [*pieces, *heard])
    names = [str(path) for path in paths]
    return msgspec.structs.replace(
        task,
        kind="join",
        split_over=0,
        pieces=tuple(names[: len(pieces)]),
        heard=tuple(names[len(pieces) :]),
    )


async def _sources(desk: Desk, cids: list[Cid]) -> dict[Cid, TaskSource]:
    known = await infos(desk.services, cids)
    paths = await open_contents(desk.services, desk.caller, cids)
    unknown = [cid for cid in cids if cid not in known]
    if unknown:
        raise Unavailable(f"{unknown[0]} has not been probed", code="not_probed")
    return {
        cid: TaskSource(path=str(path), info=known[cid], cid=cid)
        for cid, path in zip(cids, paths, strict=True)
    }
