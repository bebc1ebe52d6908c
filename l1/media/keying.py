"""Takes a colour out of pictures, and makes alpha of greys; all in whole numbers.

Chroma is that of BT.709, counted in half bytes of blue and red difference, without regard to
brightness. A distance of 1 is that from the key colour to grey, so that the same numbers suit a
bright screen and a dim one.
"""

from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from l1.media.colours import Colour
from l1.media.compositing import FULL, part_of
from l1.media.pictures import Picture, Plane

_LUMA = (13933, 46871, 4732)
_BLUE = (-7509, -25259, 32768)
_RED = (32768, -29763, -3005)
_MOST = 255
"""The highest chroma; the lowest is its negative."""

_ACROSS = 2 * _MOST + 1
_MILLION = 1_000_000
_BAND = 32
_LEAST = 16
"""How far a key has to be from grey, in half bytes."""


def grey_of(picture: Picture) -> Plane:
    """Make one plane of a picture's brightness; what is transparent is dark."""
    grey = _weighed(picture, slice(None), _LUMA, 16).astype(np.uint8)
    return grey if picture.alpha is None else part_of(grey, picture.alpha)


def is_key(colour: Colour) -> bool:
    """Tell whether a colour is far enough from grey to be taken out."""
    return sum(part**2 for part in _chroma(colour)) >= _LEAST**2


@lru_cache(maxsize=64)
def key_table(colour: Colour, similarity: Decimal, smoothness: Decimal) -> Plane:
    """Make the table of alpha by blue * 511 + red chroma, both from 0.

    What is at most `similarity` away from the colour is clear, and what is `smoothness` further
    covers; between them alpha rises in a straight line.
    """
    places = np.arange(-_MOST, _MOST + 1, dtype=np.int64)
    blue, red = _chroma(colour)
    away = _root((places[:, None] - blue) ** 2 + (places[None, :] - red) ** 2)
    whole = int(_root(np.array([blue**2 + red**2]))[0])
    beyond = away * _MILLION - _millionths(similarity) * whole
    width = _millionths(smoothness) * whole
    if width:
        alpha = ((FULL * beyond + width // 2) // width).clip(0, FULL)
    else:
        alpha = np.where(beyond > 0, FULL, 0)
    table: Plane = alpha.astype(np.uint8).ravel()
    table.flags.writeable = False
    return table


def keyed(picture: Picture, table: Plane) -> Picture:
    """Make clear what a table of `key_table` says; what was clear before stays so."""
    alpha = np.empty(picture.red.shape, np.uint8)
    for start in range(0, picture.height, _BAND):
        rows = slice(start, start + _BAND)
        index = _weighed(picture, rows, _BLUE, 15).astype(np.intp)
        index += _MOST
        index *= _ACROSS
        index += _weighed(picture, rows, _RED, 15)
        index += _MOST
        table.take(index, out=alpha[rows], mode="clip")
    if picture.alpha is not None:
        alpha = part_of(alpha, picture.alpha)
    return Picture(red=picture.red, green=picture.green, blue=picture.blue, alpha=alpha)


def without_spill(picture: Picture, colour: Colour, spill: int) -> Picture:
    """Take the key's light off what is kept, with `spill` of 256 parts.

    The strongest channel of the key is lowered towards the higher of the other two where it lies
    above both.
    """
    planes = [picture.red, picture.green, picture.blue]
    strongest = max(range(3), key=lambda channel: colour[channel])
    plane = planes.pop(strongest)
    limit = np.maximum(*planes)
    excess = np.where(plane > limit, plane - limit, np.uint8(0)).astype(np.uint16)
    excess *= np.uint16(spill)
    excess += np.uint16(128)
    excess >>= 8
    planes.insert(strongest, plane - excess.astype(np.uint8))
    return Picture(red=planes[0], green=planes[1], blue=planes[2], alpha=picture.alpha)


def _weighed(
    picture: Picture, rows: slice, weights: tuple[int, int, int], bits: int
) -> NDArray[np.int32]:
    """Sum the channels by weights in parts of two to the power of `bits`, rounded."""
    total = picture.red[rows].astype(np.int32)
    total *= weights[0]
    total += picture.green[rows] * np.int32(weights[1])
    total += picture.blue[rows] * np.int32(weights[2])
    total += 1 << (bits - 1)
    total >>= bits
    return total


def _chroma(colour: Colour) -> tuple[int, int]:
    blue, red = (
        (sum(weight * byte for weight, byte in zip(weights, colour, strict=False)) + (1 << 14))
        >> 15
        for weights in (_BLUE, _RED)
    )
    return blue, red


def _root(squares: NDArray[np.int64]) -> NDArray[np.int64]:
    """Take roots in parts of 256; IEEE 754 fixes every bit of a square root."""
    return np.floor(np.sqrt((squares << 16).astype(np.float64))).astype(np.int64)


def _millionths(part: Decimal) -> int:
    return int((part * _MILLION).to_integral_value(ROUND_HALF_EVEN))
