"""Writes sound alone as FLAC, so that every machine gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.codec.context import Flags as CodecFlags
from av.packet import Packet

from l1.errors import Refused
from l1.media.engine import hold_cpu_class, plain_routines
from l1.media.samples import Samples, in_frames
from l1.media.sound import RATE

FRAME = 4096
_FULL = 1 << 23


def write_audio(
    output: Path,
    track: Iterable[Samples],
    *,
    total: int = 0,
    progress: Callable[[int, int], None],
) -> int:
    """Write stereo blocks of shape (2, n) at 48 kHz as FLAC of 24 bits; return the sample count.

    24 bits are all that float32 holds, so that what was read from such a file is written back
    unchanged. What exceeds full scale is clipped. `progress(done, total)` counts samples. Raises
    `Refused` when there is no sample.
    """
    hold_cpu_class()
    frames = in_frames(track, FRAME)
    first = next(frames, None)
    if first is None:
        raise Refused("There is no sound to write; the chosen range is empty")
    options = {"fflags": "+bitexact"}
    with av.open(f"file:{output.absolute()}", "w", format="flac", options=options) as container:
        stream = container.add_stream("flac", rate=RATE)
        encoder = stream.codec_context
        encoder.layout, encoder.format = "stereo", "s32"
        encoder.thread_count = 1
        encoder.flags |= CodecFlags.bitexact
        encoder.options = {"compression_level": "5", "frame_size": str(FRAME)}
        done = 0
        for data in chain([first], frames):
            frame = _frame(data, done)
            done += frame.samples
            container.mux(_coded(stream, frame))
            progress(done, max(done, total))
        container.mux(_coded(stream, None))
    return done


def _coded(stream: AudioStream, frame: AudioFrame | None) -> list[Packet[AudioStream]]:
    """Encode a frame, or what is left. A last one of another length has the coder set up anew."""
    with plain_routines():
        return stream.encode(frame)


def _frame(data: Samples, at: int) -> AudioFrame:
    """Make a frame of 24-bit numbers, each in the upper part of 32 bits."""
    steps = np.rint(data.T.astype(np.float64) * _FULL).clip(-_FULL, _FULL - 1).astype(np.int32)
    frame = AudioFrame.from_ndarray((steps << 8).reshape(1, -1), "s32", "stereo")
    frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
    return frame
