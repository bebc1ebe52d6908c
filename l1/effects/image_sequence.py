"""IMAGE_SEQUENCE: a video whose pictures are images, one after the other.

All are shown at the size of the first, made even; what has other proportions is fitted in and
surrounded by the background, which also lies behind what is transparent. Of an animated image the
first picture is used. There is no sound; MUX adds some.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from itertools import groupby, repeat
from typing import Annotated

import msgspec

from l1.dag.node import Node, Params, fraction
from l1.dag.syncing import output_rate
from l1.effects.effect import Job, effect_of_film
from l1.errors import Refused
from l1.media.colours import Colour, colour, colour_text
from l1.media.film import Film, Needs
from l1.media.pictures import Picture
from l1.media.rates import DEFAULT_RATE
from l1.media.resizing import Resizer, Size, lay_out
from l1.media.stills import read_still

MOST = 5000
"""Images that one video takes."""


class ImageSequenceParams(Params, frozen=True, kw_only=True):
    """How fast the images follow each other."""

    fps: Annotated[
        Decimal, fraction("Pictures a second; 29.97 means 30000/1001", ge="1", le="240")
    ] = Decimal(25)
    hold: Annotated[
        int, msgspec.Meta(ge=1, le=1000, description="Pictures for which each image is shown")
    ] = 1
    background: Annotated[
        str, msgspec.Meta(description="Colour around and behind images: #rrggbb or a name")
    ] = "#000000"

    def __post_init__(self) -> None:
        super().__post_init__()
        msgspec.structs.force_setattr(self, "background", colour_text(self.background))


@contextmanager
def _film(job: Job) -> Iterator[Film | None]:
    if not 1 <= len(job.sources) <= MOST:
        raise Refused(f"IMAGE_SEQUENCE takes 1 to {MOST} images, and got {len(job.sources)}")
    for number, source in enumerate(job.sources, 1):
        if source.info.kind != "image":
            raise Refused(f"Input {number} of IMAGE_SEQUENCE is {source.info.kind}, and no image")
    hold, ground = job.params.hold, job.params.background
    leading = read_still(job.sources[0].path)
    screen = (leading.width, leading.height)

    def part(first: int, stop: int) -> Iterator[Picture]:
        for place, alike in groupby(range(first, stop), lambda number: number // hold):
            picture = read_still(job.sources[place].path).over(colour(ground))
            yield from repeat(_fit(picture, screen, colour(ground)), len(list(alike)))

    def needs(first: int, stop: int) -> Needs:
        shown = [job.sources[number // hold].cid for number in range(first, stop)]
        return {"screen": [*screen], "over": ground, "shown": shown}

    yield Film(
        rate=output_rate(job.params.fps, DEFAULT_RATE),
        frames=len(job.sources) * hold,
        part=part,
        needs=needs,
    )


def _fit(picture: Picture, screen: Size, ground: Colour) -> Picture:
    size = (picture.width, picture.height)
    if size == screen:
        return picture.even()
    layout = lay_out(size, Fraction(1), width=screen[0], height=screen[1], mode="pad", step=2)
    return Resizer(layout, ground)(picture).over(ground)


IMAGE_SEQUENCE = effect_of_film(
    Node(
        name="image_sequence",
        version=1,
        summary="Makes a video whose pictures are images, one after the other",
        params=ImageSequenceParams,
        accepts=(frozenset({"image"}),),
        many=True,
        gives="video",
    ),
    _film,
)
