"""Which piece of the footage belongs to each interval between beats."""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, gcd

from l1.dag.sync_params import SyncParams
from l1.dag.sync_runs import Piece
from l1.errors import Refused

_GOLDEN = Fraction(382, 1000)
"""The part of a circle by which leaps of equal length spread most evenly."""

_ROOM = Fraction(21, 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Footage:
    """The source, shown at a constant rate.

    `scenes` are the frames with which a new scene begins, in rising order; the first frame of all
    is not among them. `beats_ms` are the beats of its own sound, where they were looked for. Where
    the source is several clips one after the other, `clips` are the frames with which they begin.
    """

    frames: int
    rate: Fraction
    scenes: tuple[int, ...] = ()
    beats_ms: tuple[int, ...] = ()
    clips: tuple[int, ...] = ()


Choose = Callable[[int, int], Piece]
"""Answers the piece for interval number n, which is as long as so many usual ones."""


def chooser(footage: Footage, params: SyncParams, *, usual: Fraction, lead: int) -> Choose:
    """Make the rule by which intervals get their pieces.

    `usual` is the length of a usual interval and `lead` that of what comes before the first, both
    in source frames at their own speed. Raises `Refused` for cuts that the source does not have.
    """
    if footage.clips:
        return _InTurns(footage, params, usual)
    starts = _starts(footage, params)
    if not starts:
        return _automatic(footage, params, usual=usual, lead=lead)
    ends = sorted({*starts, footage.frames})
    turn = order_of("forward" if params.order == "auto" else params.order, len(starts), params.seed)

    def choose(number: int, length: int) -> Piece:
        del length  # a long interval is for `min_speed` and `fill`, since the cuts are given
        start = starts[turn(number)]
        return Piece(start=start, stop=ends[bisect_right(ends, start)])

    return choose


def room_before(footage: Footage, params: SyncParams, first: int) -> Piece | None:
    """Tell what may be seen before the first of the given cuts, `first`: nothing of another one.

    That is what lies before it in the source, or where it is the beginning, what lies at the
    end. None means that there is no such thing: no cuts are given, or they leave no room.
    """
    cuts = [-1, *sorted(_explicit(footage, params))] if params.moments else []
    for stop in (first, footage.frames):
        start = max((cut for cut in cuts if cut < stop), default=stop) + 1
        if start < stop:
            return Piece(start=start, stop=stop)
    return None


def _starts(footage: Footage, params: SyncParams) -> list[int]:
    """List the frames with which pieces begin, in the order of their use; none: automatic."""
    if params.cuts == "beats":
        return _own_beats(footage)
    if params.cuts == "scenes":
        return _own_scenes(footage)
    if params.pieces:
        return _uniform(footage, params.pieces)
    return _explicit(footage, params)


def _own_beats(footage: Footage) -> list[int]:
    frames = {int((2 * ms * footage.rate / 1000 + 1) // 2) for ms in footage.beats_ms}
    inside = sorted(frame for frame in frames if frame < footage.frames)
    if not inside:
        raise Refused(
            "`cuts` is beats, and no beat was found in the video's own sound; give moments in "
            "seconds, or leave `cuts` out",
            code="no_beats",
            field="cuts",
        )
    return inside


def _own_scenes(footage: Footage) -> list[int]:
    if not footage.scenes:
        raise Refused(
            "`cuts` is scenes, and the video is one scene without a cut; give moments in seconds, "
            "or leave `cuts` out",
            code="bad_parameter",
            field="cuts",
        )
    return [0, *footage.scenes]


def _explicit(footage: Footage, params: SyncParams) -> list[int]:
    """Find the frames nearest to the given moments."""
    starts = []
    for cut in params.moments:
        frame = (2 * Fraction(cut) * footage.rate + 1) // 2
        if frame >= footage.frames:
            length = float(footage.frames / footage.rate)
            raise Refused(
                f"`cuts` has {cut} s, and the video ends at {length:.3f} s; give moments inside it",
                code="bad_parameter",
                field="cuts",
            )
        starts.append(int(frame))
    return starts


def _uniform(footage: Footage, pieces: int) -> list[int]:
    if pieces > footage.frames:
        raise Refused(
            f"`pieces` is {pieces}, and the video has {footage.frames} frames; ask for fewer",
            code="bad_parameter",
            field="pieces",
        )
    return [number * footage.frames // pieces for number in range(pieces)]


def _automatic(footage: Footage, params: SyncParams, *, usual: Fraction, lead: int) -> Choose:
    """Divide each scene into equal pieces, as many as usual intervals fit.

    What is shown before the first beat is not used again, unless it is half of the source. An
    interval as long as several usual ones, a break in the music, gets as many pieces in a row.
    """
    first = lead if 2 * lead <= footage.frames else 0
    first = min(first, footage.frames - 1)
    edges = _edges(footage, first, params.scenes, shortest=usual / 2)
    bounds: list[int] = []
    for start, stop in pairwise(edges):
        # A piece that is cut must not end before its interval, which may be a little longer.
        fitting = (stop - start) / (usual * _ROOM + 1 if params.mode == "cut" else usual)
        count = int(fitting) if params.mode == "cut" else round(fitting)
        count = min(max(1, count), stop - start)
        bounds += [start + number * (stop - start) // count for number in range(count)]
    bounds.append(footage.frames)
    count = len(bounds) - 1
    spread = "spread" if params.mode == "cut" else "forward"
    order = spread if params.order == "auto" else params.order
    if order != "forward":
        turn = order_of(order, count, params.seed)
        return lambda number, length: _piece(bounds, turn(number), length)
    return _InARow(bounds)


class _InTurns:
    """Lets clips take turns, each going on from where it was left, or anew where too little is left.

    Called for interval 0, 1, 2 and so on, each once.
    """

    def __init__(self, footage: Footage, params: SyncParams, usual: Fraction) -> None:
        self._at = list(footage.clips)
        self._begins, self._ends = footage.clips, (*footage.clips[1:], footage.frames)
        self._turn = order_of(params.order, len(footage.clips), params.seed)
        self._usual = usual

    def __call__(self, number: int, length: int) -> Piece:
        clip, needed = self._turn(number), ceil(length * self._usual)
        begin, end = self._begins[clip], self._ends[clip]
        start = self._at[clip] if self._at[clip] + needed <= end else begin
        self._at[clip] = min(start + needed, end)
        return Piece(start=start, stop=end)


class _InARow:
    """Gives pieces one after another; called for interval 0, 1, 2 and so on, each once."""

    def __init__(self, bounds: Sequence[int]) -> None:
        self._bounds = bounds
        self._at = 0

    def __call__(self, number: int, length: int) -> Piece:
        del number
        pieces = len(self._bounds) - 1
        at = self._at if self._at + length <= pieces else 0
        self._at = (at + length) % pieces
        return _piece(self._bounds, at, length)


def _piece(bounds: Sequence[int], at: int, length: int) -> Piece:
    """Join `length` pieces from number `at` on, or from earlier when so many do not follow."""
    at = max(0, min(at, len(bounds) - 1 - length))
    return Piece(start=bounds[at], stop=bounds[min(at + length, len(bounds) - 1)])


def _edges(footage: Footage, first: int, scenes: bool, *, shortest: Fraction) -> list[int]:
    """List where scenes begin and the end of all; scenes too short for a beat join the one before."""
    edges, least = [first], max(Fraction(1), shortest)
    for scene in footage.scenes if scenes else ():
        if scene - edges[-1] >= least and footage.frames - scene >= least:
            edges.append(scene)
    return [*edges, footage.frames]


def order_of(order: str, count: int, seed: int) -> Callable[[int], int]:
    """Answer which of `count` pieces is the n-th."""
    if order in {"auto", "forward"} or count <= 2:
        return lambda number: number % count
    if order == "spread":
        wanted = int(count * _GOLDEN)
        stride = min((abs(n - wanted), n) for n in range(2, count) if gcd(n, count) == 1)[1]
        return lambda number: number * stride % count
    rounds: dict[int, list[int]] = {}

    def turn(number: int) -> int:
        return _shuffled(rounds, number // count, count, seed)[number % count]

    return turn


def _shuffled(rounds: dict[int, list[int]], turn: int, count: int, seed: int) -> list[int]:
    """Shuffle anew in each round, by a hash, which is the same everywhere and for ever."""
    if turn not in rounds:
        rounds.clear()
        rounds[turn] = sorted(
            range(count), key=lambda n: hashlib.sha256(f"{seed} {turn} {n}".encode()).digest()
        )
    return rounds[turn]
