"""FPS: shows a video at another number of pictures a second; its length and its sound stay.

A picture is shown again, or left out, as time goes on; none is made up. Rates as they are spoken
of, 23.976, 29.97 and so on, mean the exact ones, such as 30000/1001.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Annotated

from l1.dag.node import Node, Params, fraction
from l1.effects.effect import Job, effect_of_film
from l1.errors import Refused
from l1.media.film import Film, retimed
from l1.media.lengths import frames_of
from l1.media.pacing import seen_at
from l1.media.reel import open_reel
from l1.media.soundtracks import of_file

_NEAR = Fraction(1, 200)


class FpsParams(Params, frozen=True, kw_only=True):
    """The rate."""

    fps: Annotated[Decimal, fraction("Pictures a second", ge="1", le="240")]


def exact_rate(spoken: Decimal) -> Fraction:
    """Make the rate that is meant: one of television, or a fraction that containers can keep."""
    for whole in (24, 30, 48, 60, 120):
        if abs(Fraction(spoken) - Fraction(whole * 1000, 1001)) < _NEAR:
            return Fraction(whole * 1000, 1001)
    return Fraction(spoken).limit_denominator(1001)


@contextmanager
def _film(job: Job) -> Iterator[Film | None]:
    source, rate = job.sources[0], exact_rate(job.params.fps)
    moves = source.info.kind == "image" and source.info.duration_us
    if source.info.kind != "video" and not moves:
        raise Refused(f"FPS takes a video, and this input is {source.info.kind}")
    with open_reel(source.path, kept_bytes=1) as reel:
        yield retimed(
            reel,
            source.cid,
            lambda number: seen_at(number, rate=reel.rate, onto=rate),
            frames=ceil(frames_of(source.info) / reel.rate * rate),
            rate=rate,
            sound=of_file(source.path, source.cid),
        )


FPS = effect_of_film(
    Node(
        name="fps",
        version=1,
        summary="Shows a video at another number of pictures a second",
        params=FpsParams,
        accepts=(frozenset({"video", "image"}),),
        gives="video",
    ),
    _film,
)
