"""Decodes video into pictures at a constant rate, upright and of one even size."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from l1.errors import Refused
from l1.media.opening import main_video, opened
from l1.media.pictures import Picture, from_frame
from l1.media.rates import steady_rate

SLACK = Fraction(3, 4)
"""How far, in frames, a timestamp may stray from its place before a frame is doubled or dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """An opened video. `pictures` can be walked once.

    `start` is the moment of the first picture in the file's own time, in seconds; `aspect` the
    width of a pixel over its height.
    """

    rate: Fraction
    start: Fraction
    aspect: Fraction
    pictures: Iterator[Picture]


@contextmanager
def open_clip(path: Path) -> Iterator[Clip]:
    """Open a video for rendering. Raises `Refused` when it holds no picture that decodes."""
    with opened(path) as container:
        stream = main_video(container)
        if stream is None:
            raise Refused("This file holds no video; give this step a video or an image")
        frames = _frames(container, stream)
        first = next(frames, None)
        if first is None:
            raise Refused("Not one frame of the video can be decoded; upload it again")
        aspect = stream.sample_aspect_ratio or Fraction(1)
        rate = steady_rate(stream)
        yield Clip(
            rate=rate,
            start=_seconds(first) or Fraction(0),
            aspect=1 / aspect if first.rotation % 180 else aspect,
            pictures=_pictures(first, frames, rate),
        )


def _frames(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Decode in order of presentation; a damaged packet loses its frame, not the video."""
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.FFmpegError:
            continue


def _pictures(first: VideoFrame, frames: Iterator[VideoFrame], rate: Fraction) -> Iterator[Picture]:
    """Give each slot of a constant rate the frame shown at that time.

    A frame more than `SLACK` late has its predecessor repeated before it, one as much too early
    is dropped. Smaller deviations, such as timestamps rounded to milliseconds, change nothing.
    """
    size = (first.width, first.height)
    start = _seconds(first) or Fraction(0)
    picture = _upright(first, size)
    yield picture
    slot = 1
    for frame in frames:
        seconds = _seconds(frame)
        place = slot if seconds is None else (seconds - start) * rate
        if place < slot - SLACK:
            continue
        if place > slot + SLACK:
            for _ in range(round(place) - slot):
                yield picture
                slot += 1
        picture = _upright(frame, size)
        yield picture
        slot += 1


def _upright(frame: VideoFrame, size: tuple[int, int]) -> Picture:
    return from_frame(frame, size=size).over_black().turned(-frame.rotation).even()


def _seconds(frame: VideoFrame) -> Fraction | None:
    if frame.pts is None or frame.time_base is None:
        return None
    return frame.pts * frame.time_base
