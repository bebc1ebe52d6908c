"""Onsets: peaks of the curve of rises that stand out from what is around them."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from l1.analyses.periodicity import Signal, prominent
from l1.analyses.spectrum import Rises
from l1.analyses.timeline import milliseconds

_AROUND = 3
"""A peak is the highest of this many frames on either side, some 35 ms."""

_LEAST = 0.6
"""How far a peak stands out, in deviations of the curve."""


def onsets_of(rises: Rises) -> tuple[list[int], list[float]]:
    """Find onsets in milliseconds, and how strong each is."""
    signal = prominent(rises.all)
    if not signal.any():
        return [], []
    frames = _peaks(signal)
    times = milliseconds(frames)
    inside = (times >= 0) & (times < rises.duration_ms)
    times, first = np.unique(times[inside], return_index=True)
    return times.tolist(), signal[frames[inside][first]].tolist()


def _peaks(signal: Signal) -> NDArray[np.int64]:
    padded = np.pad(signal, _AROUND)
    highest = sliding_window_view(padded, 2 * _AROUND + 1).max(axis=1)
    return np.flatnonzero((signal == highest) & (signal > _LEAST))
