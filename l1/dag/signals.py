"""What an analysis heard, as one signal from nothing to all."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from l1.content.curve import ONE
from l1.content.features import Beats, Features, Loudness
from l1.dag.bind_params import BindParams
from l1.dag.curve_shapes import wave
from l1.errors import Refused

POINT_MS = 10
"""How far points are apart."""

ANALYSES = {
    "energy": "energy",
    "bass": "bands",
    "mid": "bands",
    "treble": "bands",
    "loudness": "loudness",
    "beat": "beats",
    "downbeat": "beats",
    "onset": "onsets",
    "lfo": "beats",
}
"""The analysis that finds what a feature needs."""

_THOUSANDTH = ONE // 1000
_HEARD_CLU = 4000
_WINDOW_MS = 400
_DECAY_MS = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Values from 0 to `ONE` at a rate, and moments in milliseconds that must not be missed."""

    rate: Fraction
    values: Sequence[int]
    hits: Sequence[tuple[int, int]] = ()
    repeats: bool = False


def signal_of(heard: Features, params: BindParams) -> Signal:
    """Make the signal of a feature, later by the offset.

    Raises `Refused` when the analysis has not looked for it.
    """
    name = ANALYSES[params.feature]
    found = getattr(heard, name)
    if found is None:
        others = [each for each in heard.__struct_fields__ if getattr(heard, each) is not None]
        raise Refused(
            f"`{params.feature}` needs the analysis `{name}`, and this one has "
            f"{' and '.join(others) or 'nothing'}; name the sound instead",
            code="bad_inputs",
        )
    offset = round(1000 * Fraction(params.offset))
    times = range(-offset, found.duration_ms - offset + 2 * POINT_MS, POINT_MS)
    rate = Fraction(1000, POINT_MS)
    match params.feature:
        case "beat" | "downbeat" | "onset":
            struck = _struck(heard, params.feature)
            decay = round(1000 * Fraction(params.decay)) if params.decay else _DECAY_MS
            end = found.duration_ms
            hits = [(at + offset, value) for at, value in struck if 0 <= at + offset <= end]
            return Signal(rate=rate, values=list(_falling(struck, times, decay)), hits=hits)
        case "lfo":
            return Signal(rate=rate, values=list(_turning(found, times, params)))
        case "loudness":
            first = found.hop_ms - _WINDOW_MS // 2
            values = list(_along(_standing(found), times, first=2 * first, hop=found.hop_ms))
        case "energy":
            values = list(_along(found.values, times, first=found.hop_ms, hop=found.hop_ms))
        case band:
            measured = getattr(found, band)
            values = list(_along(measured, times, first=found.hop_ms, hop=found.hop_ms))
    return Signal(rate=rate, values=values)


def _along(measured: Sequence[int], times: range, *, first: int, hop: int) -> Iterator[int]:
    """Draw straight lines through thousandths, the first at `first` half milliseconds."""
    last = len(measured) - 1
    for time in times:
        point, rest = divmod(2 * time - first, 2 * hop)
        if last < 0:
            yield 0
        elif not 0 <= point < last:
            yield measured[max(0, min(point, last))] * _THOUSANDTH
        else:
            rise = measured[point + 1] - measured[point]
            yield measured[point] * _THOUSANDTH + rise * _THOUSANDTH * rest // (2 * hop)


def _standing(found: Loudness) -> Sequence[int]:
    """Say in thousandths how far loudness stands above 40 LU below the loudest moment."""
    top = max(found.momentary_clufs, default=0)
    return [
        max(0, (level - top + _HEARD_CLU) * 1000 // _HEARD_CLU) for level in found.momentary_clufs
    ]


def _struck(heard: Features, feature: str) -> list[tuple[int, int]]:
    """List moments in milliseconds, and how strong each is."""
    if feature == "onset" and heard.onsets:
        strengths = (strength * _THOUSANDTH for strength in heard.onsets.strengths)
        return list(zip(heard.onsets.onsets_ms, strengths, strict=True))
    assert heard.beats
    found = heard.beats.beats_ms if feature == "beat" else heard.beats.downbeats_ms
    return [(at, ONE) for at in found]


def _falling(struck: Sequence[tuple[int, int]], times: range, decay: int) -> Iterator[int]:
    """Fall from each moment, all at the same speed, which is over all in `decay` milliseconds."""
    coming = iter(struck)
    ahead = next(coming, None)
    highest = 0  # Where the line of the strongest moment so far would be at time 0, times `decay`.
    for time in times:
        while ahead is not None and ahead[0] <= time:
            highest = max(highest, ahead[1] * decay + ahead[0] * ONE)
            ahead = next(coming, None)
        yield max(0, highest - time * ONE) // decay if highest else 0


def _turning(beats: Beats, times: range, params: BindParams) -> Iterator[int]:
    """Turn once in so many beats, from the first downbeat on."""
    marks = beats.beats_ms
    if len(marks) < 2:
        raise Refused(
            "the analysis found no beats to count; give the lfo a `period` in seconds",
            code="no_beats",
        )
    first = marks.index(beats.downbeats_ms[0]) if beats.downbeats_ms else 0
    turn = Fraction(params.beats or 1)
    for time in times:
        before = max(0, min(bisect_right(marks, time) - 1, len(marks) - 2))
        gap = marks[before + 1] - marks[before]
        place = (before - first) * gap + time - marks[before]
        yield wave(place * turn.denominator, gap * turn.numerator, params.shape)
