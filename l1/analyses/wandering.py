"""How the period of the beat changes: the best path through what each few seconds repeat."""

import numpy as np

from l1.analyses.periodicity import Signal, between
from l1.analyses.spectrum import FRAMES_A_SECOND
from l1.analyses.viterbi import best_path

_WINDOW_S, _HOP_S = 6, 1
_WIDEST = 1.5
"""The period changes by this factor at most, or another level of the metre would be found."""

_GRAIN = 0.01
_MOVES = tuple(range(-6, 7))
_PRICE = 0.002
"""What a change by a hundredth within a second costs beside a likeness of one."""

_BATCH = 256


def wandering_period(signal: Signal, period: float) -> Signal:
    """Find the period, in frames, at each frame of a signal whose mean period is about known."""
    window, hop = round(_WINDOW_S * FRAMES_A_SECOND), round(_HOP_S * FRAMES_A_SECOND)
    if len(signal) < 2 * window:
        return np.full(len(signal), period)
    spread = np.arange(-np.log(_WIDEST), np.log(_WIDEST), _GRAIN)
    lags = period * np.exp(spread)
    views = np.lib.stride_tricks.sliding_window_view(signal, window)[::hop]
    batches = [views[at : at + _BATCH] for at in range(0, len(views), _BATCH)]
    alike = np.concatenate([_alike(batch, lags) for batch in batches])
    path = best_path(alike, moves=_MOVES, price=_PRICE, wraps=False)
    centres = np.arange(len(views)) * hop + window / 2
    return np.interp(np.arange(len(signal)), centres, lags[path])


def _alike(views: Signal, lags: Signal) -> Signal:
    """Tell for each window how alike it is to itself one and two periods later."""
    centred = views - views.mean(axis=1, keepdims=True)
    size = 1 << (2 * views.shape[1] - 1).bit_length()
    spectra = np.fft.rfft(centred, size)
    raw = np.fft.irfft(spectra.real**2 + spectra.imag**2, size)[:, : views.shape[1]]
    raw /= np.arange(views.shape[1], 0, -1)
    raw /= np.maximum(raw[:, :1], 1e-9)
    return np.array([between(row, lags) + 0.7 * between(row, 2 * lags) for row in raw])
