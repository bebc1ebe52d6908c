"""SEQUENCE: puts videos and images one after the other, or sounds.

All are shown at the rate of the first video and at one size: what has other proportions is fitted
in and surrounded by the background. What has no sound is silent for its time. An animated image is
played once, a still one is shown for `image_duration`.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from math import ceil
from typing import Annotated, Literal

import msgspec

from l1.dag.node import Node, Params, fraction
from l1.effects.effect import Effect, Job
from l1.errors import Refused
from l1.media.audio_file import write_audio
from l1.media.colours import colour, colour_text
from l1.media.encoding import write_video
from l1.media.joining import joined
from l1.media.lengths import length_of
from l1.media.listening import hear
from l1.media.mapping import counted
from l1.media.resizing import Size
from l1.media.shots import Shot, screen_for, shot_of, shown
from l1.media.sound import RATE

MOST = 1000
"""Inputs that one sequence takes."""

Side = Annotated[int, msgspec.Meta(ge=2, le=16384)]


class Transition(Params, frozen=True, kw_only=True):
    """How one input gives way to the next."""

    type: Annotated[str, msgspec.Meta(description="cut: at once")] = "cut"
    duration: Annotated[
        Decimal, fraction("Seconds it takes; a cut takes none", ge="0", le="60")
    ] = Decimal("0.5")


class SequenceParams(Params, frozen=True, kw_only=True):
    """How the inputs follow each other, and the frame they are shown in."""

    transition: Annotated[
        Transition | str,
        msgspec.Meta(description="`cut`, also written as a map: {type: cut}"),
    ] = "cut"
    target_size: Annotated[
        Literal["first", "last", "largest", "explicit"],
        msgspec.Meta(description="Whose size all have; explicit: `width` and `height`"),
    ] = "first"
    width: Annotated[
        Side | None, msgspec.Meta(description="Pixels across, with `target_size: explicit`")
    ] = None
    height: Annotated[
        Side | None, msgspec.Meta(description="Pixels down, with `target_size: explicit`")
    ] = None
    background: Annotated[
        str, msgspec.Meta(description="Colour around and behind what is shown: #rrggbb or a name")
    ] = "#000000"
    image_duration: Annotated[
        Decimal, fraction("Seconds that a still image is shown", ge="0.04", le="3600")
    ] = Decimal(3)

    def __post_init__(self) -> None:
        super().__post_init__()
        wanted = self.transition
        _check_transition(wanted if isinstance(wanted, str) else wanted.type)
        sides = sum(side is not None for side in (self.width, self.height))
        if sides != (2 if self.target_size == "explicit" else 0):
            raise ValueError("`target_size: explicit` goes with both `width` and `height`")
        msgspec.structs.force_setattr(self, "transition", "cut")
        msgspec.structs.force_setattr(self, "background", colour_text(self.background))


def _check_transition(name: str) -> None:
    if name in {"crossfade", "fade"}:
        raise ValueError(f"`{name}` is not there yet as a `transition`; only `cut` is")
    if name != "cut":
        raise ValueError(f"there is no `{name}` among the kinds of `transition`; there is `cut`")


def _render(job: Job) -> None:
    if not 1 <= len(job.sources) <= MOST:
        raise Refused(f"SEQUENCE takes 1 to {MOST} inputs, and got {len(job.sources)}")
    kinds = [source.info.kind for source in job.sources]
    if set(kinds) == {"audio"}:
        _render_sounds(job)
    elif set(kinds) <= {"video", "image"}:
        _render_shots(job)
    else:
        odd = next(n for n, kind in enumerate(kinds, 1) if kind not in {"video", "image"})
        raise Refused(
            f"Input {odd} of SEQUENCE is {kinds[odd - 1]} among pictures; a sequence is either of "
            "videos and images or of sounds alone. MUX gives a video another sound"
        )


def _render_sounds(job: Job) -> None:
    total = sum(round(length_of(source.info) * RATE) for source in job.sources)
    track = chain.from_iterable(hear(source.path) for source in job.sources)
    write_audio(job.output, track, total=total, progress=job.progress)


def _render_shots(job: Job) -> None:
    params, still = job.params, Fraction(job.params.image_duration)
    shots = [shot_of(source.path, source.info, still=still) for source in job.sources]
    screen = screen_for(shots, _size(shots, params), colour(params.background))
    total = ceil(sum(shot.seconds for shot in shots) * screen.rate)
    has_sound = any(shot.has_sound for shot in shots)
    write_video(
        job.output,
        counted(shown(shots, screen), total=total, progress=job.progress),
        rate=screen.rate,
        aspect=screen.aspect,
        track=joined(shot.sound for shot in shots) if has_sound else None,
    )


def _size(shots: Sequence[Shot], params: SequenceParams) -> Size:
    match params.target_size:
        case "last":
            return shots[-1].shown_size
        case "largest":
            return max((shot.shown_size for shot in shots), key=lambda size: size[0] * size[1])
        case "explicit":
            assert params.width is not None
            assert params.height is not None
            return params.width, params.height
        case _:
            return shots[0].shown_size


SEQUENCE = Effect(
    node=Node(
        name="sequence",
        version=1,
        summary="Puts videos and images one after the other, or sounds",
        params=SequenceParams,
        accepts=(frozenset({"video", "image", "audio"}),),
        many=True,
        gives=frozenset({"video", "audio"}),
    ),
    render=_render,
)
