"""Changes tones and colours of pictures, by tables and whole numbers alone.

Tones go through one table for all three colours. Saturation and hue are the matrices of the W3C's
Filter Effects Module (feColorMatrix `saturate` and `hueRotate`) on sRGB as it is stored.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
from numpy.typing import NDArray

from l1.media.pictures import Picture, Plane

Matrix = tuple[tuple[int, int, int], ...]

_BAND = 64
"""Rows that are mixed together, few enough to stay in the processor's cache."""

_BITS = 14
_UNIT = 1 << _BITS
_PI = Decimal("3.141592653589793238462643383")
_LUMA = (Decimal("0.213"), Decimal("0.715"), Decimal("0.072"))
_AROUND = (
    (Decimal("-0.213"), Decimal("-0.715"), Decimal("0.928")),
    (Decimal("0.143"), Decimal("0.140"), Decimal("-0.283")),
    (Decimal("-0.787"), Decimal("0.715"), Decimal("0.072")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """What is changed; the defaults change nothing. `hue` is an angle in degrees."""

    brightness: Decimal = Decimal(0)
    contrast: Decimal = Decimal(1)
    gamma: Decimal = Decimal(1)
    saturation: Decimal = Decimal(1)
    hue: Decimal = Decimal(0)


def grading(grade: Grade) -> Callable[[Picture], Picture]:
    """Make the function that changes one picture: first its tones, then its colours."""
    tones, colours = _tones(grade), _colours(grade)

    def change(picture: Picture) -> Picture:
        if tones is not None:
            picture = _of_colours([tones.take(plane) for plane in _planes(picture)], picture)
        if colours is not None:
            picture = _mixed(picture, colours)
        return picture

    return change


def _planes(picture: Picture) -> tuple[Plane, Plane, Plane]:
    return picture.red, picture.green, picture.blue


def _of_colours(planes: list[Plane], picture: Picture) -> Picture:
    return Picture(red=planes[0], green=planes[1], blue=planes[2], alpha=picture.alpha)


def _tones(grade: Grade) -> Plane | None:
    """Tabulate ((v - 1/2) * contrast + 1/2 + brightness) ^ (1 / gamma), v and result in 0 to 1."""
    if grade.brightness == 0 and grade.contrast == grade.gamma == 1:
        return None
    half = Decimal("0.5")
    values = ((Decimal(byte) / 255 - half) * grade.contrast + half for byte in range(256))
    held = (min(max(value + grade.brightness, Decimal(0)), Decimal(1)) for value in values)
    return np.array([_whole(255 * value ** (1 / grade.gamma)) for value in held], np.uint8)


def _colours(grade: Grade) -> Matrix | None:
    """Give the weights of red, green and blue in each, in parts of `_UNIT`; rows add up to it."""
    if grade.saturation == 1 and grade.hue % 360 == 0:
        return None
    along, across = (grade.saturation * part for part in turn(grade.hue))
    rows = []
    for place, around in enumerate(_AROUND):
        row = [
            _whole(_UNIT * (luma + along * ((place == column) - luma) + across * around[column]))
            for column, luma in enumerate(_LUMA)
        ]
        row[place] += _UNIT - sum(row)
        rows.append((row[0], row[1], row[2]))
    return tuple(rows)


def turn(degrees: Decimal) -> tuple[Decimal, Decimal]:
    """Give cosine and sine by their series, since those of C libraries differ in the last bit."""
    angle = (degrees % 360) * _PI / 180
    parts = [Decimal(0), Decimal(0)]
    term = Decimal(1)
    for power in range(60):
        parts[power % 2] += term if power % 4 < 2 else -term
        term = term * angle / (power + 1)
    return parts[0], parts[1]


def _whole(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_HALF_EVEN))


def _mixed(picture: Picture, colours: Matrix) -> Picture:
    planes = [np.empty_like(picture.red) for _ in colours]
    for top in range(0, picture.height, _BAND):
        rows = slice(top, top + _BAND)
        band = [plane[rows].astype(np.int32) for plane in _planes(picture)]
        for plane, weights in zip(planes, colours, strict=True):
            plane[rows] = _weighted(band, weights)
    return _of_colours(planes, picture)


def _weighted(band: list[NDArray[np.int32]], weights: tuple[int, int, int]) -> NDArray[np.int32]:
    total: NDArray[np.int32] = band[0] * np.int32(weights[0])
    total += band[1] * np.int32(weights[1])
    total += band[2] * np.int32(weights[2])
    total += np.int32(_UNIT // 2)
    total >>= _BITS
    return total.clip(0, 255, out=total)
