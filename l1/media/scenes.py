"""Finds where a video cuts from one scene to another."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median_low

from l1.media.motion import differences_of

_DIFFERENT = 14
"""Mean difference of grey, of 255, from which two pictures may be of different scenes."""

_TIMES = 4
"""How many times as different as its neighbours a cut is, so that fast motion is none."""

_AROUND = 5


def scenes_of(path: Path, progress: Callable[[int], None]) -> tuple[int, ...]:
    """List the pictures, by number at the video's constant rate, with which a new scene begins.

    `progress(done)` is called for each picture.
    """
    return tuple(cuts_in(differences_of(path, progress)))


def cuts_in(differences: Sequence[int]) -> Iterator[int]:
    """Give the pictures that stand out among differences in hundredths of a grey."""
    for number, difference in enumerate(differences):
        if difference < 100 * _DIFFERENT:
            continue
        around = differences[max(1, number - _AROUND) : number + _AROUND + 1]
        if difference >= _TIMES * median_low(around):
            yield number
