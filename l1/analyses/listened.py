"""The sound of a file as analyses want it: one channel, with word of how far it has been heard."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from l1.analyses.analysis import Heard
from l1.content.media_info import Kind
from l1.dag.node import Params
from l1.media.listening import hear
from l1.media.samples import in_frames

_ROWS = 64

SOUNDING: frozenset[Kind] = frozenset({"audio", "video"})
"""What may have sound; a video without any is refused when it is heard."""


class HopParams(Params, frozen=True, kw_only=True):
    """How finely the sound is measured."""

    hop_ms: Annotated[
        int, msgspec.Meta(ge=5, le=10_000, description="Length of each piece in milliseconds")
    ] = 50


def listen(path: Path, *, rate: int, heard: Heard) -> Iterator[NDArray[np.float32]]:
    """Give the sound in blocks of shape (1, n) at `rate`. Raises `Refused` for a file without."""
    samples = 0
    for block in hear(path, rate=rate, channels=1):
        samples += block.shape[1]
        heard(samples * 1000 // rate)
        yield block


def in_pieces(blocks: Iterable[NDArray[np.float32]], length: int) -> Iterator[NDArray[np.float32]]:
    """Cut a sound of shape (1, n) into rows of `length` samples, many at once; the last is shorter."""
    for batch in in_frames(blocks, length * _ROWS):
        whole = batch.shape[1] // length * length
        if whole:
            yield batch[0, :whole].reshape(-1, length)
        if whole < batch.shape[1]:
            yield batch[:, whole:]
