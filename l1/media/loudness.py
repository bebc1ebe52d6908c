"""How loud a sound is, by EBU R128: ITU-R BS.1770-4 and, for the range, EBU Tech 3342.

Powers are summed as whole numbers, so that neither machine nor order changes what is found. Sound
is measured as it is heard here: mono counts as two equal channels, surround is mixed down first.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import log10

import numpy as np
from numpy.typing import NDArray

from l1.media.samples import Samples, in_frames
from l1.media.sound import RATE
from l1.media.true_peak import PEAK_FULL, TruePeaks
from l1.media.weighting import KWeighting

HOP = RATE // 10
"""Samples from one value of the curve to the next."""

PIECE = RATE // 1000
"""Samples for which one true peak is found."""

QUIETEST = -7000
"""Hundredths of a LUFS below which nothing counts as sound."""

_BATCH = 50 * HOP
_UNIT = 1 << 36
_MOMENT, _SHORT = 4, 30
"""Hops in the windows of momentary and of short-term loudness."""

_GATE_LU, _RANGE_GATE_LU = 10, 20
_LOW, _HIGH = 10, 95


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """What was measured. Levels are hundredths of LUFS (or dBTP), differences hundredths of LU.

    `integrated` is None, and `range` 0, where nothing is loud enough to count, or nothing lasts
    0.4 s (3 s for the range). `momentary` has the loudness of the 0.4 s that end with each 0.1 s,
    never below `QUIETEST`. `peaks` has the true peak of each millisecond, of `PEAK_FULL`.
    """

    samples: int
    integrated: int | None
    range: int
    momentary: tuple[int, ...]
    peaks: NDArray[np.int64]

    @property
    def true_peak(self) -> int | None:
        """Tell the highest true peak in hundredths of dBTP; None for silence."""
        highest = int(self.peaks.max(initial=0))
        return round(2000 * log10(highest / PEAK_FULL)) if highest else None


def loudness_of(track: Iterable[Samples]) -> Loudness:
    """Measure a sound given as stereo blocks of shape (2, n) at `RATE`."""
    weighting, meter = KWeighting(2), TruePeaks(2, piece=PIECE)
    samples, powers, peaks = 0, [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for block in in_frames(track, _BATCH):
        samples += block.shape[1]
        peaks.append(meter.push(block))
        powers.append(_powers(weighting, block))
    peaks.append(meter.finish())
    power = np.concatenate(powers)
    moments = _windows(power, _MOMENT)
    return Loudness(
        samples=samples,
        integrated=_integrated(moments),
        range=_range(_windows(power, _SHORT)),
        momentary=tuple(_level(each, _MOMENT) for each in _running(power, _MOMENT)),
        peaks=np.concatenate(peaks),
    )


def _powers(weighting: KWeighting, block: Samples) -> NDArray[np.int64]:
    """Sum the squares of each hop; of a last one that is not whole nothing is told."""
    whole = np.pad(block, ((0, 0), (0, -block.shape[1] % HOP))).astype(np.float64)
    heard = weighting(whole)
    squares = np.rint(heard * heard * _UNIT).astype(np.int64).sum(axis=0)
    hops: NDArray[np.int64] = squares.reshape(-1, HOP).sum(axis=1)
    return hops[: block.shape[1] // HOP]


def _windows(power: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """Sum every run of `length` hops."""
    sums = np.concatenate([np.zeros(1, np.int64), np.cumsum(power)])
    found: NDArray[np.int64] = sums[length:] - sums[:-length]
    return found if len(power) >= length else found[:0]


def _running(power: NDArray[np.int64], length: int) -> Iterator[int]:
    """Sum what ends with each hop, with silence before the first."""
    yield from _windows(np.concatenate([np.zeros(length - 1, np.int64), power]), length).tolist()


def _level(power: int, hops: int) -> int:
    """Name a sum of squares in hundredths of LUFS."""
    mean = power / (hops * HOP * _UNIT)
    return max(QUIETEST, round(-69.1 + 1000 * log10(mean))) if mean else QUIETEST


def _gated(powers: NDArray[np.int64], hops: int, under: int) -> NDArray[np.int64]:
    """Leave out what is quieter than `QUIETEST`, then what is `under` LU below the mean."""
    loud = powers[powers > _power(QUIETEST / 100, hops)]
    if not len(loud):
        return loud
    gate = sum(loud.tolist()) // len(loud) * 10 ** (-under / 10)
    return np.asarray(loud[loud > gate])


def _power(lufs: float, hops: int) -> float:
    return float(10 ** ((lufs + 0.691) / 10)) * hops * HOP * _UNIT


def _integrated(moments: NDArray[np.int64]) -> int | None:
    loud = _gated(moments, _MOMENT, _GATE_LU)
    return _level(sum(loud.tolist()) // len(loud), _MOMENT) if len(loud) else None


def _range(shorts: NDArray[np.int64]) -> int:
    loud = np.sort(_gated(shorts, _SHORT, _RANGE_GATE_LU))
    if not len(loud):
        return 0
    low, high = (loud[round((len(loud) - 1) * part / 100)] for part in (_LOW, _HIGH))
    return _level(int(high), _SHORT) - _level(int(low), _SHORT)
