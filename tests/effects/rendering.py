"""Renders one effect on a file, or on several."""

from pathlib import Path

from l1.effects.effect import Job, Source
from l1.media.probing import probe
from l1.workers.children import Children, Limits, Task, TaskSource


def render(effect, path, output, params=None, curves=None):
    """Render and answer what was reported: progress and notes."""
    paths = [path] if isinstance(path, Path) else path
    progress, notes = [], []
    effect.render(
        Job(
            sources=tuple(Source(path=each, info=probe(each)) for each in paths),
            params=params or effect.node.params(),
            output=output,
            progress=lambda done, total: progress.append((done, total)),
            note=notes.append,
            curves=curves or {},
        )
    )
    return progress, notes


async def render_in_child(effect, paths, folder, params=None, bound=None):
    """Render one of the project's effects in a sandboxed child; answer its output and notes."""
    folder.mkdir()
    notes = []
    task = Task(
        kind="render",
        name=effect.node.name,
        sources=tuple(TaskSource(path=str(path), info=probe(path)) for path in paths),
        params=params or {},
        bound=bound or {},
        output=str(folder / "output"),
        limits=Limits(timeout_s=60),
    )
    async with Children(["l1.effects"]) as children:
        await children.run(task, on_note=notes.append)
    return folder / "output", notes
