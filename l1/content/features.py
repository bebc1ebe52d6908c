"""What an analysis found in a file: canonical facts in integers, and the document that holds them.

Times are milliseconds from the beginning of the file. Loudness-like values run from 0 to 1000,
where they are not named in hundredths of a decibel.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Literal

import msgspec

from l1.content.canonical import canonical_struct
from l1.errors import Refused

BYTES = 64 * 2**20
"""The largest document that is read."""

SoundFeature = Literal[
    "beats", "tempo", "onsets", "energy", "bands", "waveform", "loudness", "silence", "key"
]
"""The name of an analysis of sound, and of the field of `Features` that it fills."""

PictureFeature = Literal["scenes", "motion_tempo"]
"""The name of an analysis of pictures, and of the field of `Features` that it fills."""

Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=2**42)]
Thousandths = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Amplitude = Annotated[int, msgspec.Meta(ge=-1000, le=1000)]
Hop = Annotated[int, msgspec.Meta(ge=1, le=60_000)]
Hundredths = Annotated[int, msgspec.Meta(ge=-100_000, le=100_000)]
TempoMbpm = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class Found(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """Base of what is found: what is unknown to this schema is refused, not dropped."""


class Beats(Found, frozen=True, kw_only=True):
    """When the beats fall, in rising order, and which of them begin a bar.

    `tempo_mbpm` is thousandths of a beat per minute. `confidence` is 0 where there may be no
    beat at all, 1000 where every beat has a clear onset. A sound without a beat has no beats,
    tempo 0 and confidence 0.
    """

    duration_ms: Milliseconds
    tempo_mbpm: TempoMbpm
    confidence: Thousandths
    beats_ms: tuple[Milliseconds, ...]
    downbeats_ms: tuple[Milliseconds, ...]

    def __post_init__(self) -> None:
        _check_rising("beats_ms", self.beats_ms)
        if not set(self.downbeats_ms) <= set(self.beats_ms):
            raise ValueError("expected every one of `downbeats_ms` among `beats_ms`")
        _check_rising("downbeats_ms", self.downbeats_ms)


class Tempo(Found, frozen=True, kw_only=True):
    """How fast the beat is: thousandths of a beat per minute, 0 where there is none."""

    tempo_mbpm: TempoMbpm
    confidence: Thousandths


class Onsets(Found, frozen=True, kw_only=True):
    """When something new sounds, in rising order, and how strongly beside the strongest."""

    duration_ms: Milliseconds
    onsets_ms: tuple[Milliseconds, ...]
    strengths: tuple[Thousandths, ...]

    def __post_init__(self) -> None:
        _check_rising("onsets_ms", self.onsets_ms)
        _check_lengths(self.onsets_ms, self.strengths)


class Energy(Found, frozen=True, kw_only=True):
    """Root mean square of each `hop_ms`, beside the loudest."""

    duration_ms: Milliseconds
    hop_ms: Hop
    values: tuple[Thousandths, ...]


class Bands(Found, frozen=True, kw_only=True):
    """Energy below 200 Hz, from there to 2000 Hz, and above, each beside its own loudest."""

    duration_ms: Milliseconds
    hop_ms: Hop
    bass: tuple[Thousandths, ...]
    mid: tuple[Thousandths, ...]
    treble: tuple[Thousandths, ...]

    def __post_init__(self) -> None:
        _check_lengths(self.bass, self.mid, self.treble)


class Waveform(Found, frozen=True, kw_only=True):
    """The lowest and the highest sample of each `hop_ms`, where full scale is 1000."""

    duration_ms: Milliseconds
    hop_ms: Hop
    low: tuple[Amplitude, ...]
    high: tuple[Amplitude, ...]

    def __post_init__(self) -> None:
        _check_lengths(self.low, self.high)


class Loudness(Found, frozen=True, kw_only=True):
    """Loudness by EBU R128, in hundredths: of LUFS, of LU for the range, of dBTP for the peak.

    `integrated_clufs` is None where nothing counts as sound, `true_peak_cdb` for nothing but
    zeros. `momentary_clufs` has the loudness of the 400 ms that end with each `hop_ms`, at least
    -7000.
    """

    duration_ms: Milliseconds
    hop_ms: Hop
    integrated_clufs: Hundredths | None = None
    range_clu: Hundredths
    true_peak_cdb: Hundredths | None = None
    momentary_clufs: tuple[Hundredths, ...]


class Silence(Found, frozen=True, kw_only=True):
    """When silence begins and when it ends, in rising order."""

    duration_ms: Milliseconds
    starts_ms: tuple[Milliseconds, ...]
    ends_ms: tuple[Milliseconds, ...]

    def __post_init__(self) -> None:
        _check_lengths(self.starts_ms, self.ends_ms)
        both = zip(self.starts_ms, self.ends_ms, strict=True)
        _check_rising("starts_ms` and `ends_ms", [time for span in both for time in span])


class Key(Found, frozen=True, kw_only=True):
    """The musical key, where there is one: semitones of its tonic above C, and its mode.

    `confidence` is 0 where it might as well be another, 1000 where all notes speak for it alone.
    `notes` tells how strongly each of the twelve notes from C on sounds, beside the strongest;
    all are tuned `tuning_cents` hundredths of a semitone higher than with an A of 440 Hz.
    """

    duration_ms: Milliseconds
    tonic: Annotated[int, msgspec.Meta(ge=0, le=11)] | None = None
    mode: Literal["major", "minor"] | None = None
    confidence: Thousandths
    notes: Annotated[tuple[Thousandths, ...], msgspec.Meta(min_length=12, max_length=12)]
    tuning_cents: Annotated[int, msgspec.Meta(ge=-50, le=50)]

    def __post_init__(self) -> None:
        if (self.tonic is None) != (self.mode is None):
            raise ValueError("expected `tonic` and `mode`, or neither")


class MotionTempo(Found, frozen=True, kw_only=True):
    """How often motion swells: thousandths of a swell per minute, 0 where it does not.

    `confidence` is 0 where there may be no pulse at all, 1000 where each swell is like the last.
    """

    duration_ms: Milliseconds
    tempo_mbpm: TempoMbpm
    confidence: Thousandths


class Scenes(Found, frozen=True, kw_only=True):
    """The pictures, by number at the video's constant rate, with which a new scene begins."""

    duration_ms: Milliseconds
    frames: Annotated[int, msgspec.Meta(ge=0, le=2**32)]
    cuts: tuple[Annotated[int, msgspec.Meta(ge=0, le=2**32)], ...]
    cuts_ms: tuple[Milliseconds, ...]

    def __post_init__(self) -> None:
        _check_rising("cuts", self.cuts)
        _check_lengths(self.cuts, self.cuts_ms)


class Features(Found, frozen=True, kw_only=True):
    """One document of all that was found in one file; what nobody asked for is None."""

    beats: Beats | None = None
    tempo: Tempo | None = None
    onsets: Onsets | None = None
    energy: Energy | None = None
    bands: Bands | None = None
    waveform: Waveform | None = None
    loudness: Loudness | None = None
    silence: Silence | None = None
    key: Key | None = None
    scenes: Scenes | None = None
    motion_tempo: MotionTempo | None = None

    def to_json(self) -> bytes:
        """Write the document canonically, ready to be stored as content."""
        return canonical_struct(self)

    @classmethod
    def read(cls, data: bytes) -> "Features":
        """Read a document. Raises `Refused` for anything else."""
        if len(data) > BYTES:
            raise Refused(f"an analysis has at most {BYTES} bytes", code="bad_analysis")
        try:
            return msgspec.json.decode(data, type=cls)
        except (msgspec.DecodeError, RecursionError) as error:
            raise Refused(f"not an analysis of sound: {error}", code="bad_analysis") from None


def merge(documents: Sequence[Features]) -> Features:
    """Join documents about one sound. Raises `Refused` when two of them fill one field."""
    found: dict[str, Found] = {}
    for document in documents:
        for name in Features.__struct_fields__:
            part = getattr(document, name)
            if part is not None and found.setdefault(name, part) is not part:
                raise Refused(f"two analyses found '{name}'; join one of them", code="bad_analysis")
    return msgspec.convert(found, Features, from_attributes=True)


def _check_rising(name: str, times: Sequence[int]) -> None:
    if any(later <= earlier for earlier, later in pairwise(times)):
        raise ValueError(f"expected `{name}` in rising order")


def _check_lengths(*rows: Sequence[int]) -> None:
    if len({len(row) for row in rows}) > 1:
        raise ValueError("expected rows of one length")
