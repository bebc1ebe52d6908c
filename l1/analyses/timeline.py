"""Where frames of the curve of rises stand in time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from l1.analyses.periodicity import Signal
from l1.analyses.spectrum import HOP, RATE, WINDOW

_LATE_S = 0.004
"""By how much a rise is seen before it is heard, measured with clicks."""

_EDGE_MS = 15
"""What is found so little before the beginning stands at the beginning."""


def milliseconds(frames: Signal | NDArray[np.int64]) -> NDArray[np.int64]:
    """Turn frames into milliseconds; negative is outside the sound."""
    seconds = (frames * HOP - WINDOW / 2) / RATE + _LATE_S
    rounded = np.rint(seconds * 1000).astype(np.int64)
    return np.where((rounded < 0) & (rounded >= -_EDGE_MS), 0, rounded)


def frames_at(times_ms: Sequence[int]) -> Signal:
    """Turn milliseconds into frames, seldom whole."""
    seconds = np.array(times_ms, np.float64) / 1000 - _LATE_S
    return np.asarray((seconds * RATE + WINDOW / 2) / HOP)
