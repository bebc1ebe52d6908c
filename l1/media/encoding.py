"""Encodes pictures to MP4 so that every machine gives the same bytes.

x264 is held to code that does not depend on the processor, one thread, and segments of two
seconds that begin with an encoder of their own: a segment's bytes depend on its pictures alone,
whoever encodes it and in which order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, count, islice
from pathlib import Path
from typing import Literal, Self

import av
from av.codec.context import CodecContext, ThreadType
from av.codec.context import Flags as CodecFlags
from av.container import OutputContainer
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from l1.errors import Refused
from l1.media.engine import hold_cpu_class
from l1.media.pictures import Picture, to_video_frame
from l1.media.samples import Samples
from l1.media.sound import Sound, sound_for

SEGMENT_SECONDS = 2
_BT709 = 1
_LIMITED = 1


Preset = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"]
"""How much work x264 takes to make a video small, by its own names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """How good a video is, 0 to 51 where less is better, and how much work makes it small."""

    crf: int = 20
    preset: Preset = "veryfast"


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoShape:
    """What all pictures of one video share. Width and height are even."""

    width: int
    height: int
    rate: Fraction
    aspect: Fraction = Fraction(1)
    coding: Coding = Coding()

    @property
    def segment_frames(self) -> int:
        """Count the frames of a whole segment."""
        return segment_frames(self.rate)


def segment_frames(rate: Fraction) -> int:
    """Count the frames of a whole segment at so many frames a second."""
    return max(1, round(SEGMENT_SECONDS * rate))


@contextmanager
def open_video(output: Path, shape: VideoShape) -> Iterator[tuple[OutputContainer, VideoStream]]:
    """Open an MP4 for writing, with its video stream."""
    hold_cpu_class()
    options = {"fflags": "+bitexact", "movflags": "+faststart"}
    with av.open(f"file:{output.absolute()}", "w", format="mp4", options=options) as container:
        yield container, add_video(container, shape)


def write_video(
    output: Path,
    pictures: Iterable[Picture],
    *,
    rate: Fraction,
    aspect: Fraction = Fraction(1),
    sound: Path | None = None,
    sound_start: Fraction = Fraction(0),
    track: Iterable[Samples] | None = None,
    coding: Coding | None = None,
) -> int:
    """Write an MP4 of `pictures` (one size, made even) and its sound, if any.

    The sound is either that of another file (`sound`, copied where MP4 holds its codec, its
    second `sound_start` becoming 0) or `track`: stereo blocks of shape (2, n) at 48 kHz, encoded
    once as AAC. It is as long as it is given, whatever the length of the pictures.

    Returns the number of frames written. Raises `Refused` when there is no picture.
    """
    shape, shown = shape_of(pictures, rate=rate, aspect=aspect)
    shape = replace(shape, coding=coding or shape.coding)
    counted = _Counted(shown)
    with (
        open_video(output, shape) as (container, stream),
        sound_for(container, copied=sound, start=sound_start, track=track) as heard,
    ):
        interleave(container, stream, _segments(counted, shape), heard)
    return counted.count


def shape_of(
    pictures: Iterable[Picture], *, rate: Fraction, aspect: Fraction
) -> tuple[VideoShape, Iterator[Picture]]:
    """Tell the shape of a video by its first picture, and hand all of them on.

    Raises `Refused` when there is no picture.
    """
    rest = iter(pictures)
    first = next(rest, None)
    if first is None:
        raise Refused("There is no picture to encode")
    size = first.even()
    shape = VideoShape(width=size.width, height=size.height, rate=rate, aspect=aspect)
    return shape, chain([first], rest)


def encode_segment(
    pictures: Iterable[Picture], *, shape: VideoShape, start: int
) -> Iterator[Packet[VideoStream]]:
    """Encode one segment, whose first picture is number `start` of the video."""
    encoder = CodecContext.create("libx264", "w")
    _configure(encoder, shape)
    for number, picture in enumerate(pictures, start):
        frame = to_video_frame(picture.even())
        frame.pts = number
        frame.time_base = 1 / shape.rate
        frame.pict_type = 0
        yield from encoder.encode(frame)
    yield from encoder.encode(None)


def interleave(
    container: OutputContainer,
    stream: VideoStream,
    pictures: Iterable[Packet[VideoStream]],
    sound: Sound | None,
) -> None:
    """Write encoded pictures, and between them the sound that belongs to each moment."""
    container.start_encoding()
    for packet in pictures:
        packet.stream = stream
        now = (packet.dts or 0) * packet.time_base
        container.mux_one(packet)
        for heard in sound.until(now) if sound else ():
            container.mux_one(heard)
    for heard in sound.until(None) if sound else ():
        container.mux_one(heard)


def _segments(pictures: Iterator[Picture], shape: VideoShape) -> Iterator[Packet[VideoStream]]:
    """Encode segment after segment."""
    for start in count(0, shape.segment_frames):
        first = next(pictures, None)
        if first is None:
            return
        segment = chain([first], islice(pictures, shape.segment_frames - 1))
        yield from encode_segment(segment, shape=shape, start=start)


class _Counted(Iterator[Picture]):
    """An iterator that remembers how many it gave."""

    def __init__(self, pictures: Iterable[Picture]) -> None:
        self._pictures = iter(pictures)
        self.count = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Picture:
        picture = next(self._pictures)
        self.count += 1
        return picture


def add_video(container: OutputContainer, shape: VideoShape) -> VideoStream:
    """Add a stream whose own encoder makes the header and never sees a picture."""
    stream = container.add_stream(
        "libx264", rate=shape.rate, width=shape.width, height=shape.height
    )
    _configure(stream.codec_context, shape)
    return stream


def _configure(encoder: VideoCodecContext, shape: VideoShape) -> None:
    length = shape.segment_frames
    encoder.width, encoder.height = shape.width, shape.height
    encoder.pix_fmt = "yuv420p"
    encoder.framerate, encoder.time_base = shape.rate, 1 / shape.rate
    encoder.sample_aspect_ratio = shape.aspect
    encoder.color_primaries = encoder.color_trc = encoder.colorspace = _BT709
    encoder.color_range = _LIMITED
    encoder.thread_count = 1
    # PyAV's own default is SLICE, under which x264 gave different bytes in repeated runs.
    encoder.thread_type = ThreadType.FRAME
    encoder.flags |= CodecFlags.global_header | CodecFlags.bitexact | CodecFlags.closed_gop
    encoder.options = {
        "preset": shape.coding.preset,
        "crf": str(shape.coding.crf),
        "x264-params": "cpu-independent=1:threads=1:lookahead-threads=1:sliced-threads=0:"
        f"scenecut=0:open-gop=0:keyint={length}:min-keyint={length}",
    }
