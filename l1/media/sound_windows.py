"""What is heard around each picture of a video that is drawn from sound."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy as np

from l1.media.listening import hear, sound_end
from l1.media.samples import Samples, silence
from l1.media.sound import RATE


def frames_for(path: Path, rate: Fraction) -> int:
    """Count the pictures, `rate` to the second, that last as long as a file's sound."""
    return max(1, ceil(sound_end(path) * rate))


def windows(
    path: Path, *, rate: Fraction, length: int, frames: int, first: int = 0
) -> Iterator[Samples]:
    """Give for each picture the `length` samples around its moment, both sides, at 48 kHz.

    They begin with picture `first`, and end before picture `frames`. Before the sound begins and
    after it has ended there is silence.
    """
    begin = round(first * RATE / rate) - length // 2
    held = silence(2, max(0, -begin))
    blocks = hear(path, start=Fraction(max(0, begin), RATE))
    for number in range(first, frames):
        first = round(number * RATE / rate) - length // 2
        while (missing := first + length - begin - held.shape[1]) > 0:
            block = next(blocks, None)
            more = silence(2, missing) if block is None else block
            # What lies before this window is let go before more is taken in.
            held, begin = _from(first, held, begin)
            held = np.concatenate([held, more], axis=1)
        held, begin = _from(first, held, begin)
        yield held[:, :length]


def _from(first: int, held: Samples, begin: int) -> tuple[Samples, int]:
    """Drop what comes before sample `first`."""
    gone = min(first - begin, held.shape[1])
    return held[:, gone:], begin + gone
