"""Carries sound into an MP4: a file's, copied where MP4 can hold it, else encoded as AAC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, groupby
from pathlib import Path

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.codec.context import Flags as CodecFlags
from av.container import InputContainer, OutputContainer
from av.packet import Packet

from l1.media.engine import plain_routines
from l1.media.opening import codec_of, main_audio, opened, packets_in, sounds_in
from l1.media.samples import Samples, in_frames

COPIED = frozenset({"aac", "ac3", "alac", "flac", "mp3", "opus"})
_HEADS = {"alac": range(36, 256), "flac": range(34, 35), "opus": range(19, 276)}
"""How many bytes describe a stream, where MP4 takes none without."""
_MP3_RATE = 16_000
AAC_BIT_RATE = 192_000
RATE = 48_000
"""Hertz of all sound that is made here."""

PREROLL = Fraction(80, 1000)
"""Seconds before the start that are kept unheard, since decoders of AAC and Opus need them."""

_AAC_RATES = frozenset(
    {8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000}
)


@dataclass(slots=True, kw_only=True)
class Sound:
    """The sound on its way: packets for `stream` of the output, in order of time."""

    stream: AudioStream
    packets: Iterator[Packet[AudioStream]]
    held: Packet[AudioStream] | None = None

    def until(self, seconds: Fraction | None) -> Iterator[Packet[AudioStream]]:
        """Hand over the packets that start before `seconds`, or all that are left."""
        while packet := self.held or next(self.packets, None):
            self.held = packet
            if seconds is not None and (packet.pts or 0) * packet.time_base >= seconds:
                return
            self.held = None
            packet.stream = self.stream
            yield packet


@contextmanager
def open_sound(
    path: Path,
    target: OutputContainer,
    *,
    start: Fraction,
    coded: Iterable[Packet[AudioStream]] | None = None,
) -> Iterator[Sound | None]:
    """Add the sound of `path` to `target`; None when it has none.

    `start` is the second of the source that becomes 0; what ended well before it is left out.
    `coded` are the packets, where it has to be encoded and that is done already.
    """
    with opened(path) as source:
        stream = main_audio(source)
        if stream is None:
            yield None
        elif _fits(stream):
            copy = target.add_stream_from_template(stream)
            yield Sound(stream=copy, packets=_copied(source, stream, start))
        else:
            coder = _add_aac(target, stream)
            packets = _encoded(source, stream, coder, start) if coded is None else iter(coded)
            yield Sound(stream=coder, packets=packets)


def is_copied(path: Path) -> bool:
    """Tell whether MP4 can hold the sound of a file as it is. Nothing to encode is copied too."""
    with opened(path) as source:
        stream = main_audio(source)
        return stream is None or _fits(stream)


def _fits(stream: AudioStream) -> bool:
    """Tell whether MP4 takes a stream as it is; of a damaged head its writer says so only at the end."""
    codec = codec_of(stream)
    head = len(stream.codec_context.extradata or b"")
    whole = codec not in _HEADS or head in _HEADS[codec]
    return can_copy(codec, stream.codec_context.sample_rate) and whole


def can_copy(codec: str, rate: int) -> bool:
    """Tell whether MP4 holds such sound as it is: MP3 only from 16 kHz on, which MPEG-2 begins with."""
    return codec in COPIED and (codec != "mp3" or rate >= _MP3_RATE)


@contextmanager
def sound_for(
    target: OutputContainer,
    *,
    copied: Path | None = None,
    start: Fraction = Fraction(0),
    track: Iterable[Samples] | None = None,
    coded: Iterable[Packet[AudioStream]] | None = None,
) -> Iterator[Sound | None]:
    """Add the sound of the file `copied`, as `open_sound` does, or else `track`, if any.

    `coded` are the packets, where either has to be encoded and that is done already.
    """
    if copied is None:
        yield None if track is None else add_track(target, track, coded)
        return
    with open_sound(copied, target, start=start, coded=coded) as sound:
        yield sound


def add_track(
    target: OutputContainer,
    track: Iterable[Samples],
    coded: Iterable[Packet[AudioStream]] | None = None,
) -> Sound | None:
    """Add sound made of stereo blocks of shape (2, n) at `RATE`, encoded as AAC.

    The blocks are asked for when their turn comes; None when there is not one sample. The file
    says which samples are filling, so that it plays back exactly as long as it was. `coded` are
    its packets, where it was encoded before.
    """
    if coded is not None:
        packets = iter(coded)
        leading = next(packets, None)
        if leading is None:
            return None
        return Sound(stream=_add_stereo(target), packets=chain([leading], packets))
    blocks = (block for block in track if block.shape[1])
    first = next(blocks, None)
    if first is None:
        return None
    coder = _add_stereo(target)
    return Sound(stream=coder, packets=_encoded_track(coder, chain([first], blocks)))


def _add_stereo(target: OutputContainer) -> AudioStream:
    coder = target.add_stream("aac", rate=RATE)
    coder.codec_context.layout = "stereo"
    coder.codec_context.bit_rate = AAC_BIT_RATE
    coder.codec_context.thread_count = 1
    coder.codec_context.flags |= CodecFlags.bitexact
    with plain_routines():
        coder.codec_context.open()
    return coder


def _encoded_track(coder: AudioStream, blocks: Iterable[Samples]) -> Iterator[Packet[AudioStream]]:
    context, done = coder.codec_context, 0
    for data in in_frames(blocks, context.frame_size):
        whole = np.ascontiguousarray(data.clip(-1, 1))
        frame = AudioFrame.from_ndarray(whole, "fltp", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, done, Fraction(1, RATE)
        done += frame.samples
        yield from context.encode(frame)
    yield from context.encode(None)


def _copied(
    source: InputContainer, stream: AudioStream, start: Fraction
) -> Iterator[Packet[AudioStream]]:
    shift = int(start / (stream.time_base or 1))
    last: int | None = None
    for packet in packets_in(source, stream):
        if packet.dts is None or packet.pts is None or not packet.size:
            continue
        if last is not None and packet.dts <= last:
            continue  # a damaged timestamp, which no muxer takes
        last = packet.dts
        packet.pts -= shift
        packet.dts -= shift
        if (packet.pts + (packet.duration or 0)) * packet.time_base > -PREROLL:
            yield packet


def _add_aac(target: OutputContainer, stream: AudioStream) -> AudioStream:
    rate = stream.codec_context.sample_rate
    coder = target.add_stream("aac", rate=rate if rate in _AAC_RATES else 48_000)
    coder.codec_context.layout = "mono" if stream.codec_context.channels == 1 else "stereo"
    coder.codec_context.bit_rate = AAC_BIT_RATE
    coder.codec_context.thread_count = 1
    with plain_routines():
        coder.codec_context.open()
    return coder


def _encoded(
    source: InputContainer, stream: AudioStream, coder: AudioStream, start: Fraction
) -> Iterator[Packet[AudioStream]]:
    context = coder.codec_context
    shift, end = int(start * context.sample_rate), 0
    for piece in _fitted(_heard(source, stream), context):
        at = end if piece.pts is None else piece.pts - shift
        if at + piece.samples <= max(0, end - piece.samples):
            continue  # before the start, or a clock that was set back
        piece.pts = max(at, end) if end else at
        end = piece.pts + piece.samples
        yield from context.encode(piece)
    yield from context.encode(None)


def _heard(source: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """Decode what can be decoded."""
    for packet in packets_in(source, stream):
        try:
            yield from sounds_in(packet)
        except av.FFmpegError:
            continue


def _fitted(frames: Iterator[AudioFrame], context: AudioCodecContext) -> Iterator[AudioFrame]:
    """Bring frames into the encoder's form; broadcasts change theirs in the middle."""
    for _, alike in groupby(frames, lambda f: (f.format.name, f.layout.name, f.sample_rate)):
        resampler = AudioResampler("fltp", context.layout, context.sample_rate, context.frame_size)
        for frame in alike:
            with plain_routines():  # It is set up by its first frame.
                fitted = resampler.resample(frame)
            yield from fitted
        yield from resampler.resample(None)
