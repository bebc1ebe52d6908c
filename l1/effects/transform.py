"""TRANSFORM: changes tones, colours, sharpness and speed."""

from decimal import Decimal
from fractions import Fraction
from itertools import count
from math import ceil
from typing import Annotated

import msgspec

from l1.dag.node import Node, Params, fraction
from l1.effects.effect import Effect, Job
from l1.errors import Refused
from l1.media.audio_file import write_audio
from l1.media.decoding import open_clip
from l1.media.encoding import write_video
from l1.media.grading import Grade, grading
from l1.media.lengths import frames_of, length_of
from l1.media.listening import hear
from l1.media.mapping import Change, counted, map_still, map_video
from l1.media.pictures import Picture
from l1.media.sharpness import blur, sharpen
from l1.media.sound import RATE
from l1.media.tempo import at_tempo

_ONE = Decimal(1)
_ZERO = Decimal(0)


class Changes(Params, frozen=True, kw_only=True):
    """What may be changed, in the order in which it is done. Defaults change nothing."""

    brightness: Annotated[
        Decimal, fraction("Added to every tone: 1 makes black white", ge="-1", le="1")
    ] = _ZERO
    contrast: Annotated[
        Decimal, fraction("Spread of tones about middle grey: 0 is grey, 2 doubles", ge="0", le="4")
    ] = _ONE
    gamma: Annotated[
        Decimal, fraction("Brightness of middle tones: above 1 brighter", ge="0.1", le="10")
    ] = _ONE
    saturation: Annotated[
        Decimal, fraction("Strength of colours: 0 is grey, 2 doubles", ge="0", le="4")
    ] = _ONE
    hue: Annotated[Decimal, fraction("Turn of all colours, in degrees", ge="-360", le="360")] = (
        _ZERO
    )
    blur: Annotated[Decimal, fraction("Radius of a blur, in pixels", ge="0", le="200")] = _ZERO
    sharpen: Annotated[Decimal, fraction("How much fine detail is added", ge="0", le="5")] = _ZERO
    speed: Annotated[
        Decimal,
        fraction("Speed of pictures and sound, which keeps its pitch", ge="0.1", le="10"),
    ] = _ONE

    def __post_init__(self) -> None:
        super().__post_init__()
        msgspec.structs.force_setattr(self, "hue", (self.hue % 360 + 360) % 360)


class TransformParams(Changes, frozen=True, kw_only=True):
    """The changes, either directly or together in `effects`."""

    effects: Annotated[
        Changes | None, msgspec.Meta(description="The same parameters as one map")
    ] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.effects is None:
            return
        for field in msgspec.structs.fields(Changes):
            value, beside = getattr(self.effects, field.name), getattr(self, field.name)
            if value == field.default:
                continue
            if beside not in {field.default, value}:
                raise ValueError(f"`{field.name}` is given twice, in `effects` and beside it")
            msgspec.structs.force_setattr(self, field.name, value)
        msgspec.structs.force_setattr(self, "effects", None)


def change_of(params: Changes) -> Change:
    """Make the function that changes one picture; neutral parameters give it back as it is."""
    grade = grading(
        Grade(
            brightness=params.brightness,
            contrast=params.contrast,
            gamma=params.gamma,
            saturation=params.saturation,
            hue=params.hue,
        )
    )
    return lambda picture: sharpen(blur(grade(picture), params.blur), params.sharpen)


def _change(job: Job) -> Change:
    """Make what changes the pictures of a job, handed to it in order."""
    if not job.curves:
        return change_of(job.params)
    video, numbers = job.sources[0].info.video, count()
    rate = Fraction(video.rate_num, video.rate_den) if video and video.rate_num else Fraction(1)

    def change(picture: Picture) -> Picture:
        return change_of(job.at(next(numbers), rate))(picture)

    return change


def _render(job: Job) -> None:
    kind, params = job.sources[0].info.kind, job.params
    if kind == "video" and params.speed == 1:
        source = job.sources[0]
        total = frames_of(source.info)
        map_video(source.path, job.output, _change(job), total=total, progress=job.progress)
    elif kind == "video":
        _render_faster(job)
    elif kind == "image":
        _render_image(job)
    elif kind == "audio":
        _render_sound(job)
    else:
        raise Refused(f"TRANSFORM takes video, image or audio, and this input is {kind}")


def _render_faster(job: Job) -> None:
    """Show and sound everything at another speed. The rate stays, frames repeat or are left out."""
    source, speed, change = job.sources[0], Fraction(job.params.speed), _change(job)
    total = frames_of(source.info)
    with open_clip(source.path) as clip:
        pictures = map(change, clip.paced(total, onto=clip.rate, speed=speed))
        write_video(
            job.output,
            counted(pictures, total=ceil(total / speed), progress=job.progress),
            rate=clip.rate,
            aspect=clip.aspect,
            track=at_tempo(hear(source.path), speed) if source.info.audio else None,
        )


def _render_image(job: Job) -> None:
    if job.params.speed != 1:
        raise Refused("An image has no speed; leave `speed` out")
    job.note_if_animated()
    map_still(job.sources[0].path, job.output, _change(job))
    job.progress(1, 1)


def _render_sound(job: Job) -> None:
    changed = [
        name
        for name, value in msgspec.structs.asdict(job.params).items()
        if name not in {"speed", "effects"}
        and (value != getattr(Changes(), name) or name in job.curves)
    ]
    if changed:
        raise Refused(f"Sound has no {' and no '.join(changed)}; only `speed` changes it")
    source, speed = job.sources[0], Fraction(job.params.speed)
    total = round(length_of(source.info) / speed * RATE)
    track = at_tempo(hear(source.path), speed)
    write_audio(job.output, track, total=total, progress=job.progress)


TRANSFORM = Effect(
    node=Node(
        name="transform",
        version=1,
        summary="Changes brightness, contrast, colours, sharpness and speed",
        params=TransformParams,
        accepts=(frozenset({"video", "image", "audio"}),),
        binds=("brightness", "contrast", "gamma", "saturation", "hue", "blur", "sharpen"),
    ),
    render=_render,
)
