"""Short spectra of a sound, and how much of each is new: the curve in which beats are sought.

The curve is the positive spectral flux of a mel spectrogram in decibels (Böck & Widmer, "Maximum
filter vibrato suppression for onset detection", DAFx 2013, whose lag of two frames it takes).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

RATE = 22_050
"""Samples per second of the sound that is looked at."""

WINDOW, HOP = 1024, 256
FRAMES_A_SECOND = RATE / HOP

_MELS = 64
_LOWEST_HZ = 30
_BASS_HZ = 160
_LAG = 2
_RANGE_DB = 80
_UNHEARD_DB = 1
"""A band that rises by less is taken as unchanged."""

_SILENCE_DB = -90
_FAINT_DB = 8
"""What rises by less over all bands together is the breath of a tone, not a new sound."""

_FRACTION = 128
"""Levels are kept in this fraction of a decibel, so that all that follows is exact."""

_BATCH = 128
_ROWS = 4
_STEEPEST = 99.5
"""A rise above this percentile of all counts no more than it: one bang is not a beat."""

Curve = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rises:
    """How much louder the sound becomes in each frame, over all bands and in the bass alone.

    Frame `n` is about the time `n * HOP - WINDOW / 2` samples after the beginning of the sound.
    Both are all zero for silence. `level` is how loud the loudest band is, in decibels below the
    loudest of all.
    """

    all: Curve
    bass: Curve
    level: Curve
    samples: int

    @property
    def duration_ms(self) -> int:
        """Length of the sound."""
        return round(self.samples * 1000 / RATE)


def rises(blocks: Iterable[NDArray[np.float32]]) -> Rises:
    """Measure a sound given as blocks of shape (1, n) at `RATE`."""
    counted = _Counted(blocks)
    levels = [_levels(batch) for batch in frames(counted, window=WINDOW, hop=HOP)]
    loudest = max((int(part.max()) for part in levels), default=_SILENCE_DB * _FRACTION)
    if loudest <= _SILENCE_DB * _FRACTION:
        silence = np.zeros(sum(map(len, levels)), np.float32)
        return Rises(all=silence, bass=silence, level=silence, samples=counted.samples)
    every, bass = np.concatenate(list(_new(levels, loudest)), axis=1)
    every[every < _FAINT_DB * _FRACTION] = 0
    level = np.concatenate([part.max(axis=1) for part in levels])
    return Rises(
        all=_evened(every),
        bass=_evened(bass),
        level=((level - np.float32(loudest)) / _FRACTION).astype(np.float32),
        samples=counted.samples,
    )


def _new(levels: Iterable[NDArray[np.int16]], loudest: int) -> Iterator[NDArray[np.int32]]:
    """Sum what each frame has more than the one two before, over all bands and over the bass."""
    floor = np.int16(loudest - _RANGE_DB * _FRACTION)
    before = np.full((_LAG, _MELS), floor, np.int16)
    for part in levels:
        heard = np.concatenate([before, np.maximum(part, floor)])
        before = heard[-_LAG:]
        new = np.maximum(heard[_LAG:] - heard[:-_LAG] - _UNHEARD_DB * _FRACTION, 0)
        low = new[:, : _bass_bands()].sum(axis=1, dtype=np.int32)
        yield np.stack([new.sum(axis=1, dtype=np.int32), low])


def frames(
    blocks: Iterable[NDArray[np.float32]], *, window: int, hop: int
) -> Iterator[NDArray[np.float32]]:
    """Cut a sound of shape (1, n) into overlapping frames, given in batches of shape (m, window).

    A window of silence is put before, so that the sound's beginning counts in full. Its end does
    not: where a file is cut off nothing begins.
    """
    left = np.zeros(window, np.float32)
    for block in blocks:
        left = np.concatenate([left, block[0]])
        while len(left) >= window + (_BATCH - 1) * hop:
            yield _overlapping(left[: window + (_BATCH - 1) * hop], window, hop)
            left = left[_BATCH * hop :]
    if len(left) >= window:
        yield _overlapping(left, window, hop)


class _Counted:
    """Counts samples while they pass."""

    def __init__(self, blocks: Iterable[NDArray[np.float32]]) -> None:
        self._blocks = blocks
        self.samples = 0

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        for block in self._blocks:
            self.samples += block.shape[1]
            yield block


def _overlapping(samples: NDArray[np.float32], window: int, hop: int) -> NDArray[np.float32]:
    return np.lib.stride_tricks.sliding_window_view(samples, window)[::hop]


def _levels(batch: NDArray[np.float32]) -> NDArray[np.int16]:
    """Measure the mel bands of each frame, in fractions of a decibel."""
    spectra = np.fft.rfft(batch * _hann())
    power: Curve = np.asarray(spectra.real**2 + spectra.imag**2, np.float32)
    bands = _banded(power)
    decibels = np.log2(np.maximum(bands, 1e-12)) * np.float32(10 * np.log10(2) * _FRACTION)
    return np.rint(decibels).astype(np.int16)


def _banded(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sum frequencies into bands, a few rows at a time.

    For more at once the linear algebra library starts threads, which cost several times what they
    do, and whose number would decide on the last bit of the sums.
    """
    whole = len(power) // _ROWS * _ROWS
    filters = _mel_filters()
    small = power[:whole].reshape(-1, _ROWS, power.shape[1]) @ filters
    return np.concatenate([small.reshape(whole, filters.shape[1]), power[whole:] @ filters])


@cache
def _hann() -> NDArray[np.float32]:
    """Make the window, scaled so that a sine of full scale has 0 dB."""
    at = np.arange(WINDOW)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * at / WINDOW)
    return np.asarray(window * (2 / window.sum()), np.float32)


@cache
def _mel_filters() -> NDArray[np.float32]:
    """Make triangles on the mel scale, of shape (frequencies, bands)."""
    centres = _mel_centres()
    hz = np.fft.rfftfreq(WINDOW, 1 / RATE)[:, None]
    low, centre, high = centres[:-2], centres[1:-1], centres[2:]
    rising, falling = (hz - low) / (centre - low), (high - hz) / (high - centre)
    triangles = np.maximum(0, np.minimum(rising, falling))
    # At the low end a triangle may fall between two frequencies; it takes the nearest.
    nearest = np.abs(hz - centre).argmin(axis=0)
    triangles[nearest, np.arange(_MELS)] = np.maximum(triangles[nearest, np.arange(_MELS)], 0.5)
    return triangles.astype(np.float32)


def _mel_centres() -> NDArray[np.float64]:
    lowest, highest = (2595 * np.log10(1 + hz / 700) for hz in (_LOWEST_HZ, RATE / 2))
    return 700 * (10 ** (np.linspace(lowest, highest, _MELS + 2) / 2595) - 1)


@cache
def _bass_bands() -> int:
    return int((_mel_centres()[1:-1] < _BASS_HZ).sum())


def _evened(curve: NDArray[np.int32]) -> Curve:
    """Clip what is far above all else."""
    loud = curve[curve > 0]
    most = np.percentile(loud, _STEEPEST) if len(loud) else 0
    return np.minimum(curve, most).astype(np.float32)
