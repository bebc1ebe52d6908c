"""ENERGY: how loud the sound is, piece by piece."""

from pathlib import Path

import numpy as np

from l1.analyses.analysis import Analysis, Heard
from l1.analyses.listened import SOUNDING, HopParams, in_pieces, listen
from l1.analyses.scaling import thousandths
from l1.content.features import Energy

_A_MS = 24
"""Samples in a millisecond: pieces of whole milliseconds are whole numbers of samples."""

_SILENCE = 1e-4


def _analyse(path: Path, params: HopParams, heard: Heard) -> Energy:
    samples, values = 0, [np.zeros(0, np.float32)]
    sound = listen(path, rate=_A_MS * 1000, heard=heard)
    for rows in in_pieces(sound, params.hop_ms * _A_MS):
        samples += rows.size
        values.append(np.sqrt(np.mean(rows**2, axis=1)))
    return Energy(
        duration_ms=round(samples / _A_MS),
        hop_ms=params.hop_ms,
        values=thousandths(np.concatenate(values), least=_SILENCE),
    )


ENERGY = Analysis(
    name="energy",
    version=1,
    summary="Measures how loud a sound is, piece by piece, beside its loudest piece",
    analyse=_analyse,
    params=HopParams,
    accepts=SOUNDING,
)
