"""How strong each tone of the scale is: a transform whose windows are shorter for higher tones.

J. C. Brown and M. S. Puckette, "An efficient algorithm for the calculation of a constant Q
transform", J. Acoust. Soc. Am. 92 (1992): the spectrum of a window is weighed with that of each
tone, of which few values matter.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from l1.media.bars import Heights, scaled
from l1.media.samples import Samples
from l1.media.sound import RATE

WINDOW = 16384
"""Samples that a picture is made of; deep tones, which need more, blur into their neighbours."""

STEPS = 24
"""Tones to the octave."""

_A4 = 69
_A4_HZ = 440.0
_LEAST = 1e-4
"""The least part of its greatest value for which a value of a tone's spectrum counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tones:
    """The spectra of all tones, one after the other: where each value is, and where each begins."""

    places: NDArray[np.int64]
    values: NDArray[np.complex128]
    starts: NDArray[np.int64]


def hertz(lowest: int, octaves: int) -> NDArray[np.float64]:
    """List the tones from a note on, which is numbered as in MIDI, two to each semitone."""
    notes = lowest + np.arange(octaves * STEPS) * 12 / STEPS
    return np.asarray(_A4_HZ * 2 ** ((notes - _A4) / 12))


def levels(
    sounds: Iterable[Samples], *, lowest: int, octaves: int, floor: Fraction
) -> Iterator[Heights]:
    """Give for each window how strong each tone is, as the height of a bar."""
    tones = _tones(hertz(lowest, octaves))
    for sound in sounds:
        spectrum = np.fft.fft((sound[0].astype(np.float64) + sound[1]) / 2)
        strong = np.abs(np.add.reduceat(spectrum[tones.places] * tones.values, tones.starts))
        decibels = 20 * np.log10(np.maximum(strong, 1e-9))
        yield scaled(decibels, floor)


def _tones(frequencies: NDArray[np.float64]) -> _Tones:
    quality = 1 / (2 ** (1 / STEPS) - 1)
    found = [_spectrum(each, quality) for each in frequencies]
    lengths = [len(places) for places, _ in found]
    return _Tones(
        places=np.concatenate([places for places, _ in found]),
        values=np.concatenate([values for _, values in found]),
        starts=np.cumsum([0, *lengths[:-1]]),
    )


def _spectrum(frequency: float, quality: float) -> tuple[NDArray[np.int64], NDArray[np.complex128]]:
    """Give the values that count of one tone's spectrum, and their places."""
    length = min(WINDOW, int(quality * RATE / frequency)) // 2 * 2
    at = np.arange(-(length // 2), length // 2)
    window = 0.5 + 0.5 * np.cos(2 * np.pi * at / length)
    tone = np.zeros(WINDOW, np.complex128)
    middle = WINDOW // 2
    tone[at + middle] = window / window.sum() * 2 * np.exp(2j * np.pi * frequency / RATE * at)
    spectrum = np.asarray(np.conjugate(np.fft.fft(tone)) / WINDOW, np.complex128)
    strong = np.abs(spectrum)
    places = np.flatnonzero(strong > strong.max() * _LEAST)
    return places.astype(np.int64), spectrum[places]
