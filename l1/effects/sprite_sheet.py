"""SPRITE_SHEET: pictures of a video in a grid, as one PNG, for a preview while seeking.

Each picture stands for `interval` seconds and is the one in their middle; the last stands for what
is left. Rows are filled from the upper left; what is left of the last row is transparent.
SPRITE_VTT, given the same parameters, writes which part of the sheet belongs to which time.
"""

from fractions import Fraction

import numpy as np

from l1.dag.node import Node
from l1.effects.effect import Effect, Job
from l1.media.pictures import Picture
from l1.media.reel import open_reel
from l1.media.resizing import Resizer, lay_out
from l1.media.sprites import Grid, SpriteParams, grid_of
from l1.media.stills import png


def _render(job: Job) -> None:
    source = job.sources[0]
    grid = grid_of(source.path, source.info, job.params)
    width, height = grid.size
    sheet = np.zeros((4, height, width), np.uint8)
    with open_reel(source.path) as reel:
        for number, (begin, end) in enumerate(grid.spans()):
            picture = _small(reel.at(int((begin + end) / 2 * reel.rate)), reel.aspect, grid)
            left, top = grid.place(number)
            cell = np.s_[top : top + grid.cell[1], left : left + grid.cell[0]]
            for plane, part in zip(sheet, (picture.red, picture.green, picture.blue), strict=False):
                plane[cell] = part
            sheet[3][cell] = 255
            job.progress(number + 1, grid.count)
    red, green, blue, alpha = sheet
    cover = None if alpha.all() else alpha
    job.output.write_bytes(png(Picture(red=red, green=green, blue=blue, alpha=cover)))


def _small(picture: Picture, aspect: Fraction, grid: Grid) -> Picture:
    size, (width, height) = (picture.width, picture.height), grid.cell
    return Resizer(lay_out(size, aspect, width=width, height=height, mode="stretch"))(picture)


SPRITE_SHEET = Effect(
    node=Node(
        name="sprite_sheet",
        version=1,
        summary="Lays pictures of a video into a grid, for a preview while seeking",
        params=SpriteParams,
        accepts=(frozenset({"video"}),),
        gives="image",
    ),
    render=_render,
)
