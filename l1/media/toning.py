"""Tables from a byte to a byte, for each of the three colours, and what they do to pictures."""

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

import numpy as np

from l1.media.light import FULL, from_light, to_light
from l1.media.pictures import Picture, Plane

Point = tuple[Decimal, Decimal]
"""A tone before and after, each 0 to 1."""

_WARMTH = Decimal("0.35")
"""By how much of itself red light grows and blue light falls at a temperature of 1."""


def toned(tables: Sequence[Plane]) -> Callable[[Picture], Picture]:
    """Make the function that sends red, green and blue each through its table."""

    def change(picture: Picture) -> Picture:
        return Picture(
            red=tables[0].take(picture.red),
            green=tables[1].take(picture.green),
            blue=tables[2].take(picture.blue),
            alpha=picture.alpha,
        )

    return change


@lru_cache(maxsize=64)
def inverted(strength: Decimal) -> Plane:
    """Turn tones into their opposites; half strength makes all of them grey."""
    return np.array([_whole(byte + strength * (255 - 2 * byte)) for byte in range(256)], np.uint8)


@lru_cache(maxsize=64)
def stepped(levels: int) -> Plane:
    """Round tones to so many, of which the first is black and the last white."""
    last = levels - 1
    return np.array(
        [(2 * ((byte * last * 2 + 255) // 510) * 255 + last) // (2 * last) for byte in range(256)],
        np.uint8,
    )


@lru_cache(maxsize=64)
def warmed(temperature: Decimal) -> tuple[Plane, Plane, Plane]:
    """Make light warmer (1) or colder (-1): more red light and less blue, or the reverse."""
    return _lit(1 + _WARMTH * temperature), _lit(Decimal(1)), _lit(1 - _WARMTH * temperature)


@lru_cache(maxsize=64)
def curved(points: tuple[Point, ...]) -> Plane:
    """Draw a smooth curve through points in order; before and after them it is level.

    The curve never overshoots: its slopes are those of Fritsch & Butland, "A method for
    constructing local monotone piecewise cubic interpolants", SIAM J. Sci. Stat. Comput. 5, 1984.
    No point at all leaves tones as they are.
    """
    if not points:
        return np.arange(256, dtype=np.uint8)
    at = [(Fraction(x), Fraction(y)) for x, y in points]
    slopes = _slopes(at)
    values = (_on_curve(at, slopes, Fraction(byte, 255)) for byte in range(256))
    return np.array([round(min(max(value, Fraction(0)), Fraction(1)) * 255) for value in values],
                    np.uint8)  # fmt: skip


def _lit(gain: Decimal) -> Plane:
    fixed = _whole(gain * 4096)
    light = np.minimum((to_light().astype(np.int64) * fixed + 2048) >> 12, FULL)
    table: Plane = from_light().take(light)
    return table


def _slopes(at: list[tuple[Fraction, Fraction]]) -> list[Fraction]:
    if len(at) == 1:
        return [Fraction(0)]
    wide = [b[0] - a[0] for a, b in pairwise(at)]
    steep = [(b[1] - a[1]) / w for a, b, w in zip(at, at[1:], wide, strict=False)]
    inner = [
        Fraction(0) if s * t <= 0 else 3 * (v + w) / ((2 * w + v) / s + (w + 2 * v) / t)
        for s, t, v, w in zip(steep, steep[1:], wide, wide[1:], strict=False)
    ]
    return [steep[0], *inner, steep[-1]]


def _on_curve(at: list[tuple[Fraction, Fraction]], slopes: list[Fraction], x: Fraction) -> Fraction:
    if x <= at[0][0]:
        return at[0][1]
    for (a, b), (p, q) in zip(pairwise(at), pairwise(slopes), strict=True):
        if x <= b[0]:
            wide = b[0] - a[0]
            t = (x - a[0]) / wide
            s = 1 - t
            ends = a[1] * s * s * (1 + 2 * t) + b[1] * t * t * (1 + 2 * s)
            return ends + wide * t * s * (p * s - q * t)
    return at[-1][1]


def _whole(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_HALF_EVEN))
