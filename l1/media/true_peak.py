"""True peaks (ITU-R BS.1770-4, annex 2): how high a sound goes between its samples."""

import numpy as np
from numpy.typing import NDArray

from l1.media.samples import Samples

_TIMES = 4
_TAPS = 12
_UNIT = 1 << 24

PEAK_FULL = _UNIT
"""What stands for full scale."""


def _phases() -> NDArray[np.float32]:
    """Make the filters of the places between two samples: sinc under a Hann window."""
    reach = _TAPS / 2
    places = np.arange(1, _TIMES)[:, None] / _TIMES
    away = np.arange(_TAPS) - (reach - 1) - places
    taps = np.sinc(away) * (0.5 + 0.5 * np.cos(np.pi * away / reach))
    whole = np.rint(taps / taps.sum(axis=1, keepdims=True) * _UNIT)
    return np.asarray(whole / _UNIT, np.float32)


class TruePeaks:
    """Finds the highest level of each `piece` samples, over all channels, at four times the rate."""

    def __init__(self, channels: int, *, piece: int) -> None:
        self._phases, self._piece = _phases(), piece
        self._left = np.zeros((channels, _TAPS // 2 - 1), np.float32)

    def push(self, block: Samples) -> NDArray[np.int64]:
        """Take more sound, and give the pieces that are whole, of `PEAK_FULL`."""
        wave = np.concatenate([self._left, block], axis=1)
        whole = max(0, wave.shape[1] - (_TAPS - 1)) // self._piece
        self._left = wave[:, whole * self._piece :]
        return self._found(wave[:, : whole * self._piece + _TAPS - 1], whole)

    def finish(self) -> NDArray[np.int64]:
        """Give the rest, the last piece perhaps being shorter."""
        channels, length = self._left.shape
        samples = length - (_TAPS // 2 - 1)
        filling = np.zeros((channels, -samples % self._piece + _TAPS // 2), np.float32)
        return self.push(filling)

    def _found(self, wave: Samples, pieces: int) -> NDArray[np.int64]:
        length = pieces * self._piece
        middle = _TAPS // 2 - 1
        highest = np.abs(wave[:, middle : middle + length])
        for taps in self._phases:
            between = wave[:, :length] * taps[0]
            for number, tap in enumerate(taps[1:], 1):
                between += wave[:, number : number + length] * tap
            np.maximum(highest, np.abs(between, out=between), out=highest)
        found = highest.max(axis=0, initial=0).reshape(pieces, self._piece).max(axis=1, initial=0)
        return np.asarray(np.rint(found.astype(np.float64) * _UNIT), np.int64)
