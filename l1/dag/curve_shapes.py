"""Shapes of curves, from millionths to millionths: whole numbers, the same on every machine."""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache
from math import isqrt

from l1.content.curve import ONE

_TURN = 1024
_FINE = 1000
_STEEP = Decimal(32)
_EXACT = Context(prec=40)
_PI = Decimal("3.14159265358979323846264338327950288419717")


def bent(value: int, curve: str) -> int:
    """Bend a value from 0 to `ONE`, keeping both ends and the order."""
    match curve:
        case "ease":
            return value * value * (3 * ONE - 2 * value) // (ONE * ONE)
        case "square":
            return value * value // ONE
        case "root":
            return isqrt(value * ONE)
        case "exp" | "log":
            return _between(_table(curve), value * _FINE, ONE)
        case _:
            return value


def wave(place: int, whole: int, shape: str) -> int:
    """Answer where a wave is, `place` of `whole` into its turn."""
    part = place % whole
    match shape:
        case "sine":
            return _between(_cosines(), part * _TURN, whole)
        case "triangle":
            return abs(whole - 2 * part) * ONE // whole
        case "saw":
            return ONE - part * ONE // whole
        case "ramp":
            return part * ONE // whole
        case _:
            return ONE if 2 * part < whole else 0


def _between(table: tuple[int, ...], place: int, whole: int) -> int:
    point, rest = divmod(place, whole)
    if not rest:
        return table[point]
    return table[point] + (table[point + 1] - table[point]) * rest // whole


@cache
def _table(curve: str) -> tuple[int, ...]:
    """Write 32**x from 1 to 32, or its inverse, over 0 to 1."""
    steep = _EXACT.ln(_STEEP)

    def value(part: Decimal) -> Decimal:
        if curve == "exp":
            return (_EXACT.exp(part * steep) - 1) / (_STEEP - 1)
        return _EXACT.ln(1 + part * (_STEEP - 1)) / steep

    return tuple(_millionths(value(Decimal(point) / _FINE)) for point in range(_FINE + 1))


@cache
def _cosines() -> tuple[int, ...]:
    """Write a turn of a cosine, from 1 to 0 and back."""
    return tuple(
        _millionths((1 + _cosine(2 * _PI * point / _TURN)) / 2) for point in range(_TURN + 1)
    )


def _cosine(angle: Decimal) -> Decimal:
    """Sum the series, to far more digits than are used."""
    total = term = Decimal(1)
    for power in range(2, 60, 2):
        term = _EXACT.divide(_EXACT.multiply(term, -angle * angle), Decimal(power * (power - 1)))
        total = _EXACT.add(total, term)
    return total


def _millionths(value: Decimal) -> int:
    return int((value * ONE).to_integral_value(ROUND_HALF_EVEN))
