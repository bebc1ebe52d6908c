"""Writes moving pictures as GIF, in few colours, and as WebP."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.codec.context import Flags as CodecFlags
from av.video.frame import VideoFrame

from l1.media.engine import hold_cpu_class
from l1.media.palettes import Colours
from l1.media.pictures import EXACT, Picture, Plane, to_frame
from l1.media.resizing import Size

HUNDREDTH = Fraction(1, 100)
"""The unit, in seconds, in which a GIF says how long a picture is shown."""


THOUSANDTH = Fraction(1, 1000)
"""The unit in which a WebP does."""


def write_gif(
    output: Path,
    pictures: Iterable[Plane],
    *,
    palette: Colours,
    size: Size,
    delay: int,
    loops: bool = True,
) -> int:
    """Write pictures, given as numbers of colours, each shown for `delay` hundredths of a second.

    Returns how many there were. Only what differs from the picture before is stored.
    """
    hold_cpu_class()
    colours = np.zeros((256, 4), np.uint8)
    colours[:, 0] = 255
    colours[: len(palette), 1:] = palette
    options = {
        "fflags": "+bitexact",
        "loop": "0" if loops else "-1",
        "final_delay": str(delay),
    }
    count = 0
    with av.open(f"file:{output.absolute()}", "w", format="gif", options=options) as container:
        stream = container.add_stream("gif", rate=1 / (delay * HUNDREDTH))
        stream.width, stream.height, stream.pix_fmt = *size, "pal8"
        stream.codec_context.time_base = HUNDREDTH
        stream.codec_context.thread_count = 1
        stream.codec_context.flags |= CodecFlags.bitexact
        for numbers in pictures:
            both = (np.ascontiguousarray(numbers), colours)
            # PyAV takes numbers and palette together, and its types do not say so.
            frame = VideoFrame.from_ndarray(both, "pal8")  # type: ignore[arg-type]
            frame.pts, frame.time_base = count * delay, HUNDREDTH
            container.mux(stream.encode(frame))
            count += 1
        container.mux(stream.encode(None))
    return count


def write_webp(
    output: Path,
    pictures: Iterable[Picture],
    *,
    size: Size,
    delay: int,
    quality: int,
    loops: bool = True,
) -> int:
    """Write pictures of one size, each shown for `delay` thousandths of a second.

    `quality` is 1 to 100. Returns how many there were. Only what differs is stored, and equal
    neighbours are one.
    """
    hold_cpu_class()
    options = {"fflags": "+bitexact", "loop": "0" if loops else "1"}
    count = 0
    with av.open(f"file:{output.absolute()}", "w", format="webp", options=options) as container:
        stream = container.add_stream("libwebp_anim", rate=1 / (delay * THOUSANDTH))
        stream.width, stream.height, stream.pix_fmt = *size, "bgra"
        stream.codec_context.time_base = THOUSANDTH
        stream.codec_context.thread_count = 1
        stream.codec_context.options = {"quality": str(quality), "compression_level": "4"}
        for picture in pictures:
            frame = to_frame(picture).reformat(format="bgra", interpolation=EXACT, threads=1)
            frame.pts, frame.time_base = count * delay, THOUSANDTH
            container.mux(stream.encode(frame))
            count += 1
        container.mux(stream.encode(None))
    return count
