"""From what was heard, and parameters, to a curve. Pure: the same gives the same points anywhere."""

import hashlib
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from math import ceil

from l1.content.curve import ONE, Curve, Hit
from l1.content.features import Features
from l1.dag.bind_params import BindParams
from l1.dag.curve_shapes import bent, wave
from l1.dag.signals import Signal, signal_of
from l1.errors import Refused

_TREMBLES = 10
"""How often a second a trembling turns elsewhere."""

_POINTS = 240
_FEWEST = 24
_LONG_S = 60


def curve_of(heard: Features | Curve | None, params: BindParams) -> Curve:
    """Make the curve that `params` describe of an analysis, of another curve, or of nothing.

    Raises `Refused` when the analysis lacks what the feature needs.
    """
    if not params.listens:
        return _written(_turning(params), params)
    if heard is None:
        raise Refused("BIND needs something to follow; name a sound", code="bad_inputs")
    signal = _followed(heard, params) if isinstance(heard, Curve) else signal_of(heard, params)
    if signal.repeats and (params.attack or params.release or params.smooth):
        raise Refused("a curve that repeats has no `attack`, `release` or `smooth`")
    return _written(signal, params)


def _turning(params: BindParams) -> Signal:
    """Make a wave that repeats; with noise it is long, so that the noise does not come again soon."""
    period = Fraction(params.period or 1)
    points = min(_POINTS, max(_FEWEST, ceil(period * 100)))
    turns = ceil(_LONG_S / period) if params.noise else 1
    shift = Fraction(params.offset) / period * points
    whole = points * shift.denominator
    return Signal(
        rate=points / period,
        values=[
            wave(point * shift.denominator - shift.numerator, whole, params.shape)
            for point in range(points * turns)
        ],
        repeats=True,
    )


def _followed(curve: Curve, params: BindParams) -> Signal:
    """Bring another curve from 0 to `ONE`, later by the offset."""
    if params.feature != "energy":
        raise Refused(
            f"a curve has no `{params.feature}`; leave `feature` out, or name a sound",
            code="bad_parameter",
            field="feature",
        )
    low, wide = curve.low, curve.high - curve.low
    offset = Fraction(params.offset)
    moved = (curve.millionths_at(k / curve.rate - offset) for k in range(len(curve.values)))
    hits = ((hit.at_ms + round(1000 * offset), hit.value) for hit in curve.hits)
    return Signal(
        rate=curve.rate,
        values=[_part(value - low, wide) for value in moved],
        hits=[(at, _part(value - low, wide)) for at, value in hits if at >= 0],
        repeats=curve.repeats,
    )


def _part(value: int, wide: int) -> int:
    return value * ONE // wide if wide else 0


def _written(signal: Signal, params: BindParams) -> Curve:
    """Shape a signal, and bring it into the range."""
    values, hits = signal.values, signal.hits
    if params.attack or params.release:
        values = _slowed(values, signal.rate, Fraction(params.attack), Fraction(params.release))
    if params.smooth:
        values = _averaged(values, round(Fraction(params.smooth) * signal.rate / 2))
    if params.attack or params.smooth:
        hits = ()
    values = [bent(value, params.curve) for value in values]
    if params.noise:
        values = _trembling(values, signal.rate, params)
    low, high = (int(value * ONE) for value in params.range)
    return Curve(
        rate_num=signal.rate.numerator,
        rate_den=signal.rate.denominator,
        low=low,
        high=high,
        values=tuple(low + (high - low) * value // ONE for value in values),
        hits=tuple(
            Hit(at_ms=at, value=low + (high - low) * bent(value, params.curve) // ONE)
            for at, value in hits
        ),
        repeats=signal.repeats,
    )


def _slowed(
    values: Sequence[int], rate: Fraction, attack: Fraction, release: Fraction
) -> list[int]:
    """Follow, rising and falling no faster than over all in the given seconds."""
    up, down = (max(1, int(ONE / (time * rate))) if time else ONE for time in (attack, release))

    def step(now: int, wanted: int) -> int:
        return max(min(wanted, now + up), now - down)

    return list(accumulate(values, step))


def _averaged(values: Sequence[int], half: int) -> list[int]:
    """Average each point with `half` points on either side; beyond the ends nothing changes."""
    wide = 2 * half + 1
    around = [values[0]] * half + list(values) + [values[-1]] * half
    sums = list(accumulate(around, initial=0))
    return [(sums[k + wide] - sums[k]) // wide for k in range(len(values))]


def _trembling(values: Sequence[int], rate: Fraction, params: BindParams) -> list[int]:
    """Add what wanders between random heights, and keep to the range."""
    strength = int(params.noise * ONE)
    turns = max(1, ceil(len(values) / rate * _TREMBLES))
    heights = [_thrown(params.seed, turn) for turn in range(turns)]
    made = []
    for point, value in enumerate(values):
        place = point * turns
        turn, rest = divmod(place, len(values))
        start, end = heights[turn], heights[(turn + 1) % turns]
        height = start + (end - start) * rest // len(values)
        made.append(max(0, min(ONE, value + height * strength // ONE)))
    return made


def _thrown(seed: int, turn: int) -> int:
    """Throw a number from -`ONE` to `ONE` by a hash, which is the same everywhere and for ever."""
    words = hashlib.sha256(f"{seed} {turn}".encode()).digest()
    return int.from_bytes(words[:8], "big") * 2 * ONE // (2**64 - 1) - ONE
