"""DOG: what a dog sees. Two kinds of cones instead of three, and less fine detail.

Dogs have cones with peaks near 429 nm and 555 nm (Neitz, Geist & Jacobs, "Color vision in the
dog", Visual Neuroscience 3, 1989), which makes their colours those of a human deuteranope. The
projection is that of Vienot, Brettel & Mollon, "Digital video colourmaps for checking the
legibility of displays by dichromats", Color Research & Application 24, 1999; in linear RGB:

    R' = G' = 0.29275 R + 0.70725 G
    B'      = B - 0.02234 R + 0.02234 G

Acuity of a dog is near 20/75. `acuity` 0.5 takes from a picture shown 720 rows high about what
cannot be told apart at that acuity by an eye to which single rows are just visible.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from l1.dag.node import Node, Params, fraction
from l1.effects.look import Change, Stage, effect_of_look
from l1.media.light import FULL, Light, from_light, soften_seen, to_light
from l1.media.pictures import Picture

_YELLOW = Decimal("0.29275")
_BLUE_SHIFT = Decimal("0.02234")
_UNIT = 1 << 14
_BAND = 32
_SOFTEST = 180
"""At acuity 0 the blur's radius is one part in this of the picture's shorter side."""


class DogParams(Params, frozen=True, kw_only=True):
    """How much of a dog's eye is looked through."""

    acuity: Annotated[
        Decimal, fraction("Sharpness: 1 keeps every detail, 0.5 is a dog's", ge="0", le="1")
    ] = Decimal("0.5")
    strength: Annotated[
        Decimal, fraction("Colour: 1 is a dog's two cones, 0 leaves colours alone", ge="0", le="1")
    ] = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Eye:
    """Tables for one set of parameters; the first three are indexed by red * 256 + green."""

    red: NDArray[np.uint16]
    green: NDArray[np.uint16]
    blue_shift: NDArray[np.int32]
    blue: NDArray[np.int32]
    one_yellow: bool
    blur: Decimal


def dog_sight(params: DogParams) -> Callable[[Picture], Picture]:
    """Make the function that shows one picture as a dog sees it."""
    eye = _eye(params)
    return lambda picture: _see(eye, picture)


def _eye(params: DogParams) -> _Eye:
    """Mix the projection with the unchanged colours; each row's weights add up to one exactly."""
    strength = params.strength
    red_by_green = _fixed(strength * (1 - _YELLOW))
    green_by_red = _fixed(strength * _YELLOW)
    shift = _fixed(strength * _BLUE_SHIFT)
    red, green = to_light()[:, None], to_light()[None, :]
    return _Eye(
        red=_rounded((_UNIT - red_by_green) * red + red_by_green * green).ravel(),
        green=_rounded(green_by_red * red + (_UNIT - green_by_red) * green).ravel(),
        blue_shift=(shift * (green - red)).ravel(),
        blue=to_light() * _UNIT + _UNIT // 2,
        one_yellow=strength == 1,
        blur=1 - params.acuity,
    )


def _fixed(weight: Decimal) -> int:
    return int((weight * _UNIT).to_integral_value(ROUND_HALF_EVEN))


def _rounded(weighted: NDArray[np.int32]) -> NDArray[np.uint16]:
    return ((weighted + _UNIT // 2) // _UNIT).astype(np.uint16)


def _see(eye: _Eye, picture: Picture) -> Picture:
    lights = [np.empty(picture.red.shape, np.uint16) for _ in range(2 if eye.one_yellow else 3)]
    for top in range(0, picture.height, _BAND):
        _mix(eye, picture, slice(top, top + _BAND), lights)
    radius = int((eye.blur * min(picture.width, picture.height) / _SOFTEST).to_integral_value())
    planes = [
        from_light().take(light) for light in soften_seen(lights, picture.alpha, radius=radius)
    ]
    return Picture(red=planes[0], green=planes[-2], blue=planes[-1], alpha=picture.alpha)


def _mix(eye: _Eye, picture: Picture, rows: slice, lights: list[Light]) -> None:
    """Mix a band of rows, few enough that all steps stay in the processor's cache."""
    both = picture.red[rows].astype(np.intp)
    both <<= 8
    both |= picture.green[rows]
    # `clip` never comes into play; it spares NumPy a buffered check of the indices.
    for table, light in zip((eye.red, eye.green), lights[:-1], strict=False):
        table.take(both, out=light[rows], mode="clip")
    blue = eye.blue.take(picture.blue[rows])
    blue += eye.blue_shift.take(both, mode="clip")
    blue >>= 14
    lights[-1][rows] = blue.clip(0, FULL, out=blue)


def _look(params: DogParams, _stage: Stage) -> Change:
    sight = dog_sight(params)
    return lambda picture, _number: sight(picture)


DOG = effect_of_look(
    Node(
        name="dog",
        version=1,
        summary="Shows a video or image as a dog sees it: blues, yellows and less detail",
        params=DogParams,
        accepts=(frozenset({"video", "image"}),),
    ),
    _look,
)
