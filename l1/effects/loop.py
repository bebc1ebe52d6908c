"""LOOP: plays a video, an animated image or a sound again and again.

Each turn begins with the exact moment at which the one before it ends, so that pictures and sound
stay together over any number of turns. A sound that is longer or shorter than the pictures of its
video is cut or ends in silence with each turn.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Annotated

import msgspec

from l1.dag.node import Node, Params, fraction
from l1.effects.effect import Job, effect_of_film
from l1.errors import Refused
from l1.media.audio_file import write_audio
from l1.media.colours import BLACK
from l1.media.film import Film
from l1.media.joining import Part, joined
from l1.media.lengths import length_of
from l1.media.montage import Montage
from l1.media.projecting import film_of_shots
from l1.media.reel import KEPT_BYTES
from l1.media.shots import screen_for, shot_of
from l1.media.sound import RATE
from l1.media.soundtracks import of_parts

MOST = 10_000
"""Turns of one loop."""


Turns = Annotated[int, msgspec.Meta(ge=1, le=MOST)]


class LoopParams(Params, frozen=True, kw_only=True):
    """How often, or for how long."""

    times: Annotated[
        Turns | None,
        msgspec.Meta(description="Turns; 2 where no `duration` is given either"),
    ] = None
    duration: Annotated[
        Decimal | None,
        fraction("Seconds that are filled, the last turn cut off", ge="0.04", le="14400"),
    ] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.times is not None and self.duration is not None:
            raise ValueError("LOOP takes either `times` or `duration`, not both")
        if self.times is None and self.duration is None:
            msgspec.structs.force_setattr(self, "times", 2)


@contextmanager
def _film(job: Job) -> Iterator[Film | None]:
    source = job.sources[0]
    if source.info.kind == "audio":
        yield None
        return
    if source.info.kind != "video" and not source.info.duration_us:
        raise Refused("LOOP takes a video or a sound, and this image does not move; use STILL")
    shot = shot_of(source.path, source.info, still=Fraction(1), name=source.cid)
    screen = screen_for([shot], shot.shown_size, BLACK)
    parts = _turns(shot.sound, job.params)
    with film_of_shots(
        Montage([shot] * len(parts), screen.rate),
        screen,
        frames=ceil(sum(part.seconds for part in parts) * screen.rate),
        sound=of_parts(parts, {source.path: source.cid}),
        kept_bytes=KEPT_BYTES,
    ) as film:
        yield film


def _render_sound(job: Job) -> None:
    source = job.sources[0]
    whole = Part(path=source.path, seconds=length_of(source.info))
    parts = _turns(whole, job.params)
    total = round(sum(part.seconds for part in parts) * RATE)
    write_audio(job.output, joined(parts), total=total, progress=job.progress)


def _turns(whole: Part, params: LoopParams) -> list[Part]:
    """List what is heard in each turn; raises `Refused` when there would be too many."""
    if params.duration is None:
        return [whole] * (params.times or 1)
    count = ceil(Fraction(params.duration) / whole.seconds)
    if count > MOST:
        raise Refused(
            f"LOOP would take {count} turns of {float(whole.seconds):.3f} s; at most {MOST} are "
            "made: shorten `duration`",
            code="bad_parameter",
            field="duration",
        )
    rest = Fraction(params.duration) - (count - 1) * whole.seconds
    return [*[whole] * (count - 1), Part(path=whole.path, seconds=rest)]


LOOP = effect_of_film(
    Node(
        name="loop",
        version=1,
        summary="Plays a video, an animated image or a sound again and again",
        params=LoopParams,
        accepts=(frozenset({"video", "image", "audio"}),),
        gives=frozenset({"video", "audio"}),
    ),
    _film,
    otherwise=_render_sound,
)
