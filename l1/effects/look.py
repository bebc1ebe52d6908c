"""A look: an effect that makes each picture from that picture alone.

Looks can be chained in one pass over a video, and their parameters can change from frame to
frame; so whatever can be written as a look is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from l1.dag.node import Node
from l1.effects.effect import Effect, Job
from l1.errors import Refused
from l1.media.decoding import Clip, open_clip
from l1.media.encoding import write_video
from l1.media.lengths import frames_of
from l1.media.mapping import counted, map_still
from l1.media.pictures import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What all pictures share before they are changed; a still is one frame at a rate of 1."""

    width: int
    height: int
    rate: Fraction
    frames: int


Change = Callable[[Picture, int], Picture]
"""Makes a picture from a picture and its number, 0 for the first."""

Look = Callable[[Any, Stage], Change]
"""Makes the change from parameters. All pictures of a stage come out in one size."""


def effect_of_look(node: Node, look: Look) -> Effect:
    """Make the effect that shows a video or an image with a look; a video's sound is kept."""

    def render(job: Job) -> None:
        kind = job.sources[0].info.kind
        if kind == "video":
            _show_video(job, look)
        elif kind == "image":
            _show_still(job, look)
        else:
            raise Refused(f"{node.name} takes a video or an image, and this input is {kind}")

    return Effect(node=node, render=render)


def _show_video(job: Job, look: Look) -> None:
    source = job.sources[0]
    total = frames_of(source.info)
    with open_clip(source.path) as clip:
        stage = Stage(width=clip.width, height=clip.height, rate=clip.rate, frames=total)
        write_video(
            job.output,
            counted(_changed(clip, look(job.params, stage)), total=total, progress=job.progress),
            rate=clip.rate,
            aspect=clip.aspect,
            sound=source.path,
            sound_start=clip.start,
        )


def _changed(clip: Clip, change: Change) -> Iterator[Picture]:
    return (change(picture, number) for number, picture in enumerate(clip.pictures))


def _show_still(job: Job, look: Look) -> None:
    job.note_if_animated()

    def change(picture: Picture) -> Picture:
        stage = Stage(width=picture.width, height=picture.height, rate=Fraction(1), frames=1)
        return look(job.params, stage)(picture, 0)

    map_still(job.sources[0].path, job.output, change)
    job.progress(1, 1)
