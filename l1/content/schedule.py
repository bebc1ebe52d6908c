"""Which picture of a video is shown when, so that its pieces fall on beats: integers, canonical.

A schedule is complete by itself: it can be looked at, kept, and rendered without the analysis
and the parameters that it came from.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Literal

import msgspec

from l1.content.canonical import LIMIT, canonical_struct
from l1.errors import Refused

BYTES = 64 * 2**20
"""The largest document that is read."""

FRAMES = 4 * 3600 * 240
"""The most output frames: four hours at 240 frames a second."""

RATE = 240
"""The most output frames a second."""

WHOLE = 256
"""The weight of a picture that is alone."""

Mode = Literal["stretch", "cut", "pulse"]
Interp = Literal["nearest", "blend"]
PulseLook = Literal["zoom", "flash"]

Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=2**42)]
FrameNumber = Annotated[int, msgspec.Meta(ge=0, le=FRAMES)]
FrameCount = Annotated[int, msgspec.Meta(ge=1, le=FRAMES)]
Whole = Annotated[int, msgspec.Meta(ge=0, le=LIMIT)]
Positive = Annotated[int, msgspec.Meta(ge=1, le=LIMIT)]
Level = Annotated[int, msgspec.Meta(ge=0, le=1000)]


class Run(msgspec.Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True):
    """Output frames that follow one rule: the k-th shows source frame `source` + k * num // den.

    `num` 0 holds one picture. Written as a list in the order of the fields.
    """

    frames: FrameCount
    source: FrameNumber
    num: Whole
    den: Positive

    @property
    def last(self) -> int:
        """Number the source frame of the last output frame, the highest of the run."""
        return self.at(self.frames - 1)

    def at(self, k: int) -> int:
        """Number the source frame of output frame `k` of the run."""
        return self.source + k * self.num // self.den


class Interval(
    msgspec.Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True
):
    """A beat, in milliseconds of the music, the output frame that is nearest, and what starts there.

    `source` is the source frame of the cut point. Written as a list in the order of the fields.
    """

    beat_ms: Milliseconds
    frame: FrameNumber
    source: FrameNumber


class Pulse(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What goes through the pictures on each beat.

    `levels` are those of the beat's frame and of each after it, in thousandths: of a zoom that
    shows everything twice as large about the middle, or of the way to white. After the last one
    and before the first beat there is none, and a new beat begins anew.
    """

    look: PulseLook
    levels: Annotated[tuple[Level, ...], msgspec.Meta(min_length=1, max_length=FRAMES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What an output frame shows: `source`, and of source frame `beside` so many of `WHOLE` parts.

    `level` is that of the pulse.
    """

    source: int
    beside: int
    weight: int
    level: int


class Schedule(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """One source frame for each output frame, or two that are mixed, and perhaps a pulse.

    The output has `rate_num` / `rate_den` frames a second. It begins at `start_ms` of the music,
    and its last frame is the one in which `end_ms` lies or the nearest. The source is taken to
    have `source_frames` frames at its own constant rate. `intervals` are in order, and each
    beat's frame shows its cut point. With `interp` blend, what a run shows between two source
    frames is a mixture of both; none is mixed with what lies behind its run.
    """

    mode: Mode
    rate_num: Positive
    rate_den: Positive
    source_frames: FrameCount
    source_rate_num: Positive
    source_rate_den: Positive
    start_ms: Milliseconds
    end_ms: Milliseconds
    frames: FrameCount
    runs: tuple[Run, ...]
    intervals: tuple[Interval, ...]
    interp: Interp = "nearest"
    pulse: Pulse | None = None

    def __post_init__(self) -> None:
        if not self.rate <= RATE or not self.source_rate <= RATE:
            raise ValueError(f"expected rates of at most {RATE} frames a second")
        if sum(run.frames for run in self.runs) != self.frames:
            raise ValueError("expected as many frames in `runs` as `frames` says")
        if any(run.last >= self.source_frames for run in self.runs):
            raise ValueError("expected no frame beyond `source_frames` in `runs`")
        beats = [interval.frame for interval in self.intervals]
        if any(later <= earlier for earlier, later in pairwise([-1, *beats, self.frames])):
            raise ValueError("expected rising frames below `frames` in `intervals`")
        if self.end_ms < self.start_ms:
            raise ValueError("expected `end_ms` not before `start_ms`")

    @property
    def rate(self) -> Fraction:
        """Output frames a second."""
        return Fraction(self.rate_num, self.rate_den)

    @property
    def source_rate(self) -> Fraction:
        """Source frames a second."""
        return Fraction(self.source_rate_num, self.source_rate_den)

    def shown(self) -> Iterator[int]:
        """Give the source frame of each output frame."""
        for run in self.runs:
            for k in range(run.frames):
                yield run.at(k)

    def pictures(self, first: int = 0, stop: int | None = None) -> Iterator[Shown]:
        """Give what output frames show, in full: from number `first` to before number `stop`."""
        stop = self.frames if stop is None else min(stop, self.frames)
        levels = map(self._level_at(), range(first, stop))
        begin = 0
        for run in self.runs:
            last = run.last
            for k in range(max(0, first - begin), min(run.frames, stop - begin)):
                source = run.at(k)
                between = k * run.num % run.den if self.interp == "blend" else 0
                yield Shown(
                    source=source,
                    beside=min(source + 1, last),
                    weight=(2 * WHOLE * between + run.den) // (2 * run.den),
                    level=next(levels),
                )
            begin += run.frames
            if begin >= stop:
                return

    def _level_at(self) -> Callable[[int], int]:
        """Make what tells the level of the pulse of an output frame."""
        levels = self.pulse.levels if self.pulse else ()
        beats = [interval.frame for interval in self.intervals]

        def level(number: int) -> int:
            before = bisect_right(beats, number) - 1
            since = number - beats[before] if before >= 0 else len(levels)
            return levels[since] if since < len(levels) else 0

        return level

    def to_json(self) -> bytes:
        """Write the schedule canonically, ready to be stored as content."""
        return canonical_struct(self)

    @classmethod
    def read(cls, data: bytes) -> "Schedule":
        """Read a schedule. Raises `Refused` for anything else."""
        if len(data) > BYTES:
            raise Refused(f"a schedule has at most {BYTES} bytes", code="bad_schedule")
        try:
            return msgspec.json.decode(data, type=cls)
        except (msgspec.DecodeError, RecursionError) as error:
            raise Refused(f"this is no beat schedule: {error}", code="bad_schedule") from None
