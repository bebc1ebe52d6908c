"""Blend modes as tables of 256 x 256 bytes, made in whole numbers.

Formulas are those of W3C "Compositing and Blending Level 1" where it has the mode; `add`,
`subtract` and `average` are plain sums, differences and means. Each result is the exact value
rounded to the nearest byte.
"""

from collections.abc import Callable, Mapping
from functools import cache
from math import isqrt
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from l1.media.compositing import FULL, mix
from l1.media.pictures import Picture, Plane

Table = NDArray[np.uint8]
"""Bytes by base * 256 + top."""

Levels = NDArray[np.int64]

_BAND = 32


def blended(base: Picture, top: Picture, mode: str, opacity: int) -> Picture:
    """Blend `top` onto `base`, both of one size, with an opacity of 0 to 255.

    Where `top` is transparent the base stays as it is, and the base keeps its own alpha.
    """
    table = table_of(mode, opacity)
    cover = top.alpha

    def onto(under: Plane, over: Plane) -> Plane:
        mixed = _looked_up(table, under, over)
        return mixed if cover is None else mix(under, mixed, cover)

    return Picture(
        red=onto(base.red, top.red),
        green=onto(base.green, top.green),
        blue=onto(base.blue, top.blue),
        alpha=base.alpha,
    )


@cache
def table_of(mode: str, opacity: int) -> Table:
    """Make the table of a mode, mixed with the base by an opacity of 0 to 255."""
    base, top = np.indices((256, 256), np.int64)
    blend = MODES[mode](base, top)
    table = _divided(base * (FULL - opacity) + blend * opacity, FULL).astype(np.uint8).ravel()
    table.flags.writeable = False
    return table


def _looked_up(table: Table, under: Plane, over: Plane) -> Plane:
    """Look up band after band, few rows enough that all steps stay in the processor's cache."""
    made = np.empty(under.shape, np.uint8)
    for start in range(0, under.shape[0], _BAND):
        rows = slice(start, start + _BAND)
        both = under[rows].astype(np.intp)
        both <<= 8
        both |= over[rows]
        # `clip` never comes into play; it spares NumPy a buffered check of the indices.
        table.take(both, out=made[rows], mode="clip")
    return made


def _divided(number: Levels, by: Levels | int) -> Levels:
    """Divide and round to the nearest, halves up."""
    whole: Levels = (2 * number + by) // (2 * np.asarray(by, np.int64))
    return whole


def _normal(_base: Levels, top: Levels) -> Levels:
    return top


def _multiply(base: Levels, top: Levels) -> Levels:
    return _divided(base * top, FULL)


def _screen(base: Levels, top: Levels) -> Levels:
    return FULL - _divided((FULL - base) * (FULL - top), FULL)


def _hard_light(base: Levels, top: Levels) -> Levels:
    dark = _divided(2 * base * top, FULL)
    light = FULL - _divided(2 * (FULL - base) * (FULL - top), FULL)
    return np.where(2 * top <= FULL, dark, light)


def _overlay(base: Levels, top: Levels) -> Levels:
    return _hard_light(top, base)


def _soft_light(base: Levels, top: Levels) -> Levels:
    """Darken by a parabola, lighten towards a root; counted in parts of 255 to the fourth."""
    whole = FULL**4
    levels = range(256)
    below = [(16 * a**3 * FULL - 12 * a**2 * FULL**2 + 4 * a * FULL**3) for a in levels]
    above = [isqrt(a * FULL**7) for a in levels]
    root = np.array([below[a] if 4 * a <= FULL else above[a] for a in levels], np.int64)
    dark = base * FULL**3 - (FULL - 2 * top) * base * (FULL - base) * FULL
    light = base * FULL**3 + (2 * top - FULL) * (root[base] - base * FULL**3) // FULL
    return _divided(np.where(2 * top <= FULL, dark, light).clip(0, whole), FULL**3)


def _exclusion(base: Levels, top: Levels) -> Levels:
    return _divided((base + top) * FULL - 2 * base * top, FULL)


def _dodge(base: Levels, top: Levels) -> Levels:
    light = np.minimum(_divided(base * FULL, np.maximum(FULL - top, 1)), FULL)
    return np.where(base == 0, 0, np.where(top == FULL, FULL, light))


def _burn(base: Levels, top: Levels) -> Levels:
    return FULL - _dodge(FULL - base, FULL - top)


MODES: Mapping[str, Callable[[Levels, Levels], Levels]] = MappingProxyType(
    {
        "normal": _normal,
        "multiply": _multiply,
        "screen": _screen,
        "overlay": _overlay,
        "add": lambda base, top: np.minimum(base + top, FULL),
        "subtract": lambda base, top: np.maximum(base - top, 0),
        "average": lambda base, top: (base + top + 1) // 2,
        "difference": lambda base, top: np.abs(base - top),
        "lighten": np.maximum,
        "darken": np.minimum,
        "hard_light": _hard_light,
        "soft_light": _soft_light,
        "exclusion": _exclusion,
        "dodge": _dodge,
        "burn": _burn,
    }
)
"""What each mode makes of a base byte and a top byte."""
