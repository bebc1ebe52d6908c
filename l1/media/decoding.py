"""Decodes video into pictures at a constant rate, upright and of one even size."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, islice, repeat
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from l1.errors import Refused
from l1.media.colours import BLACK, Colour
from l1.media.opening import main_video, opened, packets_in
from l1.media.pacing import paced
from l1.media.pictures import Picture, from_frame
from l1.media.rates import steady_rate
from l1.media.slots import Slots


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """An opened video, which can be walked once, by `pictures` or by `part`.

    `start` is the moment of the first picture in the file's own time, in seconds; `aspect` the
    width of a pixel over its height; `width` and `height` are those of all its pictures.
    """

    rate: Fraction
    start: Fraction
    aspect: Fraction
    width: int
    height: int
    shown: Iterator[VideoFrame]
    upright: Callable[[VideoFrame], Picture]

    @property
    def pictures(self) -> Iterator[Picture]:
        """Give all pictures, `rate` to the second."""
        return self.part()

    def part(self, first: int = 0, stop: int | None = None) -> Iterator[Picture]:
        """Give the pictures from number `first` to before number `stop`, or to the end.

        Where the file has fewer, the last one stays until `stop`.
        """
        return self._converted(islice(self._lasting(stop), first, stop))

    def paced(
        self,
        stop: int,
        *,
        onto: Fraction,
        speed: Fraction = Fraction(1),
        begin: Fraction = Fraction(0),
    ) -> Iterator[Picture]:
        """Give the pictures before number `stop` as they are seen at another rate or speed.

        The first is shown from the second `begin`, each for 1 / (`rate` * `speed`) seconds, and
        those are given that are seen at multiples of 1 / `onto` seconds.
        """
        frames = islice(self._lasting(stop), stop)
        return self._converted(paced(frames, rate=self.rate * speed, onto=onto, begin=begin))

    def _lasting(self, stop: int | None) -> Iterator[VideoFrame]:
        return self.shown if stop is None else _lasting(self.shown)

    def _converted(self, frames: Iterable[VideoFrame]) -> Iterator[Picture]:
        for frame, alike in groupby(frames):
            picture = self.upright(frame)
            for _ in alike:
                yield picture


@contextmanager
def open_clip(path: Path, *, ground: Colour | None = BLACK) -> Iterator[Clip]:
    """Open a video for rendering; what is transparent in it is laid over `ground`.

    With None it stays transparent. Raises `Refused` when it holds no picture that decodes.
    """
    with opened(path) as container:
        stream = main_video(container)
        if stream is None:
            raise Refused("This file holds no video; give this step a video or an image")
        frames = _frames(container, stream)
        first = next(frames, None)
        if first is None:
            raise Refused("Not one frame of the video can be decoded; upload it again")
        aspect = stream.sample_aspect_ratio or Fraction(1)
        size = (first.width, first.height)
        across, down = size[::-1] if first.rotation % 180 else size
        rate = steady_rate(stream)
        yield Clip(
            rate=rate,
            start=_seconds(first) or Fraction(0),
            aspect=1 / aspect if first.rotation % 180 else aspect,
            width=across + across % 2,
            height=down + down % 2,
            shown=_shown(first, frames, rate),
            upright=lambda frame: _upright(frame, size, ground),
        )


def _frames(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Decode in order of presentation; a damaged packet loses its frame, not the video."""
    for packet in packets_in(container, stream):
        try:
            yield from packet.decode()
        except av.FFmpegError:
            continue


def _shown(first: VideoFrame, frames: Iterator[VideoFrame], rate: Fraction) -> Iterator[VideoFrame]:
    """Give each slot of a constant rate the frame shown at that time."""
    slots = Slots(_seconds(first) or Fraction(0), rate)
    before = first
    yield first
    for frame in frames:
        repeats = slots.repeats(_seconds(frame))
        if repeats is not None:
            yield from repeat(before, repeats)
            yield frame
            before = frame


def _lasting(frames: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    """Repeat the last frame without end."""
    last = None
    for last in frames:
        yield last
    while last is not None:
        yield last


def _upright(frame: VideoFrame, size: tuple[int, int], ground: Colour | None) -> Picture:
    picture = from_frame(frame, size=size)
    seen = picture if ground is None else picture.over(ground)
    return seen.turned(-frame.rotation).even()


def _seconds(frame: VideoFrame) -> Fraction | None:
    if frame.pts is None or frame.time_base is None:
        return None
    return frame.pts * frame.time_base
