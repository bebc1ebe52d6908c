"""Pictures made of nothing but numbers: each pattern gives picture number n, 0 for the first."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from l1.media.colours import Colour
from l1.media.dice import thrown
from l1.media.pictures import Picture, Plane
from l1.media.resizing import Size

Pattern = Callable[[int], Picture]

_BARS = ("ffffff", "ffff00", "00ffff", "00ff00", "ff00ff", "ff0000", "0000ff", "000000")
_PARTS = 1 << 12


def flat(size: Size, colour: Colour) -> Pattern:
    """Show one colour."""
    return _still(mixed(np.zeros(size[::-1], np.int64), colour, colour))


def gradient(size: Size, begin: Colour, end: Colour, direction: str) -> Pattern:
    """Go from one colour to another: `right`, `down`, `diagonal` or, from the middle, `out`."""
    width, height = size
    x = _steps(width)[None, :]
    y = _steps(height)[:, None]
    match direction:
        case "right":
            share = x + 0 * y
        case "down":
            share = 0 * x + y
        case "diagonal":
            share = (x + y) // 2
        case _:
            share = _root((2 * x - _PARTS) ** 2 + (2 * y - _PARTS) ** 2)
    return _still(mixed(np.minimum(share, _PARTS), begin, end))


def checkerboard(size: Size, one: Colour, other: Colour, cell: int) -> Pattern:
    """Lay squares of `cell` pixels, the first in the upper left corner of colour `one`."""
    across, down = (np.arange(length) // cell for length in size)
    return _still(mixed((across[None, :] + down[:, None]) % 2 * _PARTS, one, other))


def noise(size: Size, seed: int, *, coloured: bool) -> Pattern:
    """Throw every byte of every picture by itself; all brightnesses are equally frequent."""
    width, height = size
    area = width * height

    def picture(number: int) -> Picture:
        dice = thrown(seed, number, area * (3 if coloured else 1)).reshape(-1, height, width)
        return Picture(red=dice[0], green=dice[-1] if not coloured else dice[1], blue=dice[-1])

    return picture


def bars(size: Size, rate: Fraction) -> Pattern:
    """Show colour bars over a ramp of greys, and below a square that crosses once a second."""
    width, height = size
    upper, lower = height * 2 // 3, height * 5 // 6
    each = np.frombuffer(bytes.fromhex("".join(_BARS)), np.uint8).reshape(-1, 3)
    columns = each[np.arange(width) * len(each) // width]
    ramp = (np.arange(width) * 255 // max(1, width - 1)).astype(np.uint8)
    second = max(1, round(rate))
    side = max(1, min(height - lower, width))

    def plane(part: int, left: int) -> Plane:
        made = np.full((height, width), 32, np.uint8)
        made[:upper], made[upper:lower] = columns[:, part], ramp
        made[lower : lower + side, left : left + side] = 255
        return made

    def picture(number: int) -> Picture:
        left = (width - side) * (number % second) // second
        red, green, blue = (plane(part, left) for part in range(3))
        return Picture(red=red, green=green, blue=blue)

    return picture


def mixed(share: NDArray[np.int64], one: Colour, other: Colour) -> Picture:
    """Mix two colours, where `share` is 0 the first and where it is 4096 the second."""

    def plane(a: int, b: int) -> Plane:
        return ((a * (_PARTS - share) + b * share + _PARTS // 2) // _PARTS).astype(np.uint8)

    red, green, blue = (plane(*pair) for pair in zip(one[:3], other[:3], strict=True))
    return Picture(red=red, green=green, blue=blue)


def _still(picture: Picture) -> Pattern:
    return lambda _number: picture


def _steps(length: int) -> NDArray[np.int64]:
    return np.arange(length, dtype=np.int64) * _PARTS // max(1, length - 1)


def _root(squares: NDArray[np.int64]) -> NDArray[np.int64]:
    """Take whole square roots: squares below 2^52 are exact floats, and IEEE 754 rounds `sqrt`."""
    return np.sqrt(squares.astype(np.float64)).astype(np.int64)
