"""TRANSFORM: changes tones, colours, sharpness and speed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from functools import partial
from math import ceil
from typing import Annotated

import msgspec

from l1.dag.following import described
from l1.dag.node import Node, Params, fraction
from l1.effects.chain import changing
from l1.effects.effect import Job, effect_of_film
from l1.errors import Refused
from l1.media.audio_file import write_audio
from l1.media.film import Film, Soundtrack, Stage, film_of_file, retimed, seen_through
from l1.media.grading import Grade, grading
from l1.media.lengths import frames_of, length_of, rate_of
from l1.media.listening import hear
from l1.media.mapping import Change, map_still
from l1.media.pictures import Picture
from l1.media.reel import open_reel
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


@contextmanager
def _film(job: Job) -> Iterator[Film | None]:
    kind = job.sources[0].info.kind
    if kind in {"image", "audio"}:
        yield None
        return
    if kind != "video":
        raise Refused(f"TRANSFORM takes video, image or audio, and this input is {kind}")
    with _at_speed(job) as film:
        yield seen_through(
            film,
            partial(changing, _look, job.params, job.curves),
            lambda first, stop: described(job.params, job.curves, range(first, stop), film.rate),
        )


def _look(params: TransformParams, _stage: Stage) -> Callable[[Picture, int], Picture]:
    change = change_of(params)
    return lambda picture, _number: change(picture)


@contextmanager
def _at_speed(job: Job) -> Iterator[Film]:
    """Show and sound everything at another speed. The rate stays, frames repeat or are left out."""
    source, speed = job.sources[0], Fraction(job.params.speed)
    if speed == 1:
        with film_of_file(source.path, source.cid) as film:
            yield film
        return
    with open_reel(source.path, kept_bytes=1) as reel:
        sound = Soundtrack(
            track=lambda: at_tempo(hear(source.path), speed),
            needs={"of": source.cid, "speed": str(speed)},
        )
        yield retimed(
            reel,
            source.cid,
            lambda number: int(number * speed),
            frames=ceil(frames_of(source.info) / speed),
            sound=sound if source.info.audio else None,
        )


def _otherwise(job: Job) -> None:
    if job.sources[0].info.kind == "image":
        _render_image(job)
    else:
        _render_sound(job)


def _render_image(job: Job) -> None:
    if job.params.speed != 1:
        raise Refused("An image has no speed; leave `speed` out")
    job.note_if_animated()
    params = job.at(0, rate_of(job.sources[0].info) or Fraction(1))
    map_still(job.sources[0].path, job.output, change_of(params))
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


TRANSFORM = effect_of_film(
    Node(
        name="transform",
        version=1,
        summary="Changes brightness, contrast, colours, sharpness and speed",
        params=TransformParams,
        accepts=(frozenset({"video", "image", "audio"}),),
        binds=("brightness", "contrast", "gamma", "saturation", "hue", "blur", "sharpen"),
    ),
    _film,
    otherwise=_otherwise,
)
