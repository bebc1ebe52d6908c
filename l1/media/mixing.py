"""Adds up sounds in whole numbers, so that neither machine nor order changes the sum."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from l1.media.listening import hear
from l1.media.samples import BLOCK, Samples, in_frames
from l1.media.sound import RATE

Duration = Literal["longest", "shortest", "first"]

Sums = NDArray[np.int64]
"""Weighted samples, shape (2, n); full scale is `FULL`."""

_SAMPLE_BITS = 28
_GAIN_BITS = 18
FULL = 1 << (_SAMPLE_BITS + _GAIN_BITS)
MOST_GAIN = 64
"""With samples of at most 8 and 64 inputs, sums stay within 61 bits."""

_CEILING = FULL - (FULL >> 23)
"""The loudest that 24 bits can hold on the positive side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One sound of a mix. `gain` is the factor its samples are multiplied by."""

    path: Path
    gain: Decimal = Decimal(1)


class Meter:
    """Remembers the highest sum that went by."""

    def __init__(self) -> None:
        self.peak = 0

    def watch(self, sums: Iterable[Sums]) -> Iterator[Sums]:
        """Hand sums on."""
        for block in sums:
            self.peak = max(self.peak, int(block.max()), -int(block.min()))
            yield block

    @property
    def level(self) -> float:
        """Tell the peak as a part of full scale."""
        return self.peak / FULL

    @property
    def clips(self) -> bool:
        """Tell whether something went beyond full scale."""
        return self.peak > FULL


def mixed(voices: Sequence[Voice], duration: Duration) -> Iterator[Sums]:
    """Add sounds up, each from its own time zero, as long as the longest, shortest or first."""
    tracks = [in_frames(_weighted(voice), BLOCK) for voice in voices]
    for frames in zip_longest(*tracks):
        lengths = [0 if frame is None else frame.shape[1] for frame in frames]
        length = {"longest": max(lengths), "shortest": min(lengths), "first": lengths[0]}[duration]
        if not length:
            return
        total = np.zeros((2, length), np.int64)
        for frame in frames:
            if frame is not None:
                part = frame[:, :length]
                total[:, : part.shape[1]] += part
        yield total
        if length < BLOCK:
            return


def to_scale(sums: Iterable[Sums], *, peak: int = 0) -> Iterator[Samples]:
    """Make sound of sums; if `peak` is beyond full scale everything is turned down to fit it."""
    scale = _CEILING / peak if peak > FULL else 1.0
    for block in sums:
        yield (block.astype(np.float64) * (scale / FULL)).astype(np.float32)


def _weighted(voice: Voice) -> Iterator[Sums]:
    gain = round(voice.gain * (1 << _GAIN_BITS))
    for block in hear(voice.path, rate=RATE):
        yield np.rint(block.astype(np.float64) * (1 << _SAMPLE_BITS)).astype(np.int64) * gain
