"""A look: an effect that makes each picture from that picture alone.

Looks that follow each other are shown in one pass over a video, and their parameters can change
from frame to frame; so whatever can be written as a look is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction

from msgspec.structs import replace

from l1.dag.node import Node
from l1.dag.param_paths import numbers_of
from l1.effects.chain import Link, changing, seen
from l1.effects.effect import Effect, Job, Look, Touches
from l1.errors import Refused
from l1.media.film import Change, Film, Stage, film_of_file, write_film
from l1.media.mapping import map_still
from l1.media.pictures import Picture

__all__ = ["Change", "Look", "Stage", "effect_of_look"]


def effect_of_look(node: Node, look: Look, touches: Touches | None = None) -> Effect:
    """Make the effect that shows a video or an image with a look; a video's sound is kept.

    Its numbers can follow curves, unless the node says which of its parameters can.
    """
    binds = tuple(numbers_of(node.params)) if node.binds is None else node.binds

    def render(job: Job) -> None:
        kind = job.sources[0].info.kind
        if kind == "image":
            _show_still(job, look)
            return
        with film(job) as shown:
            if shown is None:
                raise Refused(f"{node.name} takes a video or an image, and this input is {kind}")
            write_film(job.output, shown, job.progress)

    @contextmanager
    def film(job: Job) -> Iterator[Film | None]:
        source = job.sources[0]
        if source.info.kind != "video":
            yield None
            return
        link = Link(effect=effect, params=job.params, sources=job.sources[1:], curves=job.curves)
        with film_of_file(source.path, source.cid) as shown:
            yield seen(shown, link)

    effect = Effect(
        node=replace(node, fuses="look" if node.fuses == "no" else node.fuses, binds=binds),
        render=render,
        film=film,
        look=look,
        touches=touches,
    )
    return effect


def _show_still(job: Job, look: Look) -> None:
    job.note_if_animated()

    def change(picture: Picture) -> Picture:
        stage = Stage(
            width=picture.width,
            height=picture.height,
            rate=Fraction(1),
            frames=1,
            beside=tuple(source.path for source in job.sources[1:]),
        )
        return changing(look, job.params, job.curves, stage)(picture, 0)

    map_still(job.sources[0].path, job.output, change)
    job.progress(1, 1)
