"""The K weighting of ITU-R BS.1770-4: how loud an ear takes each frequency to be, at 48 kHz.

Two recursive filters follow each other: a high shelf (the head) and a high pass. A recursion asks
for each sample the one before; so a stretch of sound is cut into rows that are worked on side by
side, once to see in what state each row leaves the filter, and again from the right state. Only
single multiplications and sums are used, in one order, so that every machine gives the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.float64]
"""Sound of shape (channels, n)."""

ROW = 480

_SHELF = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285),
    (-1.69065929318241, 0.73248077421585),
)
_HIGH_PASS = ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))
"""Coefficients of BS.1770-4, tables 1 and 2: those of the input, those of the output."""


class KWeighting:
    """Weights a sound of `channels` channels at 48 kHz that is given piece by piece."""

    def __init__(self, channels: int) -> None:
        self._filters = [_Recursion(over, under, channels) for over, under in (_SHELF, _HIGH_PASS)]

    def __call__(self, wave: Wave) -> Wave:
        """Weight the next piece, of a multiple of `ROW` samples."""
        for each in self._filters:
            wave = each(wave)
        return wave


class _Recursion:
    """One filter of second order, in the transposed direct form; it remembers two numbers."""

    def __init__(self, over: Sequence[float], under: Sequence[float], channels: int) -> None:
        self._over, self._under = over, under
        self._state = np.zeros((2, channels))
        still = np.zeros((ROW, 2))
        self._fading = self._run(still, np.eye(2))[1]

    def __call__(self, wave: Wave) -> Wave:
        channels, rows = wave.shape[0], wave.shape[1] // ROW
        side_by_side = wave.reshape(channels * rows, ROW).T
        left = self._run(side_by_side, np.zeros((2, channels * rows)))[1]
        entered = self._entered(left.reshape(2, channels, rows))
        heard = self._run(side_by_side, entered.reshape(2, channels * rows))[0]
        return heard.T.reshape(channels, rows * ROW)

    def _entered(self, left: Wave) -> Wave:
        """Tell in what state each row finds the filter, from what each adds to it."""
        (one, two), (three, four) = self._fading
        entered = np.empty_like(left)
        for row in range(left.shape[2]):
            entered[:, :, row] = first, second = self._state
            self._state = np.stack([one * first + two * second, three * first + four * second])
            self._state += left[:, :, row]
        return entered

    def _run(self, given: Wave, state: Wave) -> tuple[Wave, Wave]:
        """Filter columns, each from its own state; answer them and the states they end in."""
        (b0, b1, b2), (a1, a2) = self._over, self._under
        first, second = state[0].copy(), state[1].copy()
        heard = np.empty(given.shape)
        for number, now in enumerate(given):
            out = b0 * now + first
            first = b1 * now - a1 * out + second
            second = b2 * now - a2 * out
            heard[number] = out
        return heard, np.stack([first, second])
