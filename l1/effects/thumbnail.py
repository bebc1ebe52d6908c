"""THUMBNAIL: one picture of a video, as a PNG.

`at` names the second whose picture is taken; one after the end gives the last. Without it the
picture is chosen: of 16, evenly spread, the one with the most detail that is neither dark nor
blown out. The result is upright and has square pixels.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Annotated

import msgspec

from l1.dag.node import Node, Params, fraction
from l1.effects.effect import Effect, Job
from l1.media.choosing import best_of
from l1.media.pictures import Picture
from l1.media.reel import open_reel
from l1.media.resizing import Resizer, lay_out
from l1.media.stills import png

Side = Annotated[int, msgspec.Meta(ge=1, le=16384)]


class ThumbnailParams(Params, frozen=True, kw_only=True):
    """Which picture, and how large."""

    at: Annotated[
        Decimal | None,
        fraction("Second whose picture is taken; left out, the best is chosen", ge="0", le="14400"),
    ] = None
    width: Annotated[
        Side | None, msgspec.Meta(description="Pixels across; left out, it follows from the height")
    ] = None
    height: Annotated[
        Side | None, msgspec.Meta(description="Pixels down; left out, it follows from the width")
    ] = None


def _render(job: Job) -> None:
    at = job.params.at
    with open_reel(job.sources[0].path) as reel:
        number = best_of(reel) if at is None else int(Fraction(at) * reel.rate)
        job.note(f"The picture at {float(min(number, reel.frames - 1) / reel.rate):.2f} s is taken")
        picture = _fitted(reel.at(number), reel.aspect, job.params)
    job.output.write_bytes(png(picture))
    job.progress(1, 1)


def _fitted(picture: Picture, aspect: Fraction, params: ThumbnailParams) -> Picture:
    size = (picture.width, picture.height)
    layout = lay_out(size, aspect, width=params.width, height=params.height, mode="fit")
    return Resizer(layout)(picture)


THUMBNAIL = Effect(
    node=Node(
        name="thumbnail",
        version=1,
        summary="Takes one picture of a video: at a second, or the best",
        params=ThumbnailParams,
        accepts=(frozenset({"video"}),),
        gives="image",
    ),
    render=_render,
)
