"""Which picture of a video is shown when, so that its pieces fall on beats: integers, canonical.

A schedule is complete by itself: it can be looked at, kept, and rendered without the analysis
and the parameters that it came from.
"""

from collections.abc import Iterator
from fractions import Fraction
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

Mode = Literal["stretch", "cut"]

Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=2**42)]
FrameNumber = Annotated[int, msgspec.Meta(ge=0, le=FRAMES)]
FrameCount = Annotated[int, msgspec.Meta(ge=1, le=FRAMES)]
Whole = Annotated[int, msgspec.Meta(ge=0, le=LIMIT)]
Positive = Annotated[int, msgspec.Meta(ge=1, le=LIMIT)]


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
        return self.source + (self.frames - 1) * self.num // self.den


class Interval(
    msgspec.Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True
):
    """A beat, in milliseconds of the music, the output frame that is nearest, and what starts there.

    `source` is the source frame of the cut point. Written as a list in the order of the fields.
    """

    beat_ms: Milliseconds
    frame: FrameNumber
    source: FrameNumber


class Schedule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One source frame for each output frame.

    The output has `rate_num` / `rate_den` frames a second. It begins at `start_ms` of the music,
    and its last frame is the one in which `end_ms` lies or the nearest. The source is taken to have `source_frames` frames at its own
    constant rate. `intervals` are in order, and each beat's frame shows its cut point.
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

    def __post_init__(self) -> None:
        if not self.rate <= RATE or not self.source_rate <= RATE:
            raise ValueError(f"expected rates of at most {RATE} frames a second")
        if sum(run.frames for run in self.runs) != self.frames:
            raise ValueError("expected as many frames in `runs` as `frames` says")
        if any(run.last >= self.source_frames for run in self.runs):
            raise ValueError("expected no frame beyond `source_frames` in `runs`")
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
                yield run.source + k * run.num // run.den

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
