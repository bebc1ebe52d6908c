"""Lays pictures over each other, in whole numbers.

A byte of alpha counts in parts of 255; every mixture is rounded to the nearest byte. What covers
fully is copied exactly and what is clear changes nothing.
"""

import numpy as np
from numpy.typing import NDArray

from l1.media.colours import Colour
from l1.media.pictures import Picture, Plane

CLEAR, FULL = 0, 255


def lay_over(base: Picture, layer: Picture, *, left: int = 0, top: int = 0) -> Picture:
    """Lay `layer` over `base` with its first column at `left` and its first row at `top`.

    What falls outside of the base is left out; a base that is seen through stays so where nothing
    is laid over it.
    """
    rows, across = _meeting(base.height, layer.height, top), _meeting(base.width, layer.width, left)
    if rows.start >= rows.stop or across.start >= across.stop:
        return base
    there = (rows, across)
    here = (
        slice(rows.start - top, rows.stop - top),
        slice(across.start - left, across.stop - left),
    )
    cover = np.full((1, 1), FULL, np.uint8) if layer.alpha is None else layer.alpha[here]
    ground = None if base.alpha is None else base.alpha[there]

    def laid(under: Plane, over: Plane) -> Plane:
        plane = under.copy()
        plane[there] = mix(under[there], over[here], cover, ground)
        return plane

    alpha = None
    if base.alpha is not None:
        alpha = base.alpha.copy()
        alpha[there] = either(base.alpha[there], cover)
    return Picture(
        red=laid(base.red, layer.red),
        green=laid(base.green, layer.green),
        blue=laid(base.blue, layer.blue),
        alpha=alpha,
    )


def with_opacity(picture: Picture, opacity: int) -> Picture:
    """Make a picture clearer: `opacity` 255 leaves it as it is, 0 makes it vanish."""
    if opacity == FULL:
        return picture
    if picture.alpha is None:
        alpha = np.full(picture.red.shape, opacity, np.uint8)
    else:
        alpha = part_of(picture.alpha, np.uint8(opacity))
    return Picture(red=picture.red, green=picture.green, blue=picture.blue, alpha=alpha)


def backed(picture: Picture, behind: Picture | None, ground: Colour) -> Picture:
    """Put a picture, or else a colour, behind what is seen through; a clear colour puts nothing."""
    if behind is not None:
        return lay_over(behind, picture)
    return picture.over(ground) if ground.alpha else picture


def part_of(plane: Plane, cover: Plane | np.uint8) -> Plane:
    """Multiply bytes that count in parts of 255."""
    product = plane.astype(np.uint16) * cover + np.uint16(127)
    return (product // np.uint16(FULL)).astype(np.uint8)


def either(one: Plane, other: Plane) -> Plane:
    """Tell how much two things together cover that cover so much each."""
    return np.invert(part_of(np.invert(one), np.invert(other)))


def mix(under: Plane, over: Plane, cover: Plane, ground: Plane | None = None) -> Plane:
    """Mix bytes as `over` covers them; `ground` is how much there is of `under`, None for all.

    The mixture is that of Porter and Duff, "Compositing digital images", 1984, for `over`.
    """
    if ground is None:
        wide = cover.astype(np.uint16)
        total = under * (np.uint16(FULL) - wide)
        total += over * wide + np.uint16(127)
        total //= np.uint16(FULL)
        return total.astype(np.uint8)
    upper: NDArray[np.uint32] = cover.astype(np.uint32) * np.uint32(FULL)
    lower = ground.astype(np.uint32) * (np.uint32(FULL) - cover)
    weight = np.maximum(upper + lower, 1)
    return ((over * upper + under * lower + weight // np.uint32(2)) // weight).astype(np.uint8)


def _meeting(size: int, length: int, at: int) -> slice:
    return slice(max(0, at), min(size, at + length))
