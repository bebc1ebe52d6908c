"""How high the bars of a spectrum stand, picture by picture."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from l1.media.samples import Samples
from l1.media.sound import RATE

WINDOW = 4096
FULL = 4096
"""What stands for a bar as high as there is room."""

TOP_DB = -12
"""The level of a full bar, in decibels of a sine of full scale: no band of music has much more."""

_LOWEST_HZ, _HIGHEST_HZ = 40, 16_000
_TILT_DB = 3.0
"""Decibels per octave by which higher bands are lifted, as music falls by about as much."""

_MIDDLE_HZ = 800

_REACH = 128
"""Pictures before the first that are followed to begin with: bars have mostly met by then."""

Heights = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """How high bars stand at a picture, and the marks that they have left."""

    now: Heights
    marks: Heights


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """How far bars go at most from one picture to the next: `up`, `down`, and marks down `drop`."""

    up: int
    down: int
    drop: int

    @classmethod
    def at(cls, rate: Fraction, *, attack: Fraction, release: Fraction) -> Self:
        """Make the motion that takes so many seconds for all the way up, and all the way down.

        Marks fall by a third of the height in a second.
        """
        up, down = (
            max(1, int(FULL / max(Fraction(1), seconds * rate))) for seconds in (attack, release)
        )
        return cls(up=up, down=down, drop=max(1, int(FULL / (3 * rate))))

    def follow(self, bars: Bars, wanted: Heights) -> Bars:
        """Go as far towards what is wanted as may be."""
        now = np.clip(wanted, bars.now - self.down, bars.now + self.up)
        return Bars(now=now, marks=np.maximum(now, bars.marks - self.drop))


def moving(
    wanted: Callable[[int], Iterator[Heights]], motion: Motion, *, first: int = 0
) -> Iterator[Bars]:
    """Give bars that follow what is wanted, from picture `first` on, as from the first one on.

    `wanted(n)` gives the heights from picture n on. Bars stand at the bottom at first. Not all has
    to be followed from there: who started higher is never lower later, so where bars that started
    at the bottom and at the top have met, so have all between them.
    """
    reach = _REACH
    while True:
        begin = max(0, first - reach)
        heights = wanted(begin)
        low, high = None, None
        for each in islice(heights, first - begin):
            low = motion.follow(low or _all(each, 0), each)
            high = motion.follow(high or _all(each, FULL if begin else 0), each)
        if not begin or (low and high and _are_equal(low, high)):
            break
        reach *= 4
    for each in heights:
        low = motion.follow(low or _all(each, 0), each)
        yield low


def heights(sounds: Iterable[Samples], *, bands: int, floor: Fraction) -> Iterator[Heights]:
    """Give the heights of `bands` bars, deep to high, for each window of `WINDOW` samples.

    A bar is empty at `floor` decibels of a sine of full scale, and `FULL` at `TOP_DB` or above.
    """
    borders, lift = _borders(bands), _lift(bands)
    for sound in sounds:
        yield scaled(_decibels(sound, borders) + lift, floor)


def scaled(decibels: NDArray[np.float64], floor: Fraction) -> Heights:
    """Give the heights for levels: 0 at `floor` decibels, `FULL` at `TOP_DB` or above."""
    parts = (decibels - float(floor)) / (TOP_DB - float(floor))
    return np.asarray(np.rint(parts * FULL).clip(0, FULL), np.int64)


def _all(like: Heights, height: int) -> Bars:
    level = np.full_like(like, height)
    return Bars(now=level, marks=level)


def _are_equal(one: Bars, other: Bars) -> bool:
    return np.array_equal(one.now, other.now) and np.array_equal(one.marks, other.marks)


def _decibels(sound: Samples, borders: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take the strongest of each band's frequencies, in decibels of a sine of full scale."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    mono = (sound[0].astype(np.float64) + sound[1]) * (window / window.sum())
    spectrum = np.abs(np.fft.rfft(mono))
    bins = borders * (WINDOW / RATE)
    strongest = [
        max(
            float(spectrum[int(np.ceil(low)) : int(high) + 1].max(initial=0)),
            float(np.interp((low + high) / 2, np.arange(len(spectrum)), spectrum)),
        )
        for low, high in pairwise(bins)
    ]
    return np.asarray(20 * np.log10(np.maximum(strongest, 1e-9)))


def _borders(bands: int) -> NDArray[np.float64]:
    """Space the bands evenly to the ear."""
    return np.asarray(np.geomspace(_LOWEST_HZ, _HIGHEST_HZ, bands + 1))


def _lift(bands: int) -> NDArray[np.float64]:
    borders = _borders(bands)
    octaves = np.log2(np.sqrt(borders[:-1] * borders[1:]) / _MIDDLE_HZ)
    return np.asarray(_TILT_DB * octaves)
