"""SILENCE: where a sound is silent, and for how long."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import numpy as np

from l1.analyses.analysis import Analysis, Heard
from l1.analyses.listened import SOUNDING, in_pieces, listen
from l1.content.features import Silence
from l1.dag.node import Params, fraction

_A_MS = 48
_UNIT = 1 << 24


class SilenceParams(Params, frozen=True, kw_only=True):
    """What counts as silence."""

    threshold: Annotated[
        Decimal, fraction("Decibels of full scale that no sample is above", ge="-120", le="0")
    ] = Decimal(-60)
    least: Annotated[Decimal, fraction("Seconds that it lasts at least", ge="0.01", le="3600")] = (
        Decimal("0.5")
    )


def _analyse(path: Path, params: SilenceParams, heard: Heard) -> Silence:
    limit = round(10 ** (params.threshold / 20) * _UNIT)
    samples, loud = 0, [np.zeros(0, bool)]
    for rows in in_pieces(listen(path, rate=_A_MS * 1000, heard=heard), _A_MS):
        samples += rows.size
        loud.append(np.rint(np.abs(rows).max(axis=1) * _UNIT) > limit)
    duration = round(samples / _A_MS)
    starts, ends = _silent(np.concatenate(loud))
    lasting = [
        (start, min(end, duration))
        for start, end in zip(starts, ends, strict=True)
        if min(end, duration) - start >= params.least * 1000
    ]
    return Silence(
        duration_ms=duration,
        starts_ms=tuple(start for start, _ in lasting),
        ends_ms=tuple(end for _, end in lasting),
    )


def _silent(loud: np.ndarray) -> tuple[list[int], list[int]]:
    """List where runs of what is not loud begin and end."""
    edges = np.diff(np.concatenate([[1], loud.astype(np.int8), [1]]))
    return np.flatnonzero(edges < 0).tolist(), np.flatnonzero(edges > 0).tolist()


SILENCE = Analysis(
    name="silence",
    version=1,
    summary="Finds where a sound is silent, and for how long",
    analyse=_analyse,
    params=SilenceParams,
    accepts=SOUNDING,
)
