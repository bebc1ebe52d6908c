"""Mixes pictures where one shot gives way to the next.

Weights are whole numbers of 256, so that every machine gives the same bytes, and where two
pictures are alike their mixture is too.
"""

import numpy as np

from l1.media.colours import Colour
from l1.media.pictures import Picture, Plane

WHOLE = 256
"""The weight of a picture that is alone."""


def weight_at(place: int, size: int) -> int:
    """Weigh picture `place` of `size` that rise from nothing; `WHOLE` for those after them."""
    return WHOLE if place >= size else (WHOLE * (2 * place + 1) + size) // (2 * size)


def mixed_pictures(old: Picture, new: Picture, weight: int) -> Picture:
    """Mix two opaque pictures of one size, with `weight` of 256 parts of `new`."""
    return Picture(
        red=_mixed(old.red, new.red, weight),
        green=_mixed(old.green, new.green, weight),
        blue=_mixed(old.blue, new.blue, weight),
    )


def toned(picture: Picture, ground: Colour, weight: int) -> Picture:
    """Mix an opaque picture with a colour, with `weight` of 256 parts of the picture."""
    if weight == WHOLE:
        return picture
    planes = zip((picture.red, picture.green, picture.blue), ground, strict=False)
    red, green, blue = (_mixed(np.array(byte, np.uint8), plane, weight) for plane, byte in planes)
    return Picture(red=red, green=green, blue=blue)


def _mixed(old: Plane, new: Plane, weight: int) -> Plane:
    """Weigh bytes; with the half that rounds, 255 * 256 + 128 is the most and fits 16 bits."""
    total = new.astype(np.uint16)
    total *= np.uint16(weight)
    total += old.astype(np.uint16) * np.uint16(WHOLE - weight) + np.uint16(WHOLE // 2)
    total >>= 8
    return total.astype(np.uint8)
