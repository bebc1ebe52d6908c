"""STILL: a video of one image, which does not move.

A transparent image is laid over the background. Of an animated image the first picture is shown.
Odd sides become even by repeating the last row or column. There is no sound; MUX adds some.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from itertools import repeat
from typing import Annotated

import msgspec

from l1.dag.node import Node, Params, fraction
from l1.dag.syncing import output_rate
from l1.effects.effect import Job, effect_of_film
from l1.errors import Refused
from l1.media.colours import colour, colour_text
from l1.media.film import Film
from l1.media.rates import DEFAULT_RATE
from l1.media.stills import read_still


class StillParams(Params, frozen=True, kw_only=True):
    """How long the image is shown, and how many pictures a second that makes."""

    duration: Annotated[Decimal, fraction("Seconds", ge="0.001", le="3600")] = Decimal(5)
    fps: Annotated[
        Decimal, fraction("Pictures a second; 29.97 means 30000/1001", ge="1", le="240")
    ] = Decimal(25)
    background: Annotated[
        str, msgspec.Meta(description="Colour behind a transparent image: #rrggbb or a name")
    ] = "#000000"

    def __post_init__(self) -> None:
        super().__post_init__()
        msgspec.structs.force_setattr(self, "background", colour_text(self.background))


@contextmanager
def _film(job: Job) -> Iterator[Film | None]:
    source, params = job.sources[0], job.params
    if source.info.kind != "image":
        raise Refused(f"STILL takes an image, and this input is {source.info.kind}")
    job.note_if_animated()
    rate = output_rate(params.fps, DEFAULT_RATE)
    picture = read_still(source.path).over(colour(params.background))
    yield Film(
        rate=rate,
        frames=max(1, round(Fraction(params.duration) * rate)),
        part=lambda first, stop: repeat(picture, stop - first),
        needs=lambda _first, _stop: {"of": source.cid, "over": params.background},
    )


STILL = effect_of_film(
    Node(
        name="still",
        version=1,
        summary="Makes a video of an image that does not move",
        params=StillParams,
        accepts=(frozenset({"image"}),),
        gives="video",
    ),
    _film,
)
