"""Draws smooth shapes on a picture by their distance functions.

Only additions, products, quotients and square roots are used, which every IEEE processor rounds
alike; so a drawing has the same bytes everywhere.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l1.media.pictures import Picture

Point = tuple[float, float]
Colour = tuple[int, int, int]
Distance = NDArray[np.floating[Any]]
"""Pixels from the edge of a shape, negative inside, for each pixel."""

_FAR = 1e6


class Canvas:
    """A square picture being painted, shape over shape, from one top colour to one bottom colour."""

    def __init__(self, size: int, *, top: Colour, bottom: Colour) -> None:
        self.y, self.x = np.mgrid[0:size, 0:size].astype(np.float64) + 0.5
        down = (self.y / size)[..., None]
        self._colours = np.array(top, np.float64) * (1 - down) + np.array(bottom, np.float64) * down

    def paint(self, shape: Distance, colour: Colour, *, opacity: float = 1.0) -> None:
        """Cover the inside of `shape`, its edge smoothed over one pixel."""
        rows, columns = (_span((shape < 0.5).any(axis=axis)) for axis in (1, 0))
        cover = (np.clip(0.5 - shape[rows, columns], 0.0, 1.0) * opacity)[..., None]
        below = self._colours[rows, columns]
        self._colours[rows, columns] = below * (1 - cover) + np.array(colour, np.float64) * cover

    def ellipse(self, centre: Point, radii: Point, *, lean: float = 0.0) -> Distance:
        """An ellipse; `lean` shifts each row sideways by that share of its height."""
        dy = self.y - centre[1]
        dx = self.x - centre[0] - lean * dy
        near = np.sqrt((dx / radii[0]) ** 2 + (dy / radii[1]) ** 2)
        steep = np.sqrt((dx / radii[0] ** 2) ** 2 + (dy / radii[1] ** 2) ** 2)
        distance: Distance = near * (near - 1) / np.maximum(steep, 1e-9)
        return distance

    def triangle(self, corners: tuple[Point, Point, Point], *, rounding: float) -> Distance:
        """A triangle, corners given clockwise, that grows by `rounding` with round corners."""
        edges = list(zip(corners, (*corners[1:], corners[0]), strict=True))
        outside = np.minimum.reduce([self._to_segment(a, b) for a, b in edges])
        inside = np.logical_and.reduce(
            [
                (b[0] - a[0]) * (self.y - a[1]) - (b[1] - a[1]) * (self.x - a[0]) >= 0
                for a, b in edges
            ]
        )
        distance: Distance = np.where(inside, -outside, outside) - rounding
        return distance

    def stroke(self, bend: tuple[Point, Point, Point], *, widths: Point) -> Distance:
        """A quadratic Bezier curve whose half width goes from the first to the second width."""
        steps = 24
        points = [_on_curve(bend, step / steps) for step in range(steps + 1)]
        nearest: Distance = np.full_like(self.x, _FAR)
        window = self._window(points, max(widths) + 2)
        for step, (a, b) in enumerate(pairwise(points)):
            width = widths[0] + (widths[1] - widths[0]) * (step + 0.5) / steps
            near = self._to_segment(a, b, window) - width
            np.minimum(nearest[window], near, out=nearest[window])
        return nearest

    def picture(self) -> Picture:
        """Finish the drawing."""
        red, green, blue = np.moveaxis(np.floor(self._colours + 0.5).astype(np.uint8), 2, 0)
        return Picture(red=red, green=green, blue=blue)

    def _window(self, points: Sequence[Point], margin: float) -> tuple[slice, slice]:
        """Bound the pixels that lie within `margin` of some points."""
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return (
            slice(max(0, int(min(ys) - margin)), max(0, int(max(ys) + margin) + 1)),
            slice(max(0, int(min(xs) - margin)), max(0, int(max(xs) + margin) + 1)),
        )

    def _to_segment(
        self, a: Point, b: Point, window: tuple[slice, slice] = (slice(None), slice(None))
    ) -> Distance:
        px, py, dx, dy = self.x[window] - a[0], self.y[window] - a[1], b[0] - a[0], b[1] - a[1]
        along = np.clip((px * dx + py * dy) / max(dx * dx + dy * dy, 1e-9), 0.0, 1.0)
        distance: Distance = np.sqrt((px - along * dx) ** 2 + (py - along * dy) ** 2)
        return distance


def inside(*shapes: Distance) -> Distance:
    """The part that all shapes share."""
    shared: Distance = np.maximum.reduce(shapes)
    return shared


def _span(hit: Any) -> slice:
    """Bound the places that are hit."""
    places = hit.nonzero()[0]
    return slice(int(places[0]), int(places[-1]) + 1) if places.size else slice(0, 0)


def _on_curve(bend: tuple[Point, Point, Point], t: float) -> Point:
    (ax, ay), (bx, by), (cx, cy) = bend
    s = 1 - t
    return (
        s * s * ax + 2 * s * t * bx + t * t * cx,
        s * s * ay + 2 * s * t * by + t * t * cy,
    )
