"""FREEZE: holds one picture of a video for some time, and then goes on.

The picture is the one that is seen at `at`; a moment beyond the end means the last one, and so
does leaving it out. While it is held there is silence, and the sound goes on where it stopped.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import repeat
from typing import Annotated

from l1.dag.node import Node, Params, fraction
from l1.effects.effect import Effect, Job
from l1.errors import Refused
from l1.media.decoding import Clip, open_clip
from l1.media.encoding import write_video
from l1.media.joining import Part, joined
from l1.media.lengths import frames_of
from l1.media.mapping import counted
from l1.media.pictures import Picture


class FreezeParams(Params, frozen=True, kw_only=True):
    """Which picture, and for how long."""

    at: Annotated[
        Decimal | None,
        fraction("Second at which it stands still; left out, the end", ge="0", le="14400"),
    ] = None
    duration: Annotated[Decimal, fraction("Seconds for which it is held", ge="0", le="3600")] = (
        Decimal(2)
    )


def _render(job: Job) -> None:
    source, params = job.sources[0], job.params
    if source.info.kind != "video":
        raise Refused(f"FREEZE takes a video, and this input is {source.info.kind}")
    frames = frames_of(source.info)
    with open_clip(source.path) as clip:
        held = round(Fraction(params.duration) * clip.rate)
        place = frames - 1
        if params.at is not None:
            place = min(place, int(Fraction(params.at) * clip.rate))
        total = frames + held
        write_video(
            job.output,
            counted(_frozen(clip, frames, place, held), total=total, progress=job.progress),
            rate=clip.rate,
            aspect=clip.aspect,
            track=joined(_parts(job, clip.rate, frames, place, held))
            if source.info.audio
            else None,
        )


def _frozen(clip: Clip, frames: int, place: int, held: int) -> Iterator[Picture]:
    for number, picture in enumerate(clip.part(0, frames)):
        yield picture
        if number == place:
            yield from repeat(picture, held)


def _parts(job: Job, rate: Fraction, frames: int, place: int, held: int) -> list[Part]:
    """Cut the sound after the picture that is held, which is heard before it stands still."""
    path, cut = job.sources[0].path, (place + 1) / rate
    parts = [
        Part(path=path, seconds=cut),
        Part(path=None, seconds=held / rate),
        Part(path=path, seconds=frames / rate - cut, start=cut),
    ]
    return [part for part in parts if part.seconds]


FREEZE = Effect(
    node=Node(
        name="freeze",
        version=1,
        summary="Holds one picture of a video for some time, and then goes on",
        params=FreezeParams,
        accepts=(frozenset({"video"}),),
    ),
    render=_render,
)
