"""From beats and parameters to a schedule. Pure: the same beats give the same frames anywhere.

Every beat becomes the nearest output frame, so that none is shown more than half a frame from
where it is heard. Of beats within one frame the first counts.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise
from math import ceil
from statistics import median_low

from l1.content.features import Beats
from l1.content.schedule import FRAMES, Interval, Pulse, Run, Schedule
from l1.dag.sync_params import SyncParams
from l1.dag.sync_pieces import Footage, chooser, room_before
from l1.dag.sync_runs import arriving, cut, playing_on, stretched
from l1.errors import Refused

_TELEVISION = (24, 30, 48, 60, 120)
_NEAR = Fraction(6, 1000)
_ALONE_MS = 500


def schedule(footage: Footage, beats: Beats, params: SyncParams) -> Schedule:
    """Lay the footage on the beats.

    Between two beats lies one piece of the source, by `params`. Before the first beat the source
    plays at its own speed so that it arrives at the first cut point on the beat, coming round
    from its end where it has too little before; after the last beat it plays on from the last
    cut point, and begins again when it ends. But moments given in `cuts` are seen on beats
    alone: there, `fill` says what is shown where the piece before the first or after the last
    of them is too short, and only `next` goes beyond.

    A source that is to pulse plays at its own speed from its first picture to its last, again
    and again.

    All the music is covered, by up to one frame more than it lasts, or with `trim` the music from
    the first beat used to the last, to the nearest frame.

    Raises `Refused` when no beats are left, and for parameters that do not fit the source.
    """
    rate = output_rate(params.fps, footage.rate)
    chosen = chosen_beats(beats, params)
    start, end = (chosen[0], chosen[-1]) if params.trim else (0, beats.duration_ms)
    total = max(1, _nearest(end, rate, start) if params.trim else -int(-end * rate // 1000))
    if total > FRAMES:
        raise Refused(f"the result would have {total} frames, more than {FRAMES}; lower `fps`")
    grid = _Grid(
        rate=rate,
        marks=_marks(chosen, start, rate, total),
        total=total,
        usual=max(Fraction(1), Fraction(_usual_ms(chosen), 1000) * rate),
    )
    pulsing = params.mode == "pulse"
    laid = list(_played(footage, grid) if pulsing else _laid(footage, params, grid))
    return Schedule(
        mode=params.mode,
        rate_num=rate.numerator,
        rate_den=rate.denominator,
        source_frames=footage.frames,
        source_rate_num=footage.rate.numerator,
        source_rate_den=footage.rate.denominator,
        start_ms=start,
        end_ms=end,
        frames=total,
        runs=tuple(run for _, runs in laid for run in runs),
        intervals=tuple(interval for interval, _ in laid),
        interp=params.interp,
        pulse=pulse_of(params, rate) if pulsing else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """Where the beats fall: output frame and milliseconds of each; `usual` frames lie between."""

    rate: Fraction
    marks: list[tuple[int, int]]
    total: int
    usual: Fraction


def _laid(
    footage: Footage, params: SyncParams, grid: _Grid
) -> Iterator[tuple[Interval, tuple[Run, ...]]]:
    """Give each interval and its runs; the first also has the runs that come before it."""
    native = footage.rate / grid.rate
    opening = grid.marks[0][0]
    lead = -int(-opening * native // 1)
    usual = max(Fraction(1), grid.usual * native)
    choose = chooser(footage, params, usual=usual, lead=lead)
    stops = [frame for frame, _ in grid.marks[1:]] + [grid.total]
    for number, ((frame, beat), stop) in enumerate(zip(grid.marks, stops, strict=True)):
        frames = stop - frame
        piece = choose(number, max(1, round(frames / grid.usual)))
        runs: list[Run] = []
        if opening and not number:
            runs += _opening(footage, params, piece.start, opening, native)
        if stop == grid.total and not params.trim and not params.moments:
            runs += playing_on(piece.start, frames, native, footage.frames)
        elif params.mode == "cut" or (stop == grid.total and not params.trim):
            runs += cut(piece, frames, native, params, footage.frames)
        else:
            runs += stretched(piece, frames, native, params, footage.frames)
        yield Interval(beat_ms=beat, frame=frame, source=piece.start), tuple(runs)


def _opening(
    footage: Footage, params: SyncParams, first: int, frames: int, native: Fraction
) -> Iterator[Run]:
    """Lead up to the first cut point."""
    if room := room_before(footage, params, first):
        return arriving(room, frames, native, params, footage.frames)
    before = (first + int(-frames * native // 1)) % footage.frames
    return playing_on(before, frames, native, footage.frames)


def _played(footage: Footage, grid: _Grid) -> Iterator[tuple[Interval, tuple[Run, ...]]]:
    """Play the source as it is; the first interval has all runs."""
    runs = tuple(playing_on(0, grid.total, footage.rate / grid.rate, footage.frames))
    starts = list(accumulate((run.frames for run in runs), initial=0))
    for number, (frame, beat) in enumerate(grid.marks):
        at = bisect_right(starts, frame) - 1
        source = runs[at].at(frame - starts[at])
        yield Interval(beat_ms=beat, frame=frame, source=source), () if number else runs


def pulse_of(params: SyncParams, rate: Fraction) -> Pulse:
    """Let a pulse fade to nothing in a parabola, at `rate` frames a second."""
    frames = ceil(Fraction(params.decay) * rate)
    most = round(1000 * params.amount)
    levels = tuple(
        (2 * most * (frames - k) ** 2 + frames**2) // (2 * frames**2) for k in range(frames)
    )
    return Pulse(look=params.pulse, levels=levels)


def output_rate(fps: Decimal, source: Fraction) -> Fraction:
    """Answer the output's frames a second; 29.97 and its like mean 30000/1001 and its like."""
    if not fps:
        return source
    for base in _TELEVISION:
        if abs(Fraction(fps) - Fraction(base * 1000, 1001)) < _NEAR:
            return Fraction(base * 1000, 1001)
    return Fraction(fps).limit_denominator(1001)


def chosen_beats(beats: Beats, params: SyncParams) -> tuple[int, ...]:
    """Pick the beats that count, in milliseconds."""
    what = "downbeats" if params.downbeats else "beats"
    found = beats.downbeats_ms if params.downbeats else beats.beats_ms
    if not found:
        raise Refused(
            f"the analysis found no {what} in this music; choose music with a clear beat",
            code="no_beats",
        )
    chosen = found[params.offset :: params.every]
    if not chosen:
        raise Refused(
            f"`offset` {params.offset} leaves none of the {len(found)} {what}; make it smaller",
            code="no_beats",
        )
    if params.trim and len(chosen) == 1:
        raise Refused(
            f"`trim` needs two {what}, and `every` and `offset` leave one of {len(found)}",
            code="no_beats",
        )
    return chosen


def _marks(
    chosen: tuple[int, ...], start: int, rate: Fraction, total: int
) -> list[tuple[int, int]]:
    """Give each beat its frame."""
    marks: list[tuple[int, int]] = []
    for beat in chosen:
        frame = _nearest(beat, rate, start)
        if frame < total and (not marks or frame > marks[-1][0]):
            marks.append((frame, beat))
    return marks or [(total - 1, chosen[0])]


def _nearest(ms: int, rate: Fraction, start: int) -> int:
    return int((2 * (ms - start) * rate / 1000 + 1) // 2)


def _usual_ms(chosen: tuple[int, ...]) -> int:
    """Take the median interval, which breaks in the music do not move."""
    gaps = [later - earlier for earlier, later in pairwise(chosen)]
    return median_low(gaps) if gaps else _ALONE_MS
