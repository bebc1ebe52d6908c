"""Makes sound louder and softer over time, in arithmetic that every machine does alike."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from l1.media.samples import Samples

UNIT = 1 << 24
"""A gain of one in the whole numbers in which curves are written."""


def factor(decibels: Decimal) -> float:
    """Turn decibels into the factor that samples are multiplied by, in steps of 1 / `UNIT`."""
    return round(Decimal(10) ** (decibels / 20) * UNIT) / UNIT


def turned(track: Iterable[Samples], gain: float) -> Iterator[Samples]:
    """Multiply a sound by one factor."""
    for block in track:
        yield (block.astype(np.float64) * gain).astype(np.float32)


def along(track: Iterable[Samples], curve: NDArray[np.int64], *, step: int) -> Iterator[Samples]:
    """Multiply a sound by a curve that has a point, of `UNIT`, each `step` samples.

    Between points it is straight, after the last it stays.
    """
    places = np.arange(len(curve)) * step
    done = 0
    for block in track:
        at = np.arange(done, done + block.shape[1])
        first = np.minimum(at // step, len(curve) - 1)
        after = np.minimum(first + 1, len(curve) - 1)
        rise = (curve[after] - curve[first]) * np.minimum(at - places[first], step)
        gain = (curve[first] * step + rise) / (step * UNIT)
        done += block.shape[1]
        yield (block.astype(np.float64) * gain).astype(np.float32)


class Level:
    """Remembers the highest sample that went by; `clips` when full scale did not hold it."""

    def __init__(self) -> None:
        self.peak = 0.0

    def watch(self, track: Iterable[Samples]) -> Iterator[Samples]:
        """Hand sound on."""
        for block in track:
            self.peak = max(self.peak, float(np.abs(block).max(initial=0)))
            yield block

    @property
    def clips(self) -> bool:
        """Tell whether something went beyond full scale."""
        return self.peak > 1
