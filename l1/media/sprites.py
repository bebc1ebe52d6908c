"""Pictures of a video in a grid: how they are spread in time, and where each lies."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Annotated

import msgspec

from l1.content.media_info import MediaInfo
from l1.dag.node import Params, fraction
from l1.errors import Refused
from l1.media.decoding import open_clip
from l1.media.lengths import length_of
from l1.media.limits import MAX_PIXELS
from l1.media.resizing import Size, lay_out

MOST_SIDE = 16_384
"""Pixels that viewers take in one direction."""


class SpriteParams(Params, frozen=True, kw_only=True):
    """How many pictures there are, and how they lie."""

    interval: Annotated[
        Decimal, fraction("Seconds that one picture stands for", ge="0.1", le="3600")
    ] = Decimal(5)
    columns: Annotated[int, msgspec.Meta(ge=1, le=100, description="Pictures in each row")] = 10
    width: Annotated[
        int, msgspec.Meta(ge=16, le=1920, description="Pixels across each picture")
    ] = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Where the pictures of a sheet lie. Number k stands for the seconds from k * `interval` on."""

    count: int
    columns: int
    cell: Size
    interval: Fraction
    length: Fraction

    @property
    def size(self) -> Size:
        """Give width and height of the whole sheet, in pixels."""
        rows = -(-self.count // self.columns)
        return min(self.count, self.columns) * self.cell[0], rows * self.cell[1]

    def place(self, number: int) -> Size:
        """Tell where a picture's upper left corner lies."""
        row, column = divmod(number, self.columns)
        return column * self.cell[0], row * self.cell[1]

    def spans(self) -> Iterator[tuple[Fraction, Fraction]]:
        """Give the seconds that each picture stands for; the last ends with the video."""
        for number in range(self.count):
            begin = number * self.interval
            yield begin, min(begin + self.interval, self.length)


def grid_of(path: Path, info: MediaInfo, params: SpriteParams) -> Grid:
    """Lay out the sheet of a video. Raises `Refused` when it would be too large."""
    with open_clip(path) as clip:
        size, aspect = (clip.width, clip.height), clip.aspect
    layout = lay_out(size, aspect, width=params.width, height=None, mode="fit")
    interval, length = Fraction(params.interval), length_of(info)
    grid = Grid(
        count=max(1, ceil(length / interval)),
        columns=params.columns,
        cell=layout.canvas,
        interval=interval,
        length=length,
    )
    across, down = grid.size
    if max(across, down) > MOST_SIDE or across * down > MAX_PIXELS:
        raise Refused(
            f"A sheet of {grid.count} pictures would be {across}x{down} pixels, more than viewers "
            "take; ask for a longer `interval`, other `columns` or a smaller `width`"
        )
    return grid
