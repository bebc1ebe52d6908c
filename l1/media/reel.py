"""Shows any picture of a video in any order, without keeping the video in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from l1.errors import Refused
from l1.media.colours import BLACK, Colour
from l1.media.decoding import open_clip
from l1.media.opening import main_video, opened, packets_in
from l1.media.pictures import Picture
from l1.media.timeline import Timeline, timeline_of

KEPT_BYTES = 96 * 2**20
"""How much of decoded frames is kept, so that a short piece that repeats is decoded once."""

_WORTH_A_LEAP = 24
"""Frames between here and a key frame ahead that make it cheaper to go there than to decode on."""


class Reel:
    """An opened video; `at` answers its pictures by number, `rate` of them to the second.

    `frames` is how many there are, `aspect` the width of a pixel over its height, `start` the
    moment of the first picture in the file's own time, in seconds; `decoded` counts the frames
    that had to be decoded so far. Walking forward decodes each frame once; going back starts from
    the key frame before, or from the beginning in a file that cannot be entered there.
    """

    def __init__(
        self,
        path: Path,
        timeline: Timeline,
        *,
        aspect: Fraction,
        start: Fraction,
        upright: Callable[[VideoFrame], Picture],
        kept_bytes: int,
    ) -> None:
        self.rate, self.frames, self.aspect = timeline.rate, len(timeline.shown), aspect
        self.start = start
        self.decoded = 0
        self._path, self._timeline, self._upright = path, timeline, upright
        self._file = ExitStack()
        self._coming: Iterator[tuple[int, VideoFrame]] = iter(())
        self._here: tuple[int, VideoFrame] | None = None
        self._ahead: tuple[int, VideoFrame] | None = None
        self._kept: OrderedDict[int, VideoFrame] = OrderedDict()
        self._kept_bytes, self._most_bytes = 0, kept_bytes
        self._picture: tuple[VideoFrame, Picture] | None = None

    def at(self, number: int) -> Picture:
        """Give picture `number`; the last one for a number beyond the end."""
        frame = self._frame(self._timeline.shown[min(number, self.frames - 1)])
        if self._picture is None or self._picture[0] is not frame:
            self._picture = frame, self._upright(frame)
        return self._picture[1]

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _frame(self, time: int) -> VideoFrame:
        """Find the frame of `time`, or the last one before it where that is damaged."""
        if (kept := self._kept.get(time)) is not None:
            self._kept.move_to_end(time)
            return kept
        if self._here is None or time < self._here[0] or self._is_worth_a_leap(time):
            self._go(time)
        assert self._here is not None
        while self._here[0] < time:
            self._ahead = self._ahead or next(self._coming, None)
            if self._ahead is None or self._ahead[0] > time:
                break
            self._here, self._ahead = self._ahead, None
        self._keep(time, self._here[1])
        return self._here[1]

    def _is_worth_a_leap(self, time: int) -> bool:
        here, key = self._here, self._timeline.key_before(time)
        if here is None or key is None or key <= here[0]:
            return False
        return self._timeline.slot(key) - self._timeline.slot(here[0]) > _WORTH_A_LEAP

    def _go(self, time: int) -> None:
        """Stand on a frame from which walking forward leads to `time`."""
        key = self._timeline.key_before(time)
        self._ahead = None
        if key is not None and key > self._timeline.shown[0]:
            packets = self._entered(key)
            self._here = next(packets, None) if packets is not None else None
            if packets is not None and self._here is not None and self._here[0] <= time:
                self._coming = packets
                return
        container, stream = self._opened()
        self._coming = self._decoded(packets_in(container, stream))
        self._here = next(self._coming, None)
        if self._here is None:
            raise Refused("Not one frame of the video can be decoded; upload it again")

    def _entered(self, key: int) -> Iterator[tuple[int, VideoFrame]] | None:
        """Decode from the key frame of that time; None when the file does not lead there."""
        container, stream = self._opened()
        try:
            container.seek(key, stream=stream, backward=True)
            packets = packets_in(container, stream)
            first = next(packets, None)
        except av.FFmpegError:
            return None
        if first is None or first.pts != key or not first.is_keyframe:
            return None
        return self._decoded(chain([first], packets))

    def _opened(self) -> tuple[InputContainer, VideoStream]:
        self._file.close()
        container = self._file.enter_context(opened(self._path))
        stream = main_video(container)
        assert stream is not None  # `open_reel` has seen it
        return container, stream

    def _decoded(self, packets: Iterator[Packet[VideoStream]]) -> Iterator[tuple[int, VideoFrame]]:
        """Give frames with their times; a damaged packet loses its frame, not the video."""
        number = 0
        for packet in packets:
            try:
                for frame in packet.decode():
                    self.decoded += 1
                    if not self._timeline.exact:
                        yield number, frame
                    elif frame.pts is not None:
                        yield frame.pts, frame
                    number += 1
            except av.FFmpegError:
                continue

    def _keep(self, time: int, frame: VideoFrame) -> None:
        self._kept[time] = frame
        self._kept_bytes += _size(frame)
        while self._kept_bytes > self._most_bytes and len(self._kept) > 1:
            self._kept_bytes -= _size(self._kept.popitem(last=False)[1])


@contextmanager
def open_reel(
    path: Path, *, kept_bytes: int = KEPT_BYTES, ground: Colour | None = BLACK
) -> Iterator[Reel]:
    """Open a video to be shown in any order, what is transparent over `ground` as in `open_clip`.

    Raises `Refused` when no picture of it decodes.
    """
    timeline = timeline_of(path)
    with open_clip(path, ground=ground) as clip:
        reel = Reel(
            path,
            timeline,
            aspect=clip.aspect,
            start=clip.start,
            upright=clip.upright,
            kept_bytes=kept_bytes,
        )
    try:
        yield reel
    finally:
        reel.close()


def _size(frame: VideoFrame) -> int:
    return sum(plane.buffer_size for plane in frame.planes)
