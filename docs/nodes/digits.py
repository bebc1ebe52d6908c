"""Large digits of seven strokes, without a font."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

_STROKES = ("abcdef", "bc", "abdeg", "abcdg", "bcfg", "acdfg", "acdefg", "abc", "abcdefg", "abcdfg")
_PLACES = {
    "a": (0, 0, 1, 0),
    "b": (1, 0, 1, 1),
    "c": (1, 1, 1, 2),
    "d": (0, 2, 1, 2),
    "e": (0, 1, 0, 2),
    "f": (0, 0, 0, 1),
    "g": (0, 1, 1, 1),
}
"""From which corner to which: columns 0 and 1, rows 0 to 2."""


@cache
def digit(number: int, width: int, height: int) -> NDArray[np.bool_]:
    """Tell which pixels of a frame a digit in its middle covers, above the lower quarter."""
    covered = np.zeros((height, width), np.bool_)
    tall, thick = height * 5 // 9, height // 12
    left, top = (width - tall // 2) // 2, height // 9
    for stroke in _STROKES[number]:
        x0, y0, x1, y1 = _PLACES[stroke]
        covered[
            top + y0 * tall // 2 - thick // 2 : top + y1 * tall // 2 + thick // 2,
            left + x0 * tall // 2 - thick // 2 : left + x1 * tall // 2 + thick // 2,
        ] = True
    return covered
