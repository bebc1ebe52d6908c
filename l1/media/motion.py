"""How different each picture of a video is from the one before: cuts, and motion."""

from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange
from numpy.typing import NDArray

from l1.media.decoding import open_clip
from l1.media.pictures import EXACT

WIDTH, HEIGHT = 64, 36


def differences_of(path: Path, progress: Callable[[int], None]) -> list[int]:
    """Measure the mean difference of grey, in hundredths of 255 levels, at the constant rate.

    The first picture, and one that is shown again, has 0. `progress(done)` is called for each
    picture.
    """
    differences: list[int] = []
    with open_clip(path) as clip:
        before: NDArray[np.int16] | None = None
        for frame, alike in groupby(clip.shown):
            grey = _grey(frame)
            differences.append(0 if before is None else _difference(before, grey))
            differences += [0 for _ in alike][1:]
            before = grey
            progress(len(differences))
    return differences


def _grey(frame: VideoFrame) -> NDArray[np.int16]:
    small = frame.reformat(
        width=WIDTH,
        height=HEIGHT,
        format="gray",
        interpolation=EXACT,
        dst_color_range=ColorRange.JPEG,
        threads=1,
    )
    return small.to_ndarray().astype(np.int16)


def _difference(before: NDArray[np.int16], after: NDArray[np.int16]) -> int:
    return int(np.abs(after - before).sum(dtype=np.int64)) * 100 // (WIDTH * HEIGHT)
