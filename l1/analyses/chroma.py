"""How strongly each of the twelve notes sounds, whatever its octave.

The spectrum's peaks are folded onto one octave by the logarithm of their frequency, as a constant
Q transform would see them (Brown, "Calculation of a constant Q spectral transform", JASA 1991),
and onto a tenth of a semitone, so that it can be seen how the music is tuned (Gómez, "Tonal
description of polyphonic audio", INFORMS Journal on Computing 2006).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from l1.analyses.spectrum import frames

RATE = 11_025
"""Samples per second of the sound that is looked at."""

NOTES = 12

_WINDOW, _HOP = 8192, 2048
_LOWEST_HZ, _HIGHEST_HZ = 80.0, 4000.0
_C_HZ = 440 * 2 ** (-9 / 12)
_FINE = 10
"""Parts of a semitone."""

_PARTIALS = ((0, 100), (-70, 24), (-39, 7))
"""Places by which a peak, should it be a partial, lies beside its note, and in what proportion it
counts there: partials 1, 2, 4, 8, then 3 and 6, then 5, each 0.6 times as much as the one before
(Gómez). Without this, what sounds strongest would often be the fifth of what is played."""

_QUIET_DB = 60
"""Frames that are quieter than the loudest by more are not heard."""

_FAINT_DB = 40
"""Nor are peaks that are fainter than the strongest of their frame by more."""

_SILENCE = 1e-4
_FRACTION = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Chroma:
    """How strongly each note sounds, from C on, in thousandths of the strongest; 0 for silence.

    `tuning_cents` is how much higher than with an A of 440 Hz all is tuned, -50 to 49.
    """

    notes: tuple[int, ...]
    tuning_cents: int
    samples: int


def chroma_of(blocks: Iterable[NDArray[np.float32]]) -> Chroma:
    """Measure a sound given as blocks of shape (1, n) at `RATE`."""
    samples = 0

    def counted() -> Iterator[NDArray[np.float32]]:
        nonlocal samples
        for block in blocks:
            samples += block.shape[1]
            yield block
        yield np.zeros((1, _WINDOW), np.float32)

    batches = [_folded(part) for part in frames(counted(), window=_WINDOW, hop=_HOP)]
    loudness = np.concatenate([np.zeros(0), *(loud for loud, _ in batches)])
    loudest = float(loudness.max(initial=0))
    if loudest < _SILENCE:
        return Chroma(notes=(0,) * NOTES, tuning_cents=0, samples=samples)
    heard = loudness >= loudest * 10 ** (-_QUIET_DB / 20)
    fine = np.concatenate([parts for _, parts in batches])[heard].sum(axis=0, dtype=np.int64)
    tuning = _tuning(fine)
    fine = sum((share * np.roll(fine, by) for by, share in _PARTIALS), np.zeros_like(fine))
    return Chroma(notes=_in_semitones(fine, tuning), tuning_cents=tuning, samples=samples)


def _folded(batch: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Fold each frame's peaks onto one octave, in whole numbers; and say how loud the frame is."""
    spectra = np.abs(np.fft.rfft(batch * _hann()))
    low, high = (round(hz * _WINDOW / RATE) for hz in (_LOWEST_HZ, _HIGHEST_HZ))
    here = spectra[:, low:high]
    before, after = spectra[:, low - 1 : high - 1], spectra[:, low + 1 : high + 1]
    strongest = here.max(axis=1)
    least = np.maximum(strongest * 10 ** (-_FAINT_DB / 20), 1e-9)[:, None]
    row, column = np.nonzero((here > before) & (here >= after) & (here >= least))
    height = here[row, column]
    place = low + column + _vertex(before[row, column], height, after[row, column])
    octave = np.log2(place * (RATE / _WINDOW / _C_HZ))
    part = np.rint(octave * (NOTES * _FINE)).astype(np.int64) % (NOTES * _FINE)
    weight = np.rint(np.sqrt(height / strongest[row]) * _FRACTION).astype(np.int64)
    size = len(batch) * NOTES * _FINE
    folded = np.bincount(row * (NOTES * _FINE) + part, weight, minlength=size)
    return strongest, folded.astype(np.int64).reshape(len(batch), -1)


def _vertex(
    before: NDArray[np.float32], here: NDArray[np.float32], after: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Tell where between two frequencies a peak is, by a parabola through its decibels."""
    low, mid, high = (
        np.log(np.maximum(each, 1e-12)).astype(np.float64) for each in (before, here, after)
    )
    bend = low - 2 * mid + high
    return np.clip(0.5 * (low - high) / np.minimum(bend, -1e-9), -0.5, 0.5)


def _tuning(fine: NDArray[np.int64]) -> int:
    """Find by how many cents notes lie beside the semitones of concert pitch."""
    angles = 2 * np.pi * np.arange(_FINE) / _FINE
    parts = fine.reshape(NOTES, _FINE).sum(axis=0)
    angle = np.arctan2((parts * np.sin(angles)).sum(), (parts * np.cos(angles)).sum())
    return (int(np.rint(angle * 50 / np.pi)) + 50) % 100 - 50


def _in_semitones(fine: NDArray[np.int64], tuning: int) -> tuple[int, ...]:
    """Sum what is nearest to each semitone, less the further it is off."""
    cents = np.arange(NOTES * _FINE) * (100 // _FINE) - tuning
    away = np.abs((cents[None, :] - 100 * np.arange(NOTES)[:, None] + 600) % 1200 - 600)
    sums = (np.maximum(50 - away, 0) * fine).sum(axis=1)
    return tuple(int(each) for each in (2000 * sums + sums.max()) // (2 * sums.max()))


@cache
def _hann() -> NDArray[np.float32]:
    window = np.hanning(_WINDOW + 1)[:-1]
    return np.asarray(window * (2 / window.sum()), np.float32)
