"""Draws shapes into pictures, with smooth edges, in whole numbers."""

import numpy as np
from numpy.typing import NDArray

from l1.media.colours import Colour
from l1.media.pictures import Picture, Plane
from l1.media.resizing import Size

PART = 256
"""Parts of a pixel in which edges are given, and of a whole in which a pixel is covered."""

Cover = NDArray[np.int32]
"""How much of each pixel a shape covers, of `PART`, shape (height, width)."""


def standing(tops: NDArray[np.int64], bottoms: NDArray[np.int64], height: int) -> Cover:
    """Cover each column from `tops` down to `bottoms`, both counted in parts of a pixel."""
    rows = np.arange(height, dtype=np.int64)[:, None] * PART
    covered = np.minimum(rows + PART, bottoms) - np.maximum(rows, tops)
    return np.asarray(covered.clip(0, PART), np.int32)


def glowing(cover: Cover, radius: int) -> Cover:
    """Blur a shape by two box filters one after the other, `radius` pixels to each side."""
    for axis in (0, 1, 0, 1):
        cover = _boxed(cover, radius, axis)
    return cover


def _boxed(cover: Cover, radius: int, axis: int) -> Cover:
    width = 2 * radius + 1
    padding = [(0, 0), (0, 0)]
    padding[axis] = (radius + 1, radius)
    sums = np.cumsum(np.pad(cover, padding), axis=axis, dtype=np.int32)
    ends = (np.s_[width:], np.s_[:-width])
    after, before = (sums[end] if axis == 0 else sums[:, end] for end in ends)
    return np.asarray((after - before) // width, np.int32)


def surface(size: Size, colour: Colour) -> Picture:
    """Make a picture of one colour; it has alpha where the colour does not cover fully."""
    width, height = size
    red, green, blue, alpha = (np.full((height, width), byte, np.uint8) for byte in colour)
    return Picture(red=red, green=green, blue=blue, alpha=None if colour.alpha == 255 else alpha)


def slope(size: Size, below: Colour, above: Colour) -> Picture:
    """Make a picture that goes from one colour at the bottom to another at the top."""
    width, height = size
    last = max(1, height - 1)
    up = np.arange(height)[::-1]
    red, green, blue = (
        np.repeat(((low * (last - up) + high * up) // last).astype(np.uint8)[:, None], width, 1)
        for low, high in zip(below[:3], above[:3], strict=True)
    )
    return Picture(red=red, green=green, blue=blue)


def painted(ground: Picture, ink: Picture | Colour, cover: Cover) -> Picture:
    """Lay ink over a picture where a shape covers it."""
    shades: tuple[Plane | int, ...] = (
        (ink.red, ink.green, ink.blue) if isinstance(ink, Picture) else (ink[0], ink[1], ink[2])
    )
    planes = [
        _laid(plane, shade, cover)
        for plane, shade in zip((ground.red, ground.green, ground.blue), shades, strict=True)
    ]
    alpha = None if ground.alpha is None else _laid(ground.alpha, 255, cover)
    return Picture(red=planes[0], green=planes[1], blue=planes[2], alpha=alpha)


def _laid(plane: Plane, shade: Plane | int, cover: Cover) -> Plane:
    wide = plane.astype(np.int32)
    return np.asarray(wide + ((shade - wide) * cover + PART // 2 >> 8), np.uint8)
