"""A limiter that looks ahead: turns a sound down around its peaks, and nowhere else."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from l1.media.gains import UNIT

_AHEAD = 5
"""Pieces before and after a peak during which the gain falls and rises again."""


def limiting(peaks: NDArray[np.int64], limit: int) -> NDArray[np.int64]:
    """Make the curve of gains, of `gains.UNIT`, under which no piece's peak is beyond `limit`.

    `peaks` has the peak of each piece, in the units of `limit`. There is one point for the start
    of each piece. Each takes the lowest gain that is needed around it, and of those the mean
    around it is taken, which is nowhere higher than what is needed and nowhere sudden.
    """
    if not len(peaks):
        return np.full(1, UNIT, np.int64)
    needed = np.minimum(limit * UNIT // np.maximum(peaks, 1), UNIT)
    # A point stands between two pieces, and a gain between two points.
    lowest = _around(needed, 2 * _AHEAD + 2).min(axis=1)
    total: NDArray[np.int64] = _around(lowest, 2 * _AHEAD + 1).sum(axis=1)
    return total // (2 * _AHEAD + 1)


def _around(values: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Give for each value those around it, the first and the last going on beyond the ends."""
    before = width // 2
    padded = np.pad(values, (before, width - 1 - before), mode="edge")
    return np.asarray(sliding_window_view(padded, width))
