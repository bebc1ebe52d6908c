"""KEN_BURNS: a video that moves over an image, from one part of it to another.

Each end is a `zoom` about a point, or a rectangle. What is shown has always the proportions of
the video, so of a rectangle the smallest frame about it is shown; a frame never leaves the image.
The video is as large as the image, within 1920x1080, unless it is told otherwise. A transparent
image is laid over the background. Of an animated image the first picture is used.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

import msgspec

from l1.dag.node import Node, Params, fraction
from l1.dag.params import normalise
from l1.dag.syncing import output_rate
from l1.effects.effect import Job, effect_of_film
from l1.errors import Refused
from l1.media.colours import colour, colour_text
from l1.media.film import Film
from l1.media.panning import Box, Easing, box_about, eased, seen, zoomed
from l1.media.pictures import Picture
from l1.media.rates import DEFAULT_RATE
from l1.media.resizing import Size, lay_out
from l1.media.stills import read_still

_LARGEST = (1920, 1080)

Side = Annotated[int, msgspec.Meta(ge=2, le=16384)]


class View(Params, frozen=True, kw_only=True):
    """What is seen at one end: `zoom` about `x` and `y`, or `left`, `top`, `right`, `bottom`."""

    zoom: Annotated[
        Decimal, fraction("1 shows as much as fits, 2 half of that each way", ge="1", le="100")
    ] = Decimal(1)
    x: Annotated[Decimal, fraction("Middle across: 0 left, 1 right", ge="0", le="1")] = Decimal(
        "0.5"
    )
    y: Annotated[Decimal, fraction("Middle down: 0 top, 1 bottom", ge="0", le="1")] = Decimal("0.5")
    left: Annotated[Decimal | None, fraction("Part of the width", ge="0", le="1")] = None
    top: Annotated[Decimal | None, fraction("Part of the height", ge="0", le="1")] = None
    right: Annotated[Decimal | None, fraction("Part of the width", ge="0", le="1")] = None
    bottom: Annotated[Decimal | None, fraction("Part of the height", ge="0", le="1")] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        sides = (self.left, self.top, self.right, self.bottom)
        given = [side for side in sides if side is not None]
        if not given:
            return
        if len(given) < len(sides):
            raise ValueError("a rectangle has `left`, `top`, `right` and `bottom`, all of them")
        if given[0] >= given[2] or given[1] >= given[3]:
            raise ValueError("a rectangle's `left` is below its `right`, its `top` its `bottom`")
        if self.zoom != 1 or {self.x, self.y} != {Decimal("0.5")}:
            raise ValueError("a view is either `zoom`, `x` and `y` or a rectangle")


class KenBurnsParams(Params, frozen=True, kw_only=True):
    """Where the movement begins and ends, and how it goes."""

    start: Annotated[View, msgspec.Meta(description="What is seen first: {zoom: 2, x: 0.3}")] = (
        View()
    )
    end: Annotated[View, msgspec.Meta(description="What is seen last, as `start`")] = View(
        zoom=Decimal("1.25")
    )
    easing: Annotated[
        Easing, msgspec.Meta(description="Where the movement is slow: in is its beginning")
    ] = "in_out"
    duration: Annotated[Decimal, fraction("Seconds", ge="0.001", le="3600")] = Decimal(5)
    fps: Annotated[
        Decimal, fraction("Pictures a second; 29.97 means 30000/1001", ge="1", le="240")
    ] = Decimal(25)
    width: Annotated[
        Side | None, msgspec.Meta(description="Pixels across; follows from the height or the image")
    ] = None
    height: Annotated[
        Side | None, msgspec.Meta(description="Pixels down; follows from the width or the image")
    ] = None
    background: Annotated[
        str, msgspec.Meta(description="Colour behind a transparent image: #rrggbb or a name")
    ] = "#000000"

    def __post_init__(self) -> None:
        super().__post_init__()
        msgspec.structs.force_setattr(self, "background", colour_text(self.background))


@contextmanager
def _film(job: Job) -> Iterator[Film | None]:
    source, params = job.sources[0], job.params
    if source.info.kind != "image":
        raise Refused(f"KEN_BURNS takes an image, and this input is {source.info.kind}")
    job.note_if_animated()
    rate = output_rate(params.fps, DEFAULT_RATE)
    total = max(1, round(Fraction(params.duration) * rate))
    picture = read_still(source.path).over(colour(params.background))
    view = _moving(picture, params, total)
    yield Film(
        rate=rate,
        frames=total,
        part=lambda first, stop: map(view, range(first, stop)),
        needs=lambda first, stop: {
            "of": source.cid,
            "params": normalise(params),
            "shown": [first, stop],
        },
    )


def _moving(picture: Picture, params: KenBurnsParams, total: int) -> Callable[[int], Picture]:
    """Make what shows picture `number` of so many."""
    image = (picture.width, picture.height)
    size = _size(image, params)
    begin, end = (_box(view, image, Fraction(*size)) for view in (params.start, params.end))

    def shown(number: int) -> Picture:
        share = eased(Fraction(number, max(1, total - 1)), params.easing)
        return seen(picture, begin.towards(end, share), size)

    return shown


def _size(image: Size, params: KenBurnsParams) -> Size:
    width, height = params.width, params.height
    if width is None and height is None:
        width, height = (min(pair) for pair in zip(image, _LARGEST, strict=True))
        return lay_out(image, Fraction(1), width=width, height=height, mode="fit", step=2).canvas
    return lay_out(image, Fraction(1), width=width, height=height, mode="stretch", step=2).canvas


def _box(view: View, image: Size, shape: Fraction) -> Box:
    if view.left is None or view.top is None or view.right is None or view.bottom is None:
        zoom, x, y = (Fraction(part) for part in (view.zoom, view.x, view.y))
        return zoomed(image, shape, zoom=zoom, x=x, y=y)
    wanted = Box(
        left=Fraction(view.left) * image[0],
        top=Fraction(view.top) * image[1],
        width=Fraction(view.right - view.left) * image[0],
        height=Fraction(view.bottom - view.top) * image[1],
    )
    return box_about(image, shape, wanted)


KEN_BURNS = effect_of_film(
    Node(
        name="ken_burns",
        version=1,
        summary="Makes a video that moves over an image, from one part of it to another",
        params=KenBurnsParams,
        accepts=(frozenset({"image"}),),
        gives="video",
    ),
    _film,
)
