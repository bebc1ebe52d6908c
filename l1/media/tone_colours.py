"""Colours of notes: the twelve of an octave around the circle of hues, the same in each octave."""

import numpy as np
from numpy.typing import NDArray

from l1.media.pictures import Plane

_WHEEL = (
    (255, 70, 70),
    (255, 122, 60),
    (255, 174, 56),
    (250, 220, 70),
    (176, 230, 80),
    (88, 220, 110),
    (64, 214, 190),
    (70, 180, 250),
    (96, 130, 255),
    (146, 106, 255),
    (206, 98, 250),
    (255, 90, 170),
)
"""Red, green and blue of C, C sharp, D and so on."""

_BLACK = (1, 3, 6, 8, 10)


def hues(notes: NDArray[np.int64], halves: NDArray[np.int64]) -> tuple[Plane, Plane, Plane]:
    """Give the colour of each note, and of what lies between it and the next one where 1 stands."""
    wheel = np.array(_WHEEL, np.int64)
    here, after = wheel[notes % 12], wheel[(notes + 1) % 12]
    mixed = (here * (2 - halves[:, None]) + after * halves[:, None]) // 2
    red, green, blue = mixed.astype(np.uint8).T
    return red, green, blue


def black_keys(notes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which notes have a black key."""
    return np.isin(notes % 12, _BLACK)
