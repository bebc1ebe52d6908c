"""Makes pictures softer or crisper, in whole numbers."""

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from l1.media.light import Light, from_light, soften_seen, to_light
from l1.media.pictures import Picture, Plane

_PARTS = 64
_LUMA = (871, 2929, 296)
"""BT.709's weights of red, green and blue in brightness, in parts of 4096."""


def blur(picture: Picture, radius: Decimal) -> Picture:
    """Blur in linear light, as a lens out of focus does; `radius` in pixels, 0 changes nothing.

    Between whole radii the results of both are mixed.
    """
    whole = int(radius)
    part = int((radius - whole) * _PARTS)
    if not whole and not part:
        return picture
    planes = (picture.red, picture.green, picture.blue)
    lights = [to_light().take(plane).astype(np.uint16) for plane in planes]
    soft = soften_seen(lights, picture.alpha, radius=whole)
    if part:
        softer = soften_seen(lights, picture.alpha, radius=whole + 1)
        soft = [_between(*both, part) for both in zip(soft, softer, strict=True)]
    red, green, blue = (from_light().take(light) for light in soft)
    return Picture(red=red, green=green, blue=blue, alpha=picture.alpha)


def _between(one: Light, other: Light, part: int) -> Light:
    mixed = one.astype(np.uint32) * np.uint32(_PARTS - part) + other * np.uint32(part)
    return ((mixed + np.uint32(_PARTS // 2)) // np.uint32(_PARTS)).astype(np.uint16)


def sharpen(picture: Picture, amount: Decimal) -> Picture:
    """Add `amount` times the fine detail of brightness to every colour; 0 changes nothing.

    Fine detail is what a blur with a radius of one pixel takes away (an unsharp mask).
    """
    weight = int(amount * 256)
    if not weight:
        return picture
    detail = _detail(picture)
    detail *= np.int32(weight)
    detail += np.int32(1 << 11)
    detail >>= 12

    def crisp(plane: Plane) -> Plane:
        return (plane + detail).clip(0, 255).astype(np.uint8)

    return Picture(
        red=crisp(picture.red),
        green=crisp(picture.green),
        blue=crisp(picture.blue),
        alpha=picture.alpha,
    )


def _detail(picture: Picture) -> NDArray[np.int32]:
    """Find how much brighter each pixel is than what surrounds it, in sixteenths of a byte."""
    planes = zip((picture.red, picture.green, picture.blue), _LUMA, strict=True)
    parts = [plane.astype(np.uint32) * np.uint32(weight) for plane, weight in planes]
    bright = ((parts[0] + parts[1] + parts[2]) >> np.uint32(8)).astype(np.uint16)
    (soft,) = soften_seen([bright], picture.alpha, radius=1)
    detail: NDArray[np.int32] = bright.astype(np.int32)
    detail -= soft
    return detail
