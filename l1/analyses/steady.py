"""Beats at one tempo throughout: a grid that may lean a little, fitted to a curve of onsets.

The curve is folded at the period, one row for each beat. A path through the rows picks each
beat's place and pays for every change, so that it keeps its pace through breaks and syncopes yet
follows a drummer. Periods need not be whole numbers of frames.
"""

import numpy as np

from l1.analyses.periodicity import Signal, between
from l1.analyses.viterbi import best_path

_STEP = 0.5
"""Places are this many frames apart."""

_PRICE = 5.0
"""What a change by one place costs, in deviations of the curve; it rises with the square."""

_MOVES = (-2, -1, 0, 1, 2)


def steady_beats(signal: Signal, period: float) -> Signal:
    """Place a beat in each period; answers frames, in order."""
    places = max(1, round(period / _STEP))
    rows = int(len(signal) / period) + 1
    starts = np.arange(rows) * period
    silent = np.concatenate([signal, [0.0, 0.0]])  # what the last row may stand over
    folded = between(silent, starts[:, None] + np.arange(places) * (period / places))
    path = best_path(folded, moves=_MOVES, price=_PRICE, wraps=True)
    beats = np.sort(starts + path * (period / places))
    return _apart(beats[beats < len(signal)], period / 2)


def _apart(beats: Signal, least: float) -> Signal:
    """Drop the second of two beats that fell together, where the path crossed the fold."""
    return beats[np.diff(beats, prepend=-np.inf) > least]
