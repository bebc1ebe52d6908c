"""Gives pictures and sound from the end to the beginning, some of it in memory at a time."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from l1.media.joining import cut
from l1.media.pictures import Picture
from l1.media.reel import Reel
from l1.media.samples import Samples, silence
from l1.media.sound import RATE

HELD_BYTES = 160 * 2**20
"""How much of pictures is turned round at a time: each stretch is decoded from a key frame on."""

_STRETCH = 60 * RATE


def pictures_reversed(
    reel: Reel, frames: int, *, held_bytes: int = HELD_BYTES
) -> Iterator[Picture]:
    """Give pictures `frames` - 1 to 0 of a reel; beyond its own end its last one stays."""
    size = _bytes_of(reel.at(0))
    stretch = max(1, held_bytes // size)
    for stop in range(frames, 0, -stretch):
        held = [reel.at(number) for number in range(max(0, stop - stretch), stop)]
        while held:
            yield held.pop()


def sound_reversed(path: Path, total: int, *, stretch: int = _STRETCH) -> Iterator[Samples]:
    """Give samples `total` - 1 to 0 of a file's sound at 48 kHz, silence where it has none."""
    for stop in range(total, 0, -stretch):
        first = max(0, stop - stretch)
        blocks = [silence(2, 0), *cut(path, start=Fraction(first, RATE), stop=Fraction(stop, RATE))]
        yield np.ascontiguousarray(np.concatenate(blocks, axis=1)[:, ::-1])


def _bytes_of(picture: Picture) -> int:
    return picture.width * picture.height * (3 if picture.alpha is None else 4)
