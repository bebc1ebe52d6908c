"""BANDS: how loud the bass, the middle and the treble are, piece by piece."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l1.analyses.analysis import Analysis, Heard
from l1.analyses.listened import SOUNDING, HopParams, listen
from l1.analyses.scaling import thousandths
from l1.analyses.spectrum import frames
from l1.content.features import Bands

_A_MS = 32
_WINDOW = 2048
_BORDERS_HZ = (20, 200, 2000, 16_000)
_FINEST_MS = 25
_SILENCE, _DEEPEST = 1e-4, 1e-4
"""Amplitudes below which the sound is silent, and a band beside the loudest band is."""


def _analyse(path: Path, params: HopParams, heard: Heard) -> Bands:
    step = _step(params.hop_ms)
    sound = _Ending(listen(path, rate=_A_MS * 1000, heard=heard))
    batches = frames(sound, window=_WINDOW, hop=step * _A_MS)
    power = np.concatenate([np.zeros((0, 3)), *(_power(batch) for batch in batches)])
    pieces = -(-sound.samples // (params.hop_ms * _A_MS))
    amplitude = _in_pieces(power, step, params.hop_ms, pieces)
    least = max(_SILENCE, _DEEPEST * float(amplitude.max(initial=0)))
    bass, mid, treble = (thousandths(band, least=least) for band in amplitude.T)
    return Bands(
        duration_ms=round(sound.samples / _A_MS),
        hop_ms=params.hop_ms,
        bass=bass,
        mid=mid,
        treble=treble,
    )


class _Ending:
    """Counts the samples of a sound, and adds the silence that its last frames reach into."""

    def __init__(self, blocks: Iterable[NDArray[np.float32]]) -> None:
        self._blocks = blocks
        self.samples = 0

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        for block in self._blocks:
            self.samples += block.shape[1]
            yield block
        yield np.zeros((1, _WINDOW), np.float32)


def _step(hop_ms: int) -> int:
    """Choose how many milliseconds frames are apart: a part of a piece, no longer than is heard."""
    return max(step for step in range(1, _FINEST_MS + 1) if hop_ms % step == 0)


def _power(batch: NDArray[np.float32]) -> NDArray[np.float64]:
    spectra = np.fft.rfft(batch * _hann())
    power = np.concatenate([np.zeros((len(batch), 1)), spectra.real**2 + spectra.imag**2], axis=1)
    borders = 1 + np.searchsorted(np.fft.rfftfreq(_WINDOW, 1 / (_A_MS * 1000)), _BORDERS_HZ)
    sums = np.cumsum(power, axis=1)
    return np.asarray(np.diff(sums[:, borders - 1], axis=1))


@cache
def _hann() -> NDArray[np.float32]:
    window = np.hanning(_WINDOW + 1)[:-1]
    return np.asarray(window * (2 / window.sum()), np.float32)


def _in_pieces(
    power: NDArray[np.float64], step: int, hop_ms: int, pieces: int
) -> NDArray[np.float64]:
    """Average the frames that are centred in each piece."""
    centres = np.arange(len(power)) * step - _WINDOW // 2 // _A_MS
    piece = centres // hop_ms
    inside = (piece >= 0) & (piece < pieces)
    count = np.maximum(np.bincount(piece[inside], minlength=pieces), 1)
    sums = [np.bincount(piece[inside], band[inside], minlength=pieces) for band in power.T]
    return np.sqrt(np.array(sums).T / count[:, None])


BANDS = Analysis(
    name="bands",
    version=1,
    summary="Measures bass, middle and treble of a sound, each beside its own loudest piece",
    analyse=_analyse,
    params=HopParams,
    accepts=SOUNDING,
)
