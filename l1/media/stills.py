"""Reads the first picture of an image file and writes PNG."""

from fractions import Fraction
from pathlib import Path

from av.codec.context import CodecContext

from l1.errors import Refused
from l1.media.engine import hold_cpu_class
from l1.media.opening import main_video, opened
from l1.media.pictures import EXACT, Picture, from_frame, to_frame


def read_still(path: Path) -> Picture:
    """Decode the first picture of a file, upright, with its alpha.

    Raises `Refused` when there is none.
    """
    with opened(path) as container:
        stream = main_video(container)
        for frame in container.decode(stream) if stream else ():
            return from_frame(frame).turned(-frame.rotation)
    raise Refused("The image holds no picture that can be decoded; upload it again")


def png(picture: Picture) -> bytes:
    """Encode a picture as PNG, 8 bits a channel, alpha kept."""
    hold_cpu_class()
    shape = "rgb24" if picture.alpha is None else "rgba"
    encoder = CodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt = picture.width, picture.height, shape
    encoder.time_base = Fraction(1)
    encoder.thread_count = 1
    encoder.options = {"pred": "mixed", "compression_level": "6"}
    frame = to_frame(picture).reformat(format=shape, interpolation=EXACT, threads=1)
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])
