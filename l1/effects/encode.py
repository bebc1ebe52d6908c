"""ENCODE: a video encoded again, smaller or better, as H.264 in MP4.

Every node writes at `crf` 20 with the preset `veryfast`; this is for what is handed on. It is
encoded like everything else, so that the bytes are the same on every machine. The sound is copied
where MP4 can hold it, and else becomes AAC; with `sound: aac` all that is not AAC does, such as
FLAC, which is large and which not every player knows. A video with pixels that are not square keeps them unless it is scaled down.
"""

from fractions import Fraction
from typing import Annotated, Literal

import msgspec

from l1.dag.node import Node, Params
from l1.effects.effect import Effect, Job
from l1.media.decoding import Clip, open_clip
from l1.media.encoding import Coding, Preset, write_video
from l1.media.lengths import frames_of
from l1.media.listening import hear
from l1.media.mapping import counted
from l1.media.resizing import Resizer, lay_out


class EncodeParams(Params, frozen=True, kw_only=True):
    """How good, how hard to try, how wide at most, and what becomes of the sound."""

    crf: Annotated[
        int,
        msgspec.Meta(ge=0, le=51, description="0 loses nothing, 18 looks like it, 51 is the worst"),
    ] = 23
    preset: Annotated[
        Preset, msgspec.Meta(description="The slower, the smaller the file of the same quality")
    ] = "medium"
    max_width: Annotated[
        Annotated[int, msgspec.Meta(ge=2, le=16384)] | None,
        msgspec.Meta(description="Scale down what is more pixels across"),
    ] = None
    sound: Annotated[
        Literal["copy", "aac"],
        msgspec.Meta(description="copy: as it is, where MP4 can hold it; aac: as AAC in any case"),
    ] = "copy"


def _render(job: Job) -> None:
    source, params = job.sources[0], job.params
    known = source.info.audio
    anew = params.sound == "aac" and known is not None and known.codec != "aac"
    with open_clip(source.path) as clip:
        fit = _fit(clip, params.max_width)
        pictures = (fit(picture).over() for picture in clip.pictures) if fit else clip.pictures
        write_video(
            job.output,
            counted(pictures, total=frames_of(source.info), progress=job.progress),
            rate=clip.rate,
            aspect=Fraction(1) if fit else clip.aspect,
            sound=None if anew else source.path,
            sound_start=clip.start,
            track=hear(source.path) if anew else None,
            coding=Coding(crf=params.crf, preset=params.preset),
        )


def _fit(clip: Clip, max_width: int | None) -> Resizer | None:
    """Scale down to square pixels, if it is wider than that."""
    if max_width is None or clip.width * clip.aspect <= max_width:
        return None
    width = max_width - max_width % 2
    size = (clip.width, clip.height)
    return Resizer(lay_out(size, clip.aspect, width=width, height=None, mode="fit", step=2))


ENCODE = Effect(
    node=Node(
        name="encode",
        version=1,
        summary="Encodes a video again, smaller or better",
        params=EncodeParams,
        accepts=(frozenset({"video"}),),
    ),
    render=_render,
)
