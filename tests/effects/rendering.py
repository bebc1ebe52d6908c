"""Renders one effect on one file."""

from l1.effects.effect import Job, Source
from l1.media.probing import probe


def render(effect, path, output, params=None):
    """Render and answer what was reported: progress and notes."""
    progress, notes = [], []
    effect.render(
        Job(
            sources=(Source(path=path, info=probe(path)),),
            params=params or effect.node.params(),
            output=output,
            progress=lambda done, total: progress.append((done, total)),
            note=notes.append,
        )
    )
    return progress, notes
