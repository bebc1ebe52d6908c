"""Cuts pictures, surrounds them, turns them by any angle, darkens their corners, makes blocks."""

from decimal import Decimal
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from l1.media.colours import Colour
from l1.media.grading import turn
from l1.media.pictures import Picture, Plane

_UNIT = 1 << 16
_BAND = 64


def surrounded(picture: Picture, sides: tuple[int, int, int, int], ground: Colour) -> Picture:
    """Add pixels of a colour: left, top, right and bottom. One that does not cover makes alpha."""
    left, top, right, bottom = sides

    def laid(plane: Plane | None, byte: int) -> Plane:
        canvas = np.full((top + picture.height + bottom, left + picture.width + right), byte,
                         np.uint8)  # fmt: skip
        inside = np.s_[top : top + picture.height, left : left + picture.width]
        canvas[inside] = 255 if plane is None else plane
        return canvas

    clear = picture.alpha is not None or ground.alpha < 255
    return Picture(
        red=laid(picture.red, ground.red),
        green=laid(picture.green, ground.green),
        blue=laid(picture.blue, ground.blue),
        alpha=laid(picture.alpha, ground.alpha) if clear else None,
    )


def rotated(picture: Picture, degrees: Decimal, ground: Colour) -> Picture:
    """Turn clockwise about the middle; right angles turn the frame too.

    Otherwise the frame stays, and what comes from outside the picture is `ground`. Between pixels
    the four nearest are mixed.
    """
    if degrees % 90 == 0:
        return picture.turned(int(degrees))
    framed = surrounded(picture, (1, 1, 1, 1), ground)
    cosine, sine = (int(part * _UNIT) for part in turn(degrees % 360))
    into = framed.each(lambda _: np.empty_like(picture.red))
    across = 2 * np.arange(picture.width, dtype=np.int64)[None, :] - (picture.width - 1)
    for first in range(0, picture.height, _BAND):
        rows = np.arange(first, min(first + _BAND, picture.height), dtype=np.int64)[:, None]
        down = 2 * rows - (picture.height - 1)
        x = (across * cosine + down * sine + (framed.width - 1) * _UNIT) >> 9
        y = (down * cosine - across * sine + (framed.height - 1) * _UNIT) >> 9
        taps = _Taps(x.clip(0, (framed.width - 1) << 8), y.clip(0, (framed.height - 1) << 8))
        for plane, made in zip(_planes(framed), _planes(into), strict=True):
            made[first : first + _BAND] = taps.of(plane)
    return into


class _Taps:
    """Where four pixels are mixed, and how; places are in 1/256 pixel and inside the picture."""

    def __init__(self, x: NDArray[np.int64], y: NDArray[np.int64]) -> None:
        self._x, self._y = x >> 8, y >> 8
        self._right, self._below = (x & 255).astype(np.int32), (y & 255).astype(np.int32)

    def of(self, plane: Plane) -> Plane:
        """Mix the pixels of one plane."""
        height, width = plane.shape
        x2, y2 = np.minimum(self._x + 1, width - 1), np.minimum(self._y + 1, height - 1)
        upper = plane[self._y, self._x] * (256 - self._right) + plane[self._y, x2] * self._right
        lower = plane[y2, self._x] * (256 - self._right) + plane[y2, x2] * self._right
        mixed = upper * (256 - self._below) + lower * self._below
        pixels: Plane = ((mixed + (1 << 15)) >> 16).astype(np.uint8)
        return pixels


def _planes(picture: Picture) -> list[Plane]:
    planes = [picture.red, picture.green, picture.blue]
    return planes if picture.alpha is None else [*planes, picture.alpha]


def darkened(picture: Picture, amount: Decimal, size: Decimal) -> Picture:
    """Darken what is further from the middle than `size` (1: the corners), there by `amount`."""
    gains = _gains(picture.width, picture.height, amount, size)

    def dark(plane: Plane) -> Plane:
        return ((plane * gains + np.uint32(1 << 11)) >> np.uint32(12)).astype(np.uint8)

    return Picture(
        red=dark(picture.red), green=dark(picture.green), blue=dark(picture.blue),
        alpha=picture.alpha,
    )  # fmt: skip


@lru_cache(maxsize=2)
def _gains(width: int, height: int, amount: Decimal, size: Decimal) -> NDArray[np.uint32]:
    """Tabulate 1 - amount * s^2 * (3 - 2 s), in 1/4096, s from 0 at `size` to 1 in the corners."""
    dark = _dark(width, height, size) * np.uint32(int(amount * 4096)) >> np.uint32(12)
    gains: NDArray[np.uint32] = np.uint32(4096) - dark
    return gains


@lru_cache(maxsize=2)
def _dark(width: int, height: int, size: Decimal) -> NDArray[np.uint32]:
    """Tabulate s^2 * (3 - 2 s), which an amount that changes leaves as it is."""
    across = (abs(2 * np.arange(width, dtype=np.int64) + 1 - width) << 12) // width
    down = (abs(2 * np.arange(height, dtype=np.int64) + 1 - height) << 12) // height
    # Squares below 2^52 are exact as floats, and IEEE 754 says how a root is rounded.
    far = np.sqrt(((across[None, :] ** 2 + down[:, None] ** 2) // 2).astype(np.float64))
    begin = int(size * 4096)
    share = ((far.astype(np.int64) - begin) * 4096 // max(1, 4096 - begin)).clip(0, 4096)
    smooth = (share * share >> 12) * (3 * 4096 - 2 * share) >> 12
    dark: NDArray[np.uint32] = smooth.astype(np.uint32)
    return dark


def in_blocks(picture: Picture, cell: int) -> Picture:
    """Make squares of `cell` pixels from the upper left corner, each the mean of what is seen."""
    if cell == 1:
        return picture
    rows, columns = np.arange(picture.height) // cell, np.arange(picture.width) // cell

    def sums(values: NDArray[np.int64]) -> NDArray[np.int64]:
        down = np.add.reduceat(values, np.arange(0, picture.height, cell), axis=0)
        return np.asarray(np.add.reduceat(down, np.arange(0, picture.width, cell), axis=1))

    count = sums(np.ones(picture.red.shape, np.int64))
    cover = None if picture.alpha is None else picture.alpha.astype(np.int64)
    weight = count if cover is None else np.maximum(sums(cover), 1)

    def mean(values: NDArray[np.int64], parts: NDArray[np.int64]) -> Plane:
        means = ((2 * sums(values) + parts) // (2 * parts)).astype(np.uint8)
        return means[rows[:, None], columns[None, :]]

    def seen(plane: Plane) -> Plane:
        wide = plane.astype(np.int64)
        return mean(wide if cover is None else wide * cover, weight)

    return Picture(
        red=seen(picture.red), green=seen(picture.green), blue=seen(picture.blue),
        alpha=None if cover is None else mean(cover, count),
    )  # fmt: skip
