"""Looks at a file again: its pictures with their times, and its sound."""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from l1.media.listening import hear


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A picture of shape (height, width, 3 or 4), and the second from which it is seen."""

    pixels: NDArray[np.uint8]
    start: float
    end: float


def seen(path: Path) -> list[Shot]:
    """Decode all pictures of a video or an image."""
    with path.open("rb") as file:
        head = file.read(4)
    if head == b"\x89PNG":
        image = Image.open(path)
        pixels = np.asarray(image.convert("RGBA" if "A" in image.mode else "RGB"))
        return [Shot(pixels=pixels, start=0, end=1e9)]
    with av.open(str(path)) as container:
        frames = [
            (float(frame.pts * frame.time_base), frame.to_ndarray(format="rgb24"))
            for frame in container.decode(video=0)
        ]
        stream = container.streams.video[0]
        last = 1 / float(stream.average_rate or 25)
    first = frames[0][0]
    starts = [start - first for start, _ in frames]
    ends = [*starts[1:], starts[-1] + last]
    return [
        Shot(pixels=pixels, start=start, end=end)
        for (_, pixels), start, end in zip(frames, starts, ends, strict=True)
    ]


def shot_at(shots: list[Shot], second: float) -> Shot | None:
    """Find what is seen at a second."""
    return next((shot for shot in shots if shot.start <= second < shot.end), None)


def sound_of(path: Path) -> NDArray[np.float32]:
    """Hear all of a file: shape (2, n) at 48 kHz."""
    return np.concatenate(list(hear(path)), axis=1)
