"""RESIZE: brings a video or an image to another size."""

from fractions import Fraction
from typing import Annotated

import msgspec

from l1.dag.node import Node, Params
from l1.effects.effect import Effect, Job
from l1.errors import Refused
from l1.media.colours import colour, colour_text
from l1.media.decoding import open_clip
from l1.media.encoding import write_video
from l1.media.lengths import frames_of
from l1.media.mapping import counted, map_still
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


def _render(job: Job) -> None:
    source = job.sources[0]
    if source.info.kind == "video":
        _render_video(job)
    elif source.info.kind == "image":
        job.note_if_animated()
        map_still(source.path, job.output, lambda picture: _resized(picture, job.params))
        job.progress(1, 1)
    else:
        raise Refused(f"RESIZE takes a video or an image, and this input is {source.info.kind}")


def _render_video(job: Job) -> None:
    source, params = job.sources[0], job.params
    with open_clip(source.path) as clip:
        layout = _layout((clip.width, clip.height), params, aspect=clip.aspect, step=2)
        if odd := [side for side in (params.width, params.height) if side and side % 2]:
            job.note(f"A video has even sides: {odd[0]} became {odd[0] + 1}")
        resize = Resizer(layout, colour(params.background))
        pictures = (resize(picture).over() for picture in clip.pictures)
        write_video(
            job.output,
            counted(pictures, total=frames_of(source.info), progress=job.progress),
            rate=clip.rate,
            sound=source.path,
            sound_start=clip.start,
        )


def _resized(picture: Picture, params: ResizeParams) -> Picture:
    layout = _layout((picture.width, picture.height), params)
    return Resizer(layout, colour(params.background))(picture)


def _layout(
    size: Size, params: ResizeParams, *, aspect: Fraction = Fraction(1), step: int = 1
) -> Layout:
    return lay_out(
        size, aspect, width=params.width, height=params.height, mode=params.mode, step=step
    )


RESIZE = Effect(
    node=Node(
        name="resize",
        version=1,
        summary="Brings a video or an image to another size",
        params=ResizeParams,
        accepts=(frozenset({"video", "image"}),),
    ),
    render=_render,
)
