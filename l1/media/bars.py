"""How high the bars of a spectrum stand, picture by picture."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

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

Heights = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """How fast bars follow: seconds for all the way up, and for all the way down."""

    attack: Fraction
    release: Fraction


def heights(
    sounds: Iterable[Samples], *, bands: int, floor: Fraction, rate: Fraction, motion: Motion
) -> Iterator[Heights]:
    """Give the heights of `bands` bars, deep to high, for each window of `WINDOW` samples.

    A bar is empty at `floor` decibels of a sine of full scale, and `FULL` at `TOP_DB` or above.
    """
    borders, lift = _borders(bands), _lift(bands)
    wanted = (scaled(_decibels(sound, borders) + lift, floor) for sound in sounds)
    return moving(wanted, rate=rate, motion=motion)


def scaled(decibels: NDArray[np.float64], floor: Fraction) -> Heights:
    """Give the heights for levels: 0 at `floor` decibels, `FULL` at `TOP_DB` or above."""
    parts = (decibels - float(floor)) / (TOP_DB - float(floor))
    return np.asarray(np.rint(parts * FULL).clip(0, FULL), np.int64)


def moving(wanted: Iterable[Heights], *, rate: Fraction, motion: Motion) -> Iterator[Heights]:
    """Follow heights, from the bottom on, no faster than bars move."""
    up, down = (
        max(1, int(FULL / max(Fraction(1), seconds * rate)))
        for seconds in (motion.attack, motion.release)
    )
    now: Heights | int = 0
    for each in wanted:
        now = np.clip(each, now - down, now + up)
        yield now


def falling(bars: Iterable[Heights], *, rate: Fraction) -> Iterator[tuple[Heights, Heights]]:
    """Add to the heights the marks they leave, which fall by a third of the height in a second."""
    step = max(1, int(FULL / (3 * rate)))
    marks: Heights | None = None
    for now in bars:
        marks = now if marks is None else np.maximum(now, marks - step)
        yield now, marks


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
