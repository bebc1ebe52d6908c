"""Says where every piece of decoded sound belongs, to the sample, by timestamps that may lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, pairwise

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from l1.media.limits import MAX_SECONDS
from l1.media.samples import Samples, to_samples

_TRUSTED_S = Fraction(1, 100)
_COARSEST_S = Fraction(1, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What may change in the middle of a broadcast: the rate in hertz, and the channels' names."""

    rate: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some sound whose first sample is number `at` since time zero, counted at its own rate.

    Pieces never overlap, and follow each other in time.
    """

    form: Form
    at: int
    data: Samples

    @property
    def end(self) -> int:
        """Number the first sample after the piece."""
        return self.at + int(self.data.shape[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """A decoded frame: when it says that it starts, and when its packet says that it ends."""

    frame: AudioFrame
    start: Fraction | None
    end: Fraction | None
    tick: Fraction

    @property
    def form(self) -> Form:
        names = tuple(channel.name for channel in self.frame.layout.channels)
        return Form(rate=self.frame.sample_rate, names=names)


def placed(
    container: InputContainer, stream: AudioStream, zero: Fraction | None
) -> Iterator[Piece]:
    """Decode a stream and place its frames; `zero` is the second of the file that becomes 0.

    None means the first sound. A timestamp that is off by less than half a frame (at most 10 ms)
    or by two of its own ticks counts as rounded, and the sound goes on without a seam. A greater
    step is believed when the next frame agrees; then a gap is left, or what was heard already
    is dropped. A damaged packet loses itself alone.
    """
    frames = _decoded(container, stream)
    end, form = Fraction(0), None
    for heard, after in pairwise(chain(frames, [None])):
        assert heard is not None
        if form is None and zero is None:
            zero = heard.start or Fraction(0)
        rate, count = heard.frame.sample_rate, _length(heard, last=after is None)
        at = _start(heard, after, None if form is None else end, zero or Fraction(0))
        form = heard.form
        overlap = max(0, round(end * rate) - at)
        if overlap < count:
            data = to_samples(heard.frame)[:, overlap:count]
            yield Piece(form=form, at=at + overlap, data=data)
            end = Fraction(at + count, rate)


def _decoded(container: InputContainer, stream: AudioStream) -> Iterator[_Heard]:
    tick = Fraction(stream.time_base or 1)
    for packet in container.demux(stream):
        ends = None if packet.pts is None else packet.pts + (packet.duration or 0)
        end = None if ends is None else ends * tick
        try:
            for frame in packet.decode():
                start = None if frame.pts is None else frame.pts * (frame.time_base or tick)
                if frame.samples and frame.sample_rate:
                    yield _Heard(frame=frame, start=start, end=end, tick=tick)
        except av.FFmpegError:
            continue


def _length(heard: _Heard, *, last: bool) -> int:
    """Count a frame's samples; the last packet of an MP4 says how many of its own are filling."""
    count, rate = heard.frame.samples, heard.frame.sample_rate
    if last and heard.start is not None and heard.end is not None and heard.tick * rate <= 1:
        declared = round((heard.end - heard.start) * rate)
        return declared if 0 < declared < count else count
    return count


def _start(heard: _Heard, after: _Heard | None, end: Fraction | None, zero: Fraction) -> int:
    """Number the first sample; `end` is where the sound before it stopped."""
    rate = heard.frame.sample_rate
    if heard.start is None or (said := heard.start - zero) > MAX_SECONDS:
        return round((end or Fraction(0)) * rate)
    if end is None:
        return round(said * rate)
    length = Fraction(heard.frame.samples, rate)
    slack = max(min(2 * heard.tick, _COARSEST_S), min(length / 2, _TRUSTED_S))
    agreed = (
        after is None or after.start is None or abs(after.start - zero - said - length) <= slack
    )
    return round((said if agreed and abs(said - end) > slack else end) * rate)
