"""Encodes pictures to MP4 so that every machine gives the same bytes.

x264 is held to code that does not depend on the processor, one thread, and segments of two
seconds that begin with an encoder of their own: a segment's bytes depend on its pictures alone,
whoever encodes it and in which order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path

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


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoShape:
    """What all pictures of one video share. Width and height are even."""

    width: int
    height: int
    rate: Fraction
    aspect: Fraction = Fraction(1)

    @property
    def segment_frames(self) -> int:
        """Count the frames of a whole segment."""
        return max(1, round(SEGMENT_SECONDS * self.rate))


def write_video(
    output: Path,
    pictures: Iterable[Picture],
    *,
    rate: Fraction,
    aspect: Fraction = Fraction(1),
    sound: Path | None = None,
    sound_start: Fraction = Fraction(0),
    track: Iterable[Samples] | None = None,
) -> int:
    """Write an MP4 of `pictures` (one size, made even) and its sound, if any.

    The sound is either that of another file (`sound`, copied where MP4 holds its codec, its
    second `sound_start` becoming 0) or `track`: stereo blocks of shape (2, n) at 48 kHz, encoded
    once as AAC. It is as long as it is given, whatever the length of the pictures.

    Returns the number of frames written. Raises `Refused` when there is no picture.
    """
    hold_cpu_class()
    rest = iter(pictures)
    first = next(rest, None)
    if first is None:
        raise Refused("There is no picture to encode")
    size = first.even()
    shape = VideoShape(width=size.width, height=size.height, rate=rate, aspect=aspect)
    options = {"fflags": "+bitexact", "movflags": "+faststart"}
    with av.open(f"file:{output.absolute()}", "w", format="mp4", options=options) as container:
        stream = _add_video(container, shape)
        with sound_for(container, copied=sound, start=sound_start, track=track) as heard:
            return _mux(container, stream, shape, chain([first], rest), heard)


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


def _mux(
    container: OutputContainer,
    stream: VideoStream,
    shape: VideoShape,
    pictures: Iterator[Picture],
    sound: Sound | None,
) -> int:
    """Interleave segment after segment with the sound that belongs to it."""
    container.start_encoding()
    done = 0
    for first in pictures:
        counted = _Counted(chain([first], islice(pictures, shape.segment_frames - 1)))
        for packet in encode_segment(counted, shape=shape, start=done):
            packet.stream = stream
            container.mux_one(packet)
            for heard in sound.until((packet.dts or 0) * packet.time_base) if sound else ():
                container.mux_one(heard)
        done += counted.count
    for heard in sound.until(None) if sound else ():
        container.mux_one(heard)
    return done


class _Counted:
    """An iterator that remembers how many it gave."""

    def __init__(self, pictures: Iterable[Picture]) -> None:
        self._pictures = iter(pictures)
        self.count = 0

    def __iter__(self) -> Iterator[Picture]:
        for picture in self._pictures:
            self.count += 1
            yield picture


def _add_video(container: OutputContainer, shape: VideoShape) -> VideoStream:
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
        "preset": "veryfast",
        "crf": "20",
        "x264-params": "cpu-independent=1:threads=1:lookahead-threads=1:sliced-threads=0:"
        f"scenecut=0:open-gop=0:keyint={length}:min-keyint={length}",
    }
