"""Linear light in whole numbers: sRGB bytes to 12-bit intensities and back, and a softening blur.

Everything here is integer arithmetic, so that every machine gives the same bytes.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l1.media.pictures import Plane

Light = NDArray[np.unsignedinteger[Any]]
"""Intensities of one plane, 16 bits wide, or 32 where they are weighted."""

FULL = 4095
"""Intensity of white. 12 bits keep all 256 sRGB bytes apart."""


@cache
def to_light() -> NDArray[np.int32]:
    """Table from an sRGB byte to its intensity, 0 to `FULL` (IEC 61966-2-1)."""
    table = np.array([round(FULL * _linear(Decimal(byte) / 255)) for byte in range(256)], np.int32)
    table.flags.writeable = False
    return table


@cache
def from_light() -> NDArray[np.uint8]:
    """Table from an intensity to the sRGB byte whose own intensity is nearest."""
    steps = to_light()
    between = (steps[1:] + steps[:-1] + 1) // 2
    table = np.searchsorted(between, np.arange(FULL + 1), side="right").astype(np.uint8)
    table.flags.writeable = False
    return table


def _linear(value: Decimal) -> Decimal:
    """Undo the sRGB curve; decimal arithmetic, since `pow` differs between C libraries."""
    if value <= Decimal("0.04045"):
        return value / Decimal("12.92")
    return ((value + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4")


def soften(light: Light, *, radius: int) -> Light:
    """Blur by two box means along each axis, each 2 * `radius` + 1 wide.

    Two boxes make a triangle, close to a lens out of focus. The edge repeats outwards; a radius
    of 0 changes nothing. Any integers whose window sums fit 32 bits may be given.
    """
    if radius <= 0:
        return light
    width = 2 * radius + 1
    for axis in (0, 1):
        light = _box(_box(_extended(light, 2 * radius, axis), width, axis), width, axis)
    return light


def soften_seen(lights: Sequence[Light], alpha: Plane | None, *, radius: int) -> list[Light]:
    """Blur what is visible: a transparent pixel's hidden colour must not bleed into others.

    The intensities have 16 bits and at most `FULL`.
    """
    if alpha is None or not radius:
        return [soften(light, radius=radius) for light in lights]
    cover = alpha.astype(np.uint32)
    weight = np.maximum(soften(cover * np.uint32(16), radius=radius), 1)
    return [
        np.minimum(soften(light * cover, radius=radius) * np.uint32(16) // weight, FULL).astype(
            np.uint16
        )
        for light in lights
    ]


def _extended(light: Light, by: int, axis: int) -> Light:
    rows = light if axis == 0 else light.T
    wide = np.empty_like(light, shape=_grown(light.shape, 2 * by, axis))
    into = wide if axis == 0 else wide.T
    into[by : by + rows.shape[0]] = rows
    into[:by], into[by + rows.shape[0] :] = rows[0], rows[-1]
    return wide


def _grown(shape: tuple[int, ...], by: int, axis: int) -> tuple[int, int]:
    return (shape[0] + by, shape[1]) if axis == 0 else (shape[0], shape[1] + by)


def _box(light: Light, width: int, axis: int) -> Light:
    """Average each window of `width`; the sum of a window is made of sums of powers of two."""
    fits = light.dtype == np.uint32 or width * FULL + width // 2 < 2**16
    power = light if fits else light.astype(np.uint32)
    size, at, total = light.shape[axis] - width + 1, 0, None
    for bit in range(width.bit_length()):
        step = 1 << bit
        if width & step:
            part = _slice(power, at, size, axis)
            total = part if total is None else total + part
            at += step
        if width >> (bit + 1):
            power = _slice(power, 0, -step, axis) + _slice(power, step, None, axis)
    assert total is not None
    mean = (total + total.dtype.type(width // 2)) // total.dtype.type(width)
    return mean.astype(light.dtype, copy=False)


def _slice(light: Light, start: int, length: int | None, axis: int) -> Light:
    stop = length if length is None or length < 0 else start + length
    return light[start:stop] if axis == 0 else light[:, start:stop]
