"""A visualiser: an effect that draws a sound, picture by picture, and has it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

from l1.dag.node import Node
from l1.dag.params import normalise
from l1.effects.effect import Effect, Job, effect_of_film
from l1.media.film import Film
from l1.media.pictures import Picture
from l1.media.sound_video import Windows, film_of_sound


def effect_of_sound(
    node: Node,
    draw: Callable[[Any, Windows, int], Iterator[Picture]],
    length: Callable[[Any], int],
) -> Effect:
    """Make the effect that draws pictures of its parameters and of windows of a sound.

    Its parameters have `fps`, and a window has the `length` that they say, in samples.
    """

    @contextmanager
    def film(job: Job) -> Iterator[Film | None]:
        source, params = job.sources[0], job.params
        yield film_of_sound(
            source.path,
            source.cid,
            lambda windows, first: draw(params, windows, first),
            rate=Fraction(params.fps),
            length=length(params),
            needs=normalise(params),
        )

    return effect_of_film(node, film)
