"""SPRITE_VTT: tells players which part of a sprite sheet shows which time, as WebVTT.

It takes the same video and the same parameters as SPRITE_SHEET. Each cue names the sheet by
`image` and a part of it by a media fragment (W3C, Media Fragments URI 1.0, section 4.2.2).
"""

import re
from fractions import Fraction
from typing import Annotated

import msgspec

from l1.dag.node import Node
from l1.effects.effect import Effect, Job
from l1.media.sprites import Grid, SpriteParams, grid_of

_ADDRESS = re.compile(r"[^\s#<>]{1,500}")


class SpriteVttParams(SpriteParams, frozen=True, kw_only=True):
    """As of SPRITE_SHEET, and the sheet's address."""

    image: Annotated[
        str, msgspec.Meta(description="Address of the sheet, as seen from this text")
    ] = "sprites.png"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not _ADDRESS.fullmatch(self.image) or "-->" in self.image:
            raise ValueError("`image` is an address without spaces, `#`, `<` or `>`")


def _render(job: Job) -> None:
    source = job.sources[0]
    grid = grid_of(source.path, source.info, job.params)
    job.output.write_text(_text(grid, job.params.image), encoding="utf-8")
    job.progress(1, 1)


def _text(grid: Grid, image: str) -> str:
    cues = ["WEBVTT\n"]
    for number, (begin, end) in enumerate(grid.spans()):
        left, top = grid.place(number)
        part = f"{left},{top},{grid.cell[0]},{grid.cell[1]}"
        cues.append(f"{_time(begin)} --> {_time(end)}\n{image}#xywh={part}\n")
    return "\n".join(cues)


def _time(seconds: Fraction) -> str:
    whole, ms = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{ms:03}"


SPRITE_VTT = Effect(
    node=Node(
        name="sprite_vtt",
        version=1,
        summary="Tells which part of a sprite sheet shows which time, as WebVTT",
        params=SpriteVttParams,
        accepts=(frozenset({"video"}),),
        gives="text",
    ),
    render=_render,
)
