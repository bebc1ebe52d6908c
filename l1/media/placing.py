"""Says where every piece of decoded sound belongs, to the sample, by timestamps that may lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, pairwise
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from l1.media.limits import let_in
from l1.media.opening import packets_in, sounds_in
from l1.media.samples import planes

_TRUSTED_S = 0.01
_COARSEST_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What may change in the middle of a broadcast: rate in hertz, channels' names, numbers."""

    rate: int
    names: tuple[str, ...]
    numbers: str


@dataclass(slots=True)
class Piece:
    """Some sound, counted in samples of its own rate since time zero, from `at` up to `end`.

    It is what `frame` holds after `skipped` samples. Pieces never overlap, and follow each other
    in time.
    """

    form: Form
    at: int
    end: int
    frame: AudioFrame
    skipped: int

    def data(self) -> NDArray[Any]:
        """Take the samples out, shape (channels, n), as the numbers that the decoder gave."""
        return planes(self.frame)[:, self.skipped : self.skipped + self.end - self.at]


@dataclass(slots=True)
class _Heard:
    """A decoded frame, and the moment at which its packet ends, in ticks of the stream's clock."""

    form: Form
    frame: AudioFrame
    until: int | None


def placed(
    container: InputContainer, stream: AudioStream, zero: Fraction | None
) -> Iterator[Piece]:
    """Decode a stream and place its frames.

    `zero` is the second of the file that becomes 0; None takes the first sound for it. A timestamp
    that is off by less than half a frame (at most 10 ms) or by two of its own ticks counts as
    rounded, and the sound goes on without a seam. A greater step is believed when the next frame
    agrees; then a gap is left, or what was heard already is dropped. A damaged packet loses
    itself alone.
    """
    tick = Fraction(stream.time_base or 1)
    clock: _Clock | None = None
    end = 0
    for heard, after in pairwise(chain(_decoded(container, stream), [None])):
        assert heard is not None
        if clock is None:
            zero = (heard.frame.pts or 0) * tick if zero is None else zero
            clock = _Clock(heard.form, tick, zero)
            at = end = round(clock.says(heard) or 0)
        elif clock.form is not heard.form:
            end = round(end * heard.form.rate / clock.form.rate)
            clock = _Clock(heard.form, tick, zero or Fraction(0))
        at = clock.start(heard, after, end)
        count = clock.length(heard) if after is None else heard.frame.samples
        skipped = max(0, end - at)
        if skipped < count:
            end = at + count
            yield Piece(heard.form, at + skipped, end, heard.frame, skipped)


class _Clock:
    """Turns the timestamps of a stream into numbers of samples of one form."""

    def __init__(self, form: Form, tick: Fraction, zero: Fraction) -> None:
        self.form = form
        self._ratio, self._offset = tick * form.rate, zero * form.rate
        self._slack = min(float(2 * tick), _COARSEST_S) * form.rate

    def says(self, heard: _Heard) -> float | None:
        """Give the sample at which a frame claims to start; None when it makes no sane claim."""
        pts, ratio, offset = heard.frame.pts, self._ratio, self._offset
        if pts is None:
            return None
        said = pts * ratio.numerator / ratio.denominator - offset.numerator / offset.denominator
        return said if said <= let_in().seconds * self.form.rate else None

    def start(self, heard: _Heard, after: _Heard | None, end: int) -> int:
        """Number a frame's first sample, when the sound before it stopped at `end`."""
        said, length = self.says(heard), heard.frame.samples
        slack = max(self._slack, min(length / 2, _TRUSTED_S * self.form.rate))
        if said is None or abs(said - end) <= slack:
            return end
        then = None if after is None else self.says(after)
        return round(said) if then is None or abs(then - said - length) <= slack else end

    def length(self, heard: _Heard) -> int:
        """Count a last frame's samples: MP4 says how many of its last packet are filling."""
        count, pts = heard.frame.samples, heard.frame.pts
        if pts is None or heard.until is None or self._ratio > 1:
            return count
        declared = round((heard.until - pts) * self._ratio)
        return declared if 0 < declared < count else count


def _decoded(container: InputContainer, stream: AudioStream) -> Iterator[_Heard]:
    forms: dict[tuple[int, str, str], Form] = {}
    for packet in packets_in(container, stream):
        until = None if packet.pts is None else packet.pts + (packet.duration or 0)
        try:
            for frame in sounds_in(packet):
                key = frame.sample_rate, frame.layout.name, frame.format.name
                if frame.samples and frame.sample_rate:
                    form = forms.get(key) or forms.setdefault(key, _form(frame))
                    yield _Heard(form, frame, until)
        except av.FFmpegError:
            continue


def _form(frame: AudioFrame) -> Form:
    names = tuple(channel.name for channel in frame.layout.channels)
    return Form(rate=frame.sample_rate, names=names, numbers=frame.format.name)
