"""GENERATE: a video of a colour, a gradient, a checkerboard, noise or test bars. No inputs.

It has no sound; MUX adds some. What a pattern does not use does not count, so that equal videos
have equal keys. Noise depends on its seed and the picture's number alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

import msgspec

from l1.dag.node import Node, Params, fraction
from l1.dag.syncing import output_rate
from l1.effects.effect import Job, effect_of_film
from l1.media.colours import colour, colour_text
from l1.media.dice import MOST
from l1.media.film import Film, Needs
from l1.media.limits import MAX_PIXELS
from l1.media.patterns import Pattern, bars, checkerboard, flat, gradient, noise
from l1.media.rates import DEFAULT_RATE

Side = Annotated[int, msgspec.Meta(ge=2, le=16384)]

_USED = {
    "colour": {"colour"},
    "gradient": {"colour", "second", "direction"},
    "checkerboard": {"colour", "second", "cell"},
    "noise": {"seed", "coloured"},
    "bars": set[str](),
}
_SEEN = {"pattern", "width", "height"}
_ALWAYS = _SEEN | {"fps", "duration"}
_MOVING = {"noise", "bars"}
"""Patterns whose pictures are not all the same."""


class GenerateParams(Params, frozen=True, kw_only=True):
    """What is shown, how large, how fast and how long."""

    pattern: Annotated[
        Literal["colour", "gradient", "checkerboard", "noise", "bars"],
        msgspec.Meta(description="bars: a test pattern with a square that crosses once a second"),
    ] = "colour"
    width: Annotated[Side, msgspec.Meta(description="Pixels across, made even")] = 1280
    height: Annotated[Side, msgspec.Meta(description="Pixels down, made even")] = 720
    fps: Annotated[
        Decimal, fraction("Pictures a second; 29.97 means 30000/1001", ge="1", le="240")
    ] = Decimal(25)
    duration: Annotated[Decimal, fraction("Seconds", ge="0.001", le="3600")] = Decimal(5)
    colour: Annotated[
        str, msgspec.Meta(description="The colour, or the first of two: #rrggbb or a name")
    ] = "#000000"
    second: Annotated[str, msgspec.Meta(description="The other colour of two")] = "#ffffff"
    direction: Annotated[
        Literal["right", "down", "diagonal", "out"],
        msgspec.Meta(description="Where a gradient goes; out: from the middle to the sides"),
    ] = "right"
    cell: Annotated[
        int, msgspec.Meta(ge=1, le=16384, description="Pixels along a square of a checkerboard")
    ] = 64
    seed: Annotated[
        int, msgspec.Meta(ge=0, le=MOST, description="Another seed gives other noise")
    ] = 0
    coloured: Annotated[bool, msgspec.Meta(description="Whether noise has colours")] = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.width * self.height > MAX_PIXELS:
            raise ValueError(f"`width` times `height` is more than the {MAX_PIXELS} allowed (8K)")
        for name in ("colour", "second"):
            written = getattr(self, name)
            if colour(written).alpha < 255:
                raise ValueError(f"`{name}` lets nothing through in a video: take #rrggbb")
            msgspec.structs.force_setattr(self, name, colour_text(written))
        for field in msgspec.structs.fields(type(self)):
            if field.name not in _ALWAYS | _USED[self.pattern]:
                msgspec.structs.force_setattr(self, field.name, field.default)


def _pattern(params: GenerateParams, rate: Fraction) -> Pattern:
    size = (params.width + params.width % 2, params.height + params.height % 2)
    one, other = colour(params.colour), colour(params.second)
    match params.pattern:
        case "gradient":
            return gradient(size, one, other, params.direction)
        case "checkerboard":
            return checkerboard(size, one, other, params.cell)
        case "noise":
            return noise(size, params.seed, coloured=params.coloured)
        case "bars":
            return bars(size, rate)
        case _:
            return flat(size, one)


@contextmanager
def _film(job: Job) -> Iterator[Film | None]:
    params = job.params
    rate = output_rate(params.fps, DEFAULT_RATE)
    if params.width % 2 or params.height % 2:
        job.note("A video has even sides; odd ones became one pixel longer")
    pattern = _pattern(params, rate)
    what = {name: getattr(params, name) for name in sorted(_SEEN | _USED[params.pattern])}

    def needs(first: int, stop: int) -> Needs:
        moves = params.pattern in _MOVING
        return {**what, "rate": str(rate), "shown": [first, stop]} if moves else what

    yield Film(
        rate=rate,
        frames=max(1, round(Fraction(params.duration) * rate)),
        part=lambda first, stop: map(pattern, range(first, stop)),
        needs=needs,
    )


GENERATE = effect_of_film(
    Node(
        name="generate",
        version=1,
        summary="Makes a video of a colour, a gradient, a checkerboard, noise or test bars",
        params=GenerateParams,
        accepts=(),
        gives="video",
    ),
    _film,
)
