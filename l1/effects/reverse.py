"""REVERSE: plays a video, an animated image or a sound from its end to its beginning.

Pictures and sound turn round together: what is heard with a picture is heard with it again, from
its end on. Of a file's own length nothing is added or left out; sound beyond the last picture of a
video is left out.
"""

from collections.abc import Iterator
from fractions import Fraction

from l1.dag.node import Node, Params
from l1.effects.effect import Effect, Job
from l1.errors import Refused
from l1.media.audio_file import write_audio
from l1.media.encoding import write_video
from l1.media.lengths import frames_of, length_of
from l1.media.listening import sound_end
from l1.media.mapping import counted
from l1.media.reel import open_reel
from l1.media.reversing import pictures_reversed, sound_reversed
from l1.media.samples import Samples
from l1.media.sound import RATE


class ReverseParams(Params, frozen=True, kw_only=True):
    """None."""


def _render(job: Job) -> None:
    source = job.sources[0]
    if source.info.kind == "audio":
        total = round(sound_end(source.path) * RATE)
        track = sound_reversed(source.path, total)
        write_audio(job.output, track, total=total, progress=job.progress)
    elif source.info.kind == "video" or source.info.duration_us:
        _render_video(job)
    else:
        raise Refused("REVERSE takes a video or a sound, and this image does not move")


def _render_video(job: Job) -> None:
    source = job.sources[0]
    total = frames_of(source.info)
    with open_reel(source.path, kept_bytes=1) as reel:
        write_video(
            job.output,
            counted(pictures_reversed(reel, total), total=total, progress=job.progress),
            rate=reel.rate,
            aspect=reel.aspect,
            track=_track(job, length_of(source.info)),
        )


def _track(job: Job, seconds: Fraction) -> Iterator[Samples] | None:
    source = job.sources[0]
    return sound_reversed(source.path, round(seconds * RATE)) if source.info.audio else None


REVERSE = Effect(
    node=Node(
        name="reverse",
        version=1,
        summary="Plays a video, an animated image or a sound backwards",
        params=ReverseParams,
        accepts=(frozenset({"video", "image", "audio"}),),
        gives=frozenset({"video", "audio"}),
    ),
    render=_render,
)
