"""Few colours for many: a palette by median cut, and pictures in it, in whole numbers.

P. Heckbert, "Color image quantization for frame buffer display", SIGGRAPH 1982. Colours are
counted to five bits a channel.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from l1.media.pictures import Picture, Plane

_BITS = 5
_SHADES = 1 << _BITS
_BINS = _SHADES**3
_WEIGHTS = (3, 6, 1)
"""How much red, green and blue count in a difference."""

_ORDER = np.array([[0]])
for _ in range(3):
    _ORDER = np.block([[4 * _ORDER, 4 * _ORDER + 2], [4 * _ORDER + 3, 4 * _ORDER + 1]])
_SPREAD = 12
"""By how many of 256 steps of brightness neighbours differ at most in a dithered surface."""

Colours = NDArray[np.uint8]
"""A palette of shape (n, 3)."""


def palette_of(pictures: Iterable[Picture], colours: int) -> Colours:
    """Choose at most so many colours that stand for those of all pictures."""
    counts = np.zeros(_BINS, np.int64)
    for picture in pictures:
        counts += np.bincount(_bins(*_planes(picture)).ravel(), minlength=_BINS)
    used = np.flatnonzero(counts)
    points = np.stack([used >> 2 * _BITS, used >> _BITS & _SHADES - 1, used & _SHADES - 1])
    each = counts[used]
    boxes = [np.arange(len(used))]
    gains = [_spread(points, each)]
    while len(boxes) < colours and max(gains)[0]:
        widest = max(range(len(boxes)), key=lambda n: gains[n])
        halves = _halves(boxes[widest], points, each, gains[widest][1])
        boxes[widest : widest + 1] = halves
        gains[widest : widest + 1] = [_spread(points[:, half], each[half]) for half in halves]
    means = [_mean(points[:, box], each[box]) for box in boxes]
    return np.array(sorted(means), np.uint8)


def _planes(picture: Picture) -> tuple[Plane, Plane, Plane]:
    return picture.red, picture.green, picture.blue


def _bins(red: Plane, green: Plane, blue: Plane) -> NDArray[np.int64]:
    high = [plane.astype(np.int64) >> 8 - _BITS for plane in (red, green, blue)]
    return np.asarray(high[0] << 2 * _BITS | high[1] << _BITS | high[2])


def _spread(points: NDArray[np.int64], counts: NDArray[np.int64]) -> tuple[int, int]:
    """Tell how much a box would gain by being cut, and along which channel."""
    total = int(counts.sum())
    found = []
    for axis, weight in enumerate(_WEIGHTS):
        once, twice = (int((counts * points[axis] ** n).sum()) for n in (1, 2))
        found.append((weight * (twice * total - once * once) // total, axis))
    return max(found)


def _halves(
    box: NDArray[np.int64], points: NDArray[np.int64], counts: NDArray[np.int64], axis: int
) -> list[NDArray[np.int64]]:
    """Cut a box along a channel where half of its pixels are on each side."""
    shades = points[axis, box]
    sums = np.cumsum(np.bincount(shades, counts[box], minlength=_SHADES).astype(np.int64))
    border = int(np.searchsorted(sums, (int(sums[-1]) + 1) // 2))
    border = min(max(border, int(shades.min())), int(shades.max()) - 1)
    return [box[shades <= border], box[shades > border]]


def _mean(points: NDArray[np.int64], counts: NDArray[np.int64]) -> tuple[int, ...]:
    """Name the mean colour; the ends of the scale stay black and white."""
    sums, total = (points * counts).sum(axis=1), int(counts.sum())
    most = (_SHADES - 1) * total
    return tuple((int(each) * 255 + most // 2) // most for each in sums)


class Paletted:
    """Writes pictures as numbers of colours of a palette, evened out by an ordered pattern."""

    def __init__(self, palette: Colours, *, dither: bool) -> None:
        self._nearest = _nearest(palette)
        self._spread = _SPREAD if dither else 0

    def __call__(self, picture: Picture) -> Plane:
        """Give the number of each pixel's colour."""
        height, width = picture.height, picture.width
        tiles = np.tile(_ORDER, (-(-height // 8), -(-width // 8)))[:height, :width]
        shift = ((tiles * 2 - 63) * self._spread // 128).astype(np.int16)
        shifted = [(plane + shift).clip(0, 255).astype(np.uint8) for plane in _planes(picture)]
        return self._nearest[_bins(shifted[0], shifted[1], shifted[2])]


def _nearest(palette: Colours) -> Plane:
    """Find the nearest colour for each of the counted ones."""
    scale = np.arange(_SHADES) * 255 // (_SHADES - 1)
    best = np.full(_BINS, np.iinfo(np.int64).max)
    found = np.zeros(_BINS, np.uint8)
    for number, colour in enumerate(palette.astype(np.int64)):
        red, green, blue = (
            weight * (scale - each) ** 2 for weight, each in zip(_WEIGHTS, colour, strict=True)
        )
        away = (red[:, None, None] + green[:, None] + blue).ravel()
        closer = away < best
        best[closer], found[closer] = away[closer], number
    return found
