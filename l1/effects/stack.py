"""A stack: an effect that mixes the pictures of several files, each at its moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from l1.dag.following import described
from l1.dag.node import Node
from l1.effects.effect import Effect, Job, effect_of_film
from l1.media.film import Film
from l1.media.stacking import Arrange, Files, film_of_stack, write_stacked_stills


def effect_of_stack(
    node: Node, arrange: Callable[[Job], Arrange], *, has_own_needs: bool = False
) -> Effect:
    """Make the effect that arranges its inputs, videos and images, and mixes them.

    All its parameters count for every picture, unless the entries of a stack that `has_own_needs`
    say for themselves what they are made from, and nothing of it follows a curve.
    """

    @contextmanager
    def film(job: Job) -> Iterator[Film | None]:
        with film_of_stack(
            _files(job),
            arrange(job),
            name=node.name.upper(),
            needs=lambda numbers, rate: (
                described(job.params, job.curves, numbers, rate)
                if job.curves or not has_own_needs
                else ""
            ),
        ) as shown:
            yield shown

    def stills(job: Job) -> None:
        job.note_if_animated()
        write_stacked_stills(_files(job), job.output, arrange(job))
        job.progress(1, 1)

    return effect_of_film(node, film, otherwise=stills)


def _files(job: Job) -> Files:
    return [(source.path, source.info, source.cid) for source in job.sources]
