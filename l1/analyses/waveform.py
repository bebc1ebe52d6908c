"""WAVEFORM: the lowest and highest sample of each piece, for drawing."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l1.analyses.analysis import Analysis, Heard
from l1.analyses.listened import SOUNDING, HopParams, in_pieces, listen
from l1.content.features import Waveform

_A_MS = 48


def _analyse(path: Path, params: HopParams, heard: Heard) -> Waveform:
    samples, low, high = 0, [np.zeros(0, np.float32)], [np.zeros(0, np.float32)]
    sound = listen(path, rate=_A_MS * 1000, heard=heard)
    for rows in in_pieces(sound, params.hop_ms * _A_MS):
        samples += rows.size
        low.append(rows.min(axis=1))
        high.append(rows.max(axis=1))
    return Waveform(
        duration_ms=round(samples / _A_MS),
        hop_ms=params.hop_ms,
        low=_of_full_scale(low),
        high=_of_full_scale(high),
    )


def _of_full_scale(parts: list[NDArray[np.float32]]) -> tuple[int, ...]:
    values = np.clip(np.concatenate(parts), -1, 1)
    return tuple(np.rint(values * 1000).astype(int).tolist())


WAVEFORM = Analysis(
    name="waveform",
    version=1,
    summary="Finds the lowest and highest sample of each piece of a sound, for drawing",
    analyse=_analyse,
    params=HopParams,
    accepts=SOUNDING,
)
