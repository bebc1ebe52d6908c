"""Beats that follow onsets wherever they lead: Ellis's dynamic programming.

D. P. W. Ellis, "Beat tracking by dynamic programming", Journal of New Music Research 36, 2007.
A beat's predecessor lies at least half a period back, so half a period of beats can be computed
at once from what is known already, without a loop over frames.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from l1.analyses.periodicity import Signal

_TIGHTNESS = 100
"""What leaving the tempo costs: this times the squared logarithm of the ratio."""


def following_beats(signal: Signal, periods: Signal) -> Signal:
    """Place beats where the curve is high, about a period apart; answers frames, in order.

    `periods` has the period that is expected at each frame.
    """
    lags = np.arange(max(1, int(np.ceil(periods.min() / 2))), int(2 * periods.max()) + 1)
    frames, block, longest = len(signal), int(lags[0]), int(lags[-1])
    total = np.zeros(longest + frames)
    previous = np.full(frames, -1, np.int64)
    for start in range(0, frames, block):
        end = min(start + block, frames)
        cost = _TIGHTNESS * np.log(lags[::-1] / periods[start]) ** 2
        known = total[start : end + longest - block]
        arriving = sliding_window_view(known, len(lags))[: end - start] - cost
        best = arriving.argmax(axis=1)
        at = np.arange(start, end)
        total[longest + start : longest + end] = signal[start:end] + arriving[at - start, best]
        previous[start:end] = at - lags[::-1][best]
    return _traced(total[longest:], previous, periods[-1])


def _traced(total: Signal, previous: np.ndarray, period: float) -> Signal:
    """Walk back from the best end within the last period."""
    last = max(0, len(total) - round(period))
    beat = last + int(total[last:].argmax())
    beats: list[int] = []
    while beat >= 0:
        beats.append(beat)
        beat = int(previous[beat])
    return np.array(beats[::-1], np.float64)
