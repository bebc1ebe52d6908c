"""RESIZE: brings a video or an image to another size."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from typing import Annotated

import msgspec

from l1.dag.node import Node, Params
from l1.dag.params import normalise
from l1.effects.effect import Job, effect_of_film
from l1.errors import Refused
from l1.media.colours import Colour, colour, colour_text
from l1.media.film import Film, film_of_file, seen_through
from l1.media.mapping import map_still
from l1.media.pictures import Picture
from l1.media.resizing import Layout, Mode, Resizer, Size, lay_out

Side = Annotated[int, msgspec.Meta(ge=1, le=16384)]


class ResizeParams(Params, frozen=True, kw_only=True):
    """The frame to fill. The result has square pixels; a video's sides are made even, upwards."""

    width: Annotated[
        Side | None, msgspec.Meta(description="Pixels across; left out, it follows from the height")
    ] = None
    height: Annotated[
        Side | None, msgspec.Meta(description="Pixels down; left out, it follows from the width")
    ] = None
    mode: Annotated[
        Mode,
        msgspec.Meta(
            description="fit: inside the frame; pad: the same with the frame filled up; "
            "fill: over the frame, cut off outside; stretch: to the frame, whatever the proportions"
        ),
    ] = "fit"
    background: Annotated[
        str, msgspec.Meta(description="Colour around a padded picture: #rrggbb or a name")
    ] = "#000000"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.width is None and self.height is None:
            raise ValueError("RESIZE needs `width` or `height`, or both")
        # What has no effect does not count, so that equal results have equal keys.
        mode = self.mode if self.width and self.height else "fit"
        ground = colour_text(self.background)
        msgspec.structs.force_setattr(self, "mode", mode)
        msgspec.structs.force_setattr(self, "background", ground if mode == "pad" else "#000000")


@contextmanager
def _film(job: Job) -> Iterator[Film | None]:
    source, params = job.sources[0], job.params
    if source.info.kind == "image":
        yield None
        return
    if source.info.kind != "video":
        raise Refused(f"RESIZE takes a video or an image, and this input is {source.info.kind}")
    if odd := [side for side in (params.width, params.height) if side and side % 2]:
        job.note(f"A video has even sides: {odd[0]} became {odd[0] + 1}")
    with film_of_file(source.path, source.cid) as film:
        leading = next(film.part(0, 1))
        size = (leading.width, leading.height)
        resize = Resizer(_layout(size, params, aspect=film.aspect, step=2), _ground(params))
        wanted = normalise(params)
        resized = seen_through(
            film, lambda _stage: lambda picture, _number: resize(picture).over(), lambda *_: wanted
        )
        yield replace(resized, aspect=Fraction(1))


def _render_still(job: Job) -> None:
    job.note_if_animated()
    map_still(job.sources[0].path, job.output, lambda picture: _resized(picture, job.params))
    job.progress(1, 1)


def _resized(picture: Picture, params: ResizeParams) -> Picture:
    layout = _layout((picture.width, picture.height), params)
    return Resizer(layout, _ground(params))(picture)


def _ground(params: ResizeParams) -> Colour:
    return colour(params.background)


def _layout(
    size: Size, params: ResizeParams, *, aspect: Fraction = Fraction(1), step: int = 1
) -> Layout:
    return lay_out(
        size, aspect, width=params.width, height=params.height, mode=params.mode, step=step
    )


RESIZE = effect_of_film(
    Node(
        name="resize",
        version=1,
        summary="Brings a video or an image to another size",
        params=ResizeParams,
        accepts=(frozenset({"video", "image"}),),
    ),
    _film,
    otherwise=_render_still,
)
