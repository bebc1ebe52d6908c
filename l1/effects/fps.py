"""FPS: shows a video at another number of pictures a second; its length and its sound stay.

A picture is shown again, or left out, as time goes on; none is made up. Rates as they are spoken
of, 23.976, 29.97 and so on, mean the exact ones, such as 30000/1001.
"""

from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Annotated

from l1.dag.node import Node, Params, fraction
from l1.effects.effect import Effect, Job
from l1.errors import Refused
from l1.media.decoding import open_clip
from l1.media.encoding import write_video
from l1.media.lengths import frames_of
from l1.media.mapping import counted

_NEAR = Fraction(1, 200)


class FpsParams(Params, frozen=True, kw_only=True):
    """The rate."""

    fps: Annotated[Decimal, fraction("Pictures a second", ge="1", le="240")]


def exact_rate(spoken: Decimal) -> Fraction:
    """Make the rate that is meant: one of television, or a fraction that containers can keep."""
    for whole in (24, 30, 48, 60, 120):
        if abs(Fraction(spoken) - Fraction(whole * 1000, 1001)) < _NEAR:
            return Fraction(whole * 1000, 1001)
    return Fraction(spoken).limit_denominator(1001)


def _render(job: Job) -> None:
    source, rate = job.sources[0], exact_rate(job.params.fps)
    moves = source.info.kind == "image" and source.info.duration_us
    if source.info.kind != "video" and not moves:
        raise Refused(f"FPS takes a video, and this input is {source.info.kind}")
    frames = frames_of(source.info)
    with open_clip(source.path) as clip:
        write_video(
            job.output,
            counted(
                clip.paced(frames, onto=rate),
                total=ceil(frames / clip.rate * rate),
                progress=job.progress,
            ),
            rate=rate,
            aspect=clip.aspect,
            sound=source.path,
            sound_start=clip.start,
        )


FPS = Effect(
    node=Node(
        name="fps",
        version=1,
        summary="Shows a video at another number of pictures a second",
        params=FpsParams,
        accepts=(frozenset({"video", "image"}),),
        gives="video",
    ),
    render=_render,
)
