"""Looks at part of a picture through a frame that may lie between pixels.

Each pixel of the frame is the mean of what it covers, at least one pixel of the picture wide, so
that a slow movement neither jumps nor flickers: enlarged this is linear interpolation, made
smaller it is exact averaging. Places are whole numbers of 1/256 pixel.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from l1.media.pictures import Picture, Plane
from l1.media.resizing import Size

Easing = Literal["linear", "in", "out", "in_out"]

_UNIT = 256
_FINE = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A part of a picture, in its pixels."""

    left: Fraction
    top: Fraction
    width: Fraction
    height: Fraction

    def towards(self, other: "Box", share: Fraction) -> "Box":
        """Give the box that is `share` (0 to 1) of the way to another."""

        def between(one: Fraction, two: Fraction) -> Fraction:
            return one + (two - one) * share

        return Box(
            left=between(self.left, other.left),
            top=between(self.top, other.top),
            width=between(self.width, other.width),
            height=between(self.height, other.height),
        )


def box_about(size: Size, shape: Fraction, wanted: Box) -> Box:
    """Give the smallest box of `shape` (width over height) about `wanted`, inside the picture.

    What is too large for the picture becomes as large as it can be, and what is at its edge is
    moved inwards.
    """
    width = max(wanted.width, wanted.height * shape)
    width = min(width, Fraction(size[0]), size[1] * shape)
    height = width / shape
    return Box(
        left=_inside(wanted.left + (wanted.width - width) / 2, size[0] - width),
        top=_inside(wanted.top + (wanted.height - height) / 2, size[1] - height),
        width=width,
        height=height,
    )


def zoomed(size: Size, shape: Fraction, *, zoom: Fraction, x: Fraction, y: Fraction) -> Box:
    """Give the largest box of `shape`, made smaller `zoom` times, about a point (0 to 1 each)."""
    width = min(Fraction(size[0]), size[1] * shape) / zoom
    height = width / shape
    wanted = Box(
        left=x * size[0] - width / 2, top=y * size[1] - height / 2, width=width, height=height
    )
    return box_about(size, shape, wanted)


def eased(share: Fraction, easing: Easing) -> Fraction:
    """Turn a share of the time into a share of the way: slow at the ends that `easing` names."""
    match easing:
        case "in":
            return share * share
        case "out":
            return share * (2 - share)
        case "in_out":
            return share * share * (3 - 2 * share)
        case _:
            return share


def seen(picture: Picture, box: Box, size: Size) -> Picture:
    """Show what is in `box` in a frame of `size`. The picture covers fully."""
    rows = _places(box.top, box.height, size[1], picture.height)
    columns = _places(box.left, box.width, size[0], picture.width)

    def change(plane: Plane) -> Plane:
        lines = _means(plane[:, columns.reach], rows, gain=_UNIT)
        turned = _means(np.ascontiguousarray(lines.T), columns.moved, gain=1)
        return np.ascontiguousarray(((turned + np.uint16(128)) >> np.uint16(8)).T).astype(np.uint8)

    return picture.each(change)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    """Where each pixel of the frame begins on one axis, and how much each covers, in 1/256."""

    starts: NDArray[np.int64]
    span: int
    length: int

    @property
    def reach(self) -> slice:
        """Name the pixels that are looked at."""
        last = (int(self.starts[-1]) + self.span) // _UNIT + 1
        return slice(int(self.starts[0]) // _UNIT, min(last, self.length))

    @property
    def moved(self) -> "_Places":
        """Count from the first pixel that is looked at."""
        reach = self.reach
        return _Places(
            starts=self.starts - reach.start * _UNIT,
            span=self.span,
            length=reach.stop - reach.start,
        )


def _places(begin: Fraction, across: Fraction, count: int, length: int) -> _Places:
    first, wide = int(begin * _FINE), int(across * _FINE)
    span = min(max(wide // count * _UNIT // _FINE, _UNIT), length * _UNIT)
    middles = (2 * count * first + (2 * np.arange(count) + 1) * wide) // (2 * count)
    starts = middles * _UNIT // _FINE - span // 2
    return _Places(starts=starts.clip(0, length * _UNIT - span), span=span, length=length)


def _means(plane: NDArray[Any], places: _Places, *, gain: int) -> NDArray[np.uint16]:
    """Average along the first axis, `gain` times; sums may wrap around, but not their difference."""
    whole: Any = np.uint32 if places.span < _FINE else np.uint64
    plane, places = plane[places.reach], places.moved
    first, part = places.starts // _UNIT, (places.starts % _UNIT).astype(whole)[:, None]
    ends = places.starts + places.span
    last, rest = ends // _UNIT, (ends % _UNIT).astype(whole)[:, None]
    sums = np.zeros((plane.shape[0] + 1, plane.shape[1]), whole)
    np.cumsum(plane, axis=0, dtype=whole, out=sums[1:])
    total = (sums[last] - sums[first]) * whole(_UNIT)
    total += plane[np.minimum(last, places.length - 1)] * rest
    total -= plane[first] * part
    means: NDArray[np.uint16] = (
        (total * whole(gain) + whole(places.span // 2)) // whole(places.span)
    ).astype(np.uint16)
    return means


def _inside(place: Fraction, most: Fraction) -> Fraction:
    return min(max(place, Fraction(0)), most)
