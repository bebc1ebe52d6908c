"""COLOR: changes hue, saturation, temperature, and tones by curves.

First the temperature, then the curve of each colour, then that of all, then saturation and hue.
A curve is a list of points `[before, after]`, tones from 0 to 1: `[[0, 0.1], [1, 0.9]]` takes
contrast away. It is smooth, goes through its points and is level outside of them.
"""

from decimal import Decimal
from itertools import pairwise
from typing import Annotated

import msgspec

from l1.dag.node import Node, Params, fraction
from l1.effects.look import Change, Stage, effect_of_look
from l1.media.grading import Grade, grading
from l1.media.toning import Point, curved, toned, warmed

_MOST = 32
_CURVES = ("curve", "red", "green", "blue")

Curve = Annotated[tuple[Point, ...], msgspec.Meta(max_length=_MOST)]


class ColorParams(Params, frozen=True, kw_only=True):
    """What is changed; the defaults change nothing."""

    hue: Annotated[Decimal, fraction("Turn of all colours, in degrees", ge="-360", le="360")] = (
        Decimal(0)
    )
    saturation: Annotated[
        Decimal, fraction("Strength of colours: 0 is grey, 2 doubles", ge="0", le="4")
    ] = Decimal(1)
    temperature: Annotated[Decimal, fraction("1 is warm, -1 is cold", ge="-1", le="1")] = Decimal(0)
    curve: Annotated[Curve, msgspec.Meta(description="Points of the curve of all colours")] = ()
    red: Annotated[Curve, msgspec.Meta(description="Points of the curve of red")] = ()
    green: Annotated[Curve, msgspec.Meta(description="Points of the curve of green")] = ()
    blue: Annotated[Curve, msgspec.Meta(description="Points of the curve of blue")] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        msgspec.structs.force_setattr(self, "hue", (self.hue % 360 + 360) % 360)
        for name in _CURVES:
            points = getattr(self, name)
            if not all(0 <= tone <= 1 for point in points for tone in point):
                raise ValueError(f"`{name}` has a point outside of 0 to 1")
            if any(a[0] >= b[0] for a, b in pairwise(points)):
                raise ValueError(f"`{name}` has its points not in order, from dark to light")


def _look(params: ColorParams, _stage: Stage) -> Change:
    curve = curved(params.curve)
    ways = (curved(params.red), curved(params.green), curved(params.blue))
    tones = toned(
        [curve[own[warm]] for own, warm in zip(ways, warmed(params.temperature), strict=True)]
    )
    grade = grading(Grade(saturation=params.saturation, hue=params.hue))
    return lambda picture, _number: grade(tones(picture))


COLOR = effect_of_look(
    Node(
        name="color",
        version=1,
        summary="Changes hue, saturation, temperature, and tones by curves",
        params=ColorParams,
        accepts=(frozenset({"video", "image"}),),
    ),
    _look,
)
