"""RANDOM_SLICE: a part of a video or a sound that lasts as long as is asked, anywhere in it.

Where is decided by `seed` and `number`, and by the bytes of a second input if there is one: the
same always give the same part. A video is cut between its pictures, and has as many as the
duration, to the nearest. What is shorter is given whole, and the step's log tells.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, get_args

import msgspec

from l1.content.media_info import Kind
from l1.dag.node import Node, Params, fraction
from l1.effects.effect import Job, effect_of_film
from l1.errors import Refused
from l1.media.audio_file import write_audio
from l1.media.cutting import film_of_part
from l1.media.dice import MOST
from l1.media.film import Film
from l1.media.lengths import frames_of, length_of, rate_of
from l1.media.listening import hear
from l1.media.sound import RATE

_LONGEST_S = "14400"


class RandomSliceParams(Params, frozen=True, kw_only=True):
    """How long, and what decides where."""

    duration: Annotated[Decimal, fraction("Seconds that it lasts", ge="0.01", le=_LONGEST_S)] = (
        Decimal(1)
    )
    seed: Annotated[int, msgspec.Meta(ge=0, le=MOST, description="Another seed, another part")] = 0
    number: Annotated[
        int, msgspec.Meta(ge=0, le=MOST, description="Which of several slices; MAP says it itself")
    ] = 0


def chosen(places: int, params: RandomSliceParams, content: bytes = b"") -> int:
    """Choose one of so many places, each as likely as any other; `content` is a SHA-256."""
    told = f"{params.seed} {params.number} ".encode() + content
    return int.from_bytes(hashlib.sha256(told).digest()) % places


@contextmanager
def _film(job: Job) -> Iterator[Film | None]:
    source = job.sources[0]
    if source.info.kind == "audio":
        yield None
        return
    if source.info.kind != "video":
        raise Refused(
            f"RANDOM_SLICE takes a video or a sound, and this input is {source.info.kind}"
        )
    frames = frames_of(source.info)
    count = max(1, round(Fraction(job.params.duration) * rate_of(source.info)))
    if count > frames:
        _note_short(job)
    first = chosen(max(0, frames - count) + 1, job.params, _content(job))
    with film_of_part(
        source.path,
        source.cid,
        first=first,
        stop=min(frames, first + count),
        has_sound=source.info.audio is not None,
    ) as film:
        yield film


def _render_sound(job: Job) -> None:
    source, wanted = job.sources[0], round(job.params.duration * RATE)
    there = round(length_of(source.info) * RATE)
    if wanted > there:
        _note_short(job)
    first = chosen(max(0, there - wanted) + 1, job.params, _content(job))
    stop = min(there, first + wanted)
    track = hear(source.path, start=Fraction(first, RATE), stop=Fraction(stop, RATE))
    write_audio(job.output, track, total=stop - first, progress=job.progress)


def _note_short(job: Job) -> None:
    length = float(length_of(job.sources[0].info))
    job.note(f"It lasts {length:.3f} s, less than {job.params.duration} s, and is given whole")


def _content(job: Job) -> bytes:
    """Hash what decides beside the seed, if there is anything."""
    for source in job.sources[1:]:
        with source.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    return b""


RANDOM_SLICE = effect_of_film(
    Node(
        name="random_slice",
        version=1,
        summary="Cuts a part of some length out of a video or a sound, anywhere in it, by a seed",
        params=RandomSliceParams,
        accepts=(frozenset({"video", "audio"}), frozenset[Kind](get_args(Kind))),
        fewest=1,
        slots=("clip", "seed_from"),
    ),
    _film,
    otherwise=_render_sound,
)
