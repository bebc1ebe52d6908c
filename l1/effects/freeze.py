"""FREEZE: holds one picture of a video for some time, and then goes on.

The picture is the one that is seen at `at`; a moment beyond the end means the last one, and so
does leaving it out. While it is held there is silence, and the sound goes on where it stopped.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from l1.dag.node import Node, Params, fraction
from l1.effects.effect import Job, effect_of_film
from l1.errors import Refused
from l1.media.film import Film, retimed
from l1.media.joining import Part
from l1.media.lengths import frames_of
from l1.media.reel import open_reel
from l1.media.soundtracks import of_parts


class FreezeParams(Params, frozen=True, kw_only=True):
    """Which picture, and for how long."""

    at: Annotated[
        Decimal | None,
        fraction("Second at which it stands still; left out, the end", ge="0", le="14400"),
    ] = None
    duration: Annotated[Decimal, fraction("Seconds for which it is held", ge="0", le="3600")] = (
        Decimal(2)
    )


@contextmanager
def _film(job: Job) -> Iterator[Film | None]:
    source, params = job.sources[0], job.params
    if source.info.kind != "video":
        raise Refused(f"FREEZE takes a video, and this input is {source.info.kind}")
    frames = frames_of(source.info)
    with open_reel(source.path, kept_bytes=1) as reel:
        held = round(Fraction(params.duration) * reel.rate)
        place = frames - 1
        if params.at is not None:
            place = min(place, int(Fraction(params.at) * reel.rate))
        parts = _parts(job, reel.rate, frames, place, held) if source.info.audio else []
        yield retimed(
            reel,
            source.cid,
            lambda number: number if number <= place else max(place, number - held),
            frames=frames + held,
            sound=of_parts(parts, {source.path: source.cid}),
        )


def _parts(job: Job, rate: Fraction, frames: int, place: int, held: int) -> list[Part]:
    """Cut the sound after the picture that is held, which is heard before it stands still."""
    path, cut = job.sources[0].path, (place + 1) / rate
    parts = [
        Part(path=path, seconds=cut),
        Part(path=None, seconds=held / rate),
        Part(path=path, seconds=frames / rate - cut, start=cut),
    ]
    return [part for part in parts if part.seconds]


FREEZE = effect_of_film(
    Node(
        name="freeze",
        version=1,
        summary="Holds one picture of a video for some time, and then goes on",
        params=FreezeParams,
        accepts=(frozenset({"video"}),),
    ),
    _film,
)
