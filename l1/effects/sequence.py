"""SEQUENCE: puts videos and images one after the other, or sounds.

All are shown at the rate of the first video and at one size: what has other proportions is fitted
in and surrounded by the background. What has no sound is silent for its time. An animated image is
played once, a still one is shown for `image_duration`.

With `crossfade` each begins before the one before it has ended, and both are mixed for that time,
so that the whole is shorter by it. With `fade` nothing overlaps: the first half of the time the
one that ends falls to the background, the second half the next one rises from it. Sound goes along
with the pictures, to and from silence, in straight lines. What comes first begins and what comes
last ends at once.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import chain
from typing import Annotated, Literal

import msgspec

from l1.dag.node import Node, Params, fraction
from l1.effects.effect import Job, effect_of_film
from l1.errors import Refused
from l1.media.audio_file import write_audio
from l1.media.colours import colour, colour_text
from l1.media.film import Film
from l1.media.joining import Part, joined
from l1.media.lengths import length_of
from l1.media.listening import hear
from l1.media.montage import Montage
from l1.media.projecting import film_of_shots
from l1.media.resizing import Size
from l1.media.shots import Shot, screen_for, shot_of
from l1.media.sound import RATE
from l1.media.soundtracks import of_parts

MOST = 1000
"""Inputs that one sequence takes."""

Side = Annotated[int, msgspec.Meta(ge=2, le=16384)]


class Transition(Params, frozen=True, kw_only=True):
    """How one input gives way to the next."""

    type: Annotated[
        Literal["cut", "crossfade", "fade"],
        msgspec.Meta(
            description="cut: at once; crossfade: the next is mixed in while the last goes on; "
            "fade: down to the background and up again"
        ),
    ] = "cut"
    duration: Annotated[
        Decimal, fraction("Seconds it takes; a cut takes none", ge="0", le="60")
    ] = Decimal("0.5")


_KINDS = {
    "cut": Transition(),
    "crossfade": Transition(type="crossfade"),
    "fade": Transition(type="fade"),
}


class SequenceParams(Params, frozen=True, kw_only=True):
    """How the inputs follow each other, and the frame they are shown in."""

    transition: Annotated[
        Transition | str,
        msgspec.Meta(
            description="`cut`, `crossfade` or `fade`, also with its length: "
            "{type: fade, duration: 1}"
        ),
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
        sides = sum(side is not None for side in (self.width, self.height))
        if sides != (2 if self.target_size == "explicit" else 0):
            raise ValueError("`target_size: explicit` goes with both `width` and `height`")
        msgspec.structs.force_setattr(self, "transition", _one_form(self.transition))
        msgspec.structs.force_setattr(self, "background", colour_text(self.background))


def _one_form(wanted: Transition | str) -> Transition | str:
    """Write a transition in one way, so that equal sequences have equal keys."""
    if isinstance(wanted, str):
        if wanted not in _KINDS:
            raise ValueError(
                f"there is no `{wanted}` among the kinds of `transition`; there are `cut`, "
                "`crossfade` and `fade`"
            )
        wanted = _KINDS[wanted]
    return "cut" if wanted.type == "cut" or not wanted.duration else wanted


@contextmanager
def _film(job: Job) -> Iterator[Film | None]:
    if not 1 <= len(job.sources) <= MOST:
        raise Refused(f"SEQUENCE takes 1 to {MOST} inputs, and got {len(job.sources)}")
    kinds = [source.info.kind for source in job.sources]
    if set(kinds) == {"audio"}:
        yield None
        return
    if not set(kinds) <= {"video", "image"}:
        odd = next(n for n, kind in enumerate(kinds, 1) if kind not in {"video", "image"})
        raise Refused(
            f"Input {odd} of SEQUENCE is {kinds[odd - 1]} among pictures; a sequence is either of "
            "videos and images or of sounds alone. MUX gives a video another sound"
        )
    params, still = job.params, Fraction(job.params.image_duration)
    shots = [
        shot_of(source.path, source.info, still=still, name=source.cid) for source in job.sources
    ]
    screen = screen_for(shots, _size(shots, params), colour(params.background))
    crossfade, fade = _times(params)
    _check_lengths([shot.seconds for shot in shots], crossfade, fade)
    montage = Montage(shots, screen.rate, overlap=crossfade, fade=fade)
    parts = _fading([shot.sound for shot in shots], fade)
    names = {source.path: source.cid for source in job.sources}
    with film_of_shots(montage, screen, sound=of_parts(parts, names, overlap=crossfade)) as film:
        yield film


def _render_sounds(job: Job) -> None:
    lengths = [length_of(source.info) for source in job.sources]
    crossfade, fade = _times(job.params)
    _check_lengths(lengths, crossfade, fade)
    if crossfade or fade:
        parts = [
            Part(path=source.path, seconds=seconds)
            for source, seconds in zip(job.sources, lengths, strict=True)
        ]
        track = joined(_fading(parts, fade), overlap=crossfade)
    else:
        track = chain.from_iterable(hear(source.path) for source in job.sources)
    total = sum(round(seconds * RATE) for seconds in lengths)
    total -= round((len(lengths) - 1) * crossfade * RATE)
    write_audio(job.output, track, total=total, progress=job.progress)


def _times(params: SequenceParams) -> tuple[Fraction, Fraction]:
    """Tell how many seconds neighbours overlap, and how many a fade between them takes."""
    transition = params.transition
    if isinstance(transition, str):
        return Fraction(0), Fraction(0)
    seconds = Fraction(transition.duration)
    return (seconds, Fraction(0)) if transition.type == "crossfade" else (Fraction(0), seconds)


def _fading(parts: list[Part], fade: Fraction) -> list[Part]:
    """Let sounds fall and rise where they meet, each for half of the time."""
    last = len(parts) - 1
    return [
        replace(part, fade_in=fade / 2 * (number > 0), fade_out=fade / 2 * (number < last))
        for number, part in enumerate(parts)
    ]


def _check_lengths(lengths: list[Fraction], crossfade: Fraction, fade: Fraction) -> None:
    """Refuse what is too short for the transitions at its ends."""
    each, last = crossfade or fade / 2, len(lengths) - 1
    for number, seconds in enumerate(lengths):
        needed = each * ((number > 0) + (number < last))
        if seconds < needed:
            raise Refused(
                f"Input {number + 1} of SEQUENCE lasts {float(seconds):.3f} s, and its transitions "
                f"take {float(needed):.3f} s; shorten `duration` of the transition",
                code="bad_parameter",
                field="transition",
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


SEQUENCE = effect_of_film(
    Node(
        name="sequence",
        version=1,
        summary="Puts videos and images one after the other, or sounds",
        params=SequenceParams,
        accepts=(frozenset({"video", "image", "audio"}),),
        many=True,
        gives=frozenset({"video", "audio"}),
    ),
    _film,
    otherwise=_render_sounds,
)
