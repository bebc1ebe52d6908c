"""What a stranger's file goes through: a probe, a render and an analysis, each in a real child."""

import asyncio
import hashlib
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

import l1.analyses
from l1 import catalog, compose
from l1.analyses.analysis import Analysis
from l1.content.media_info import MediaInfo
from l1.errors import Refused
from l1.media.probing import probe
from l1.workers.children import ChildFailed, Children, Limits, Task, TaskSource
from tests.media.corpus import Mutant

LIMITS = Limits(memory_bytes=2**30, cpu_s=20, scratch_bytes=2**28, timeout_s=30, no_progress_s=20)
"""Far above what a small file needs, so that only a hang or a bomb reaches them."""

_MOST_WORDS = 600
Stage = tuple[str, str, str]
"""What was done, how it ended (`made`, `refused` or `failed`), and with what."""


def renderers() -> Mapping[str, Sequence[str]]:
    """Name the nodes that can render one file of a kind by their defaults, by kind."""
    analyses = _analyses()
    found: dict[str, list[str]] = {"video": [], "audio": [], "image": []}
    for name, effect in compose.effects().items():
        node = effect.node
        if name in analyses or node.runs != "child" or _is_rewritten(effect):
            continue
        for kind, names in found.items():
            if node.accepts and all(kind in kinds for kinds in node.accepts):
                names.append(name)
    return {kind: sorted(names) for kind, names in found.items()}


def analysts() -> Mapping[str, Sequence[str]]:
    """Name the analyses of a kind; of an image there is none but the probe."""
    kinds = ("video", "audio", "image")
    return {
        kind: sorted(name for name, each in _analyses().items() if kind in each.accepts)
        for kind in kinds
    }


async def ordeal(
    children: Children, path: Path, *, claimed: MediaInfo, turn: int, scratch: Path
) -> tuple[Stage, ...]:
    """Send one file through all of it and tell how each stage ended.

    Where the probe finds nothing usable, rendering is tried all the same, as if it were what is
    `claimed`: an effect must not rest on the probe alone. `turn` picks the node and the analysis.
    """
    found, info = await _probe(children, path)
    stages = [found]
    info = claimed if info is None or info.problem or info.kind not in renderers() else info
    for names in (renderers()[info.kind], analysts()[info.kind]):
        if names:
            name = names[turn % len(names)]
            stages.append(await _render(children, name, path, info, scratch / f"{len(stages)}"))
    return tuple(stages)


async def _probe(children: Children, path: Path) -> tuple[Stage, MediaInfo | None]:
    source = TaskSource(path=str(path))
    task = Task(kind="analyse", name="probe", sources=(source,), limits=LIMITS)
    try:
        done = await children.run(task)
    except ChildFailed as error:
        return ("probe", "failed", str(error)), None
    info = msgspec.convert(done.value, MediaInfo)
    if info.problem:
        return ("probe", "refused", info.problem), info
    return ("probe", "made", msgspec.json.encode(info).decode()), info


async def _render(
    children: Children, name: str, path: Path, info: MediaInfo, folder: Path
) -> Stage:
    folder.mkdir(parents=True)
    accepts = compose.effects()[name].node.accepts
    task = Task(
        kind="render",
        name=name,
        sources=(TaskSource(path=str(path), info=info),) * len(accepts),
        output=str(folder / "output"),
        limits=LIMITS,
    )
    try:
        await children.run(task)
    except Refused as error:
        return name, "refused", error.message
    except ChildFailed as error:
        return name, "failed", str(error)
    return name, "made", hashlib.sha256((folder / "output").read_bytes()).hexdigest()


async def ordeals(
    chosen: Sequence[Mutant], whole: Sequence[Path], folder: Path, *, rounds: int = 2
) -> Mapping[str, Sequence[tuple[Stage, ...]]]:
    """Send each mutant through it `rounds` times, side by side; answer how each went, by name."""
    claims = {path.name: probe(path) for path in whole}
    assert not [name for name, info in claims.items() if info.problem]
    ended = {}
    async with Children() as children:
        for turn, mutant in enumerate(chosen):
            path = folder / mutant.name
            path.write_bytes(mutant.data)
            claimed = claims[mutant.original]
            ended[mutant.name] = await asyncio.gather(
                *(
                    ordeal(children, path, claimed=claimed, turn=turn, scratch=folder / f"{one}")
                    for one in range(rounds)
                )
            )
            for one in range(rounds):
                shutil.rmtree(folder / f"{one}")
    return ended


def table(ended: Mapping[str, Sequence[tuple[Stage, ...]]]) -> Mapping[str, str]:
    """Count, by format and stage, what was made, refused and failed."""
    counts: dict[str, Counter[str]] = {}
    for name, (stages, *_) in ended.items():
        for what, (_, verdict, _) in zip(("probe", "render", "analysis"), stages, strict=False):
            row = counts.setdefault(f"{name.rpartition('.')[2]} {what}", Counter())
            row[verdict] += 1
    return {
        name: "/".join(str(row[verdict]) for verdict in ("made", "refused", "failed"))
        for name, row in sorted(counts.items())
    }


def assert_survived(ended: Mapping[str, Sequence[tuple[Stage, ...]]]) -> None:
    """Each ended alike every time, with results or with sentences for people."""
    for name, rounds in ended.items():
        assert len(set(rounds)) == 1, (name, rounds)
        assert all(map(_is_clear, rounds[0])), (name, rounds[0])


def _is_clear(stage: Stage) -> bool:
    _, verdict, text = stage
    return verdict == "made" or (
        verdict == "refused" and 20 < len(text) < _MOST_WORDS and "Error" not in text
    )


def _analyses() -> Mapping[str, Analysis]:
    return catalog.values(l1.analyses, Analysis, named=lambda each: each.name)


def _is_rewritten(effect: object) -> bool:
    """Tell whether a node is only a way of writing others, or cannot do without parameters."""
    if effect.node.expand:
        return True
    try:
        effect.parse({})
    except msgspec.ValidationError:
        return True
    return False
