"""Finds where a video cuts from one scene to another."""

from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from statistics import median_low

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange
from numpy.typing import NDArray

from l1.media.decoding import open_clip
from l1.media.pictures import EXACT

_WIDTH, _HEIGHT = 64, 36
_DIFFERENT = 14
"""Mean difference of grey, of 255, from which two pictures may be of different scenes."""

_TIMES = 4
"""How many times as different as its neighbours a cut is, so that fast motion is none."""

_AROUND = 5


def scenes_of(path: Path, progress: Callable[[int], None]) -> tuple[int, ...]:
    """List the pictures, by number at the video's constant rate, with which a new scene begins.

    `progress(done)` is called for each picture.
    """
    differences = []
    with open_clip(path) as clip:
        before: NDArray[np.int16] | None = None
        for frame, alike in groupby(clip.shown):
            grey = _grey(frame)
            differences.append(0 if before is None else _difference(before, grey))
            differences += [0 for _ in alike][1:]
            before = grey
            progress(len(differences))
    return tuple(_cuts(differences))


def _cuts(differences: list[int]) -> Iterator[int]:
    """Pick what stands out, in hundredths of a grey."""
    for number, difference in enumerate(differences):
        if difference < 100 * _DIFFERENT:
            continue
        around = differences[max(1, number - _AROUND) : number + _AROUND + 1]
        if difference >= _TIMES * median_low(around):
            yield number


def _grey(frame: VideoFrame) -> NDArray[np.int16]:
    small = frame.reformat(
        width=_WIDTH,
        height=_HEIGHT,
        format="gray",
        interpolation=EXACT,
        dst_color_range=ColorRange.JPEG,
        threads=1,
    )
    return small.to_ndarray().astype(np.int16)


def _difference(before: NDArray[np.int16], after: NDArray[np.int16]) -> int:
    return int(np.abs(after - before).sum(dtype=np.int64)) * 100 // (_WIDTH * _HEIGHT)
