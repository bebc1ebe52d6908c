"""How one piece of footage fills the frames from a beat to the next."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from l1.content.schedule import Run
from l1.dag.sync_params import SyncParams

_FINEST = 10**6
"""The largest denominator of a speed, which keeps all numbers of a run within JSON's integers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Source frames from `start` up to, not including, `stop`; at least one."""

    start: int
    stop: int


def stretched(
    piece: Piece, frames: int, native: Fraction, params: SyncParams, source_frames: int
) -> Iterator[Run]:
    """Spread a piece over `frames` output frames: src(k) = start + k * length // frames.

    `native` is the number of source frames for an output frame at the source's own speed. A
    piece that would be slower than `min_speed` plays at it and is filled, one that would be
    faster than `max_speed` plays at it and is cut off.
    """
    length = piece.stop - piece.start
    speed = Fraction(length, frames) / native
    if speed < Fraction(params.min_speed):
        step = native * Fraction(params.min_speed)
        yield from cut(piece, frames, step, params, source_frames)
    elif speed > Fraction(params.max_speed):
        yield _run(frames, piece.start, _plain(native * Fraction(params.max_speed)))
    else:
        yield Run(frames=frames, source=piece.start, num=length, den=frames)


def cut(
    piece: Piece, frames: int, step: Fraction, params: SyncParams, source_frames: int
) -> Iterator[Run]:
    """Play a piece at `step` source frames for an output frame, cut off or filled at the end."""
    step = _plain(step)
    played = _reach(piece.start, piece.stop, frames, step)
    yield _run(played, piece.start, step)
    rest = frames - played
    if rest and params.fill == "hold":
        yield Run(frames=rest, source=piece.stop - 1, num=0, den=1)
    elif rest and params.fill == "loop":
        yield from _again(piece, rest, step)
    elif rest:
        yield from playing_on(piece.stop % source_frames, rest, step, source_frames)


def arriving(
    room: Piece, frames: int, step: Fraction, params: SyncParams, source_frames: int
) -> Iterator[Run]:
    """Play so that `room.stop` would be shown next, filled at the beginning where room is short."""
    step = _plain(step)
    fitting = int((room.stop - room.start) / step)
    rest = frames - fitting
    if rest <= 0 or params.fill == "next":
        start = (room.stop - _span(frames, step)) % source_frames
        yield from playing_on(start, frames, step, source_frames)
        return
    if not fitting:
        yield Run(frames=frames, source=room.stop - 1, num=0, den=1)
        return
    whole = _run(fitting, room.stop - _span(fitting, step), step)
    if params.fill == "hold":
        yield Run(frames=rest, source=room.start, num=0, den=1)
    else:
        if part := rest % fitting:
            yield _run(part, room.stop - _span(part, step), step)
        yield from [whole] * (rest // fitting)
    yield whole


def playing_on(start: int, frames: int, step: Fraction, source_frames: int) -> Iterator[Run]:
    """Play from `start`, and the whole source again and again when it ends."""
    step = _plain(step)
    played = _reach(start, source_frames, frames, step)
    yield _run(played, start, step)
    if frames > played:
        yield from _again(Piece(start=0, stop=source_frames), frames - played, step)


def _again(piece: Piece, frames: int, step: Fraction) -> Iterator[Run]:
    if piece.stop - piece.start == 1:
        yield Run(frames=frames, source=piece.start, num=0, den=1)
        return
    whole = _reach(piece.start, piece.stop, frames, step)
    for done in range(0, frames, whole):
        yield _run(min(whole, frames - done), piece.start, step)


def _reach(start: int, stop: int, frames: int, step: Fraction) -> int:
    """Count the output frames, `frames` at most, that show source frames before `stop`."""
    length = stop - start
    return min(frames, -(-length * step.denominator // step.numerator))


def _plain(step: Fraction) -> Fraction:
    return max(step.limit_denominator(_FINEST), Fraction(1, _FINEST))


def _span(frames: int, step: Fraction) -> int:
    """Count the source frames that so many output frames take, rounded up."""
    return -(-frames * step.numerator // step.denominator)


def _run(frames: int, source: int, step: Fraction) -> Run:
    return Run(frames=frames, source=source, num=step.numerator, den=step.denominator)
