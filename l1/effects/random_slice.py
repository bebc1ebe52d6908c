"""RANDOM_SLICE: a part of a video or a sound that lasts as long as is asked, anywhere in it.

Where is decided by `seed` and `number`, and by the bytes of a second input if there is one: the
same always give the same part. A video is cut between its pictures, and has as many as the
duration, to the nearest. What is shorter is given whole, and the step's log tells.
"""

import hashlib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Annotated, get_args

import msgspec

from l1.content.media_info import Kind
from l1.dag.node import Node, Params, fraction
from l1.effects.effect import Effect, Job
from l1.errors import Refused
from l1.media.audio_file import write_audio
from l1.media.cutting import write_part
from l1.media.dice import MOST
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


def _render(job: Job) -> None:
    source, *seeds = job.sources
    content = _digest(seeds[0].path) if seeds else b""
    if source.info.kind == "video":
        _render_video(job, content)
    elif source.info.kind == "audio":
        _render_sound(job, content)
    else:
        raise Refused(
            f"RANDOM_SLICE takes a video or a sound, and this input is {source.info.kind}"
        )


def _render_video(job: Job, content: bytes) -> None:
    source, wanted = job.sources[0], Fraction(job.params.duration)
    rate, frames = rate_of(source.info), frames_of(source.info)
    count = max(1, round(wanted * rate))
    if count > frames:
        _note_short(job)
    first = chosen(max(0, frames - count) + 1, job.params, content)
    write_part(
        job.output,
        source.path,
        first=first,
        stop=min(frames, first + count),
        has_sound=source.info.audio is not None,
        progress=job.progress,
    )


def _render_sound(job: Job, content: bytes) -> None:
    source, wanted = job.sources[0], round(job.params.duration * RATE)
    there = round(length_of(source.info) * RATE)
    if wanted > there:
        _note_short(job)
    first = chosen(max(0, there - wanted) + 1, job.params, content)
    stop = min(there, first + wanted)
    track = hear(source.path, start=Fraction(first, RATE), stop=Fraction(stop, RATE))
    write_audio(job.output, track, total=stop - first, progress=job.progress)


def _note_short(job: Job) -> None:
    length = float(length_of(job.sources[0].info))
    job.note(f"It lasts {length:.3f} s, less than {job.params.duration} s, and is given whole")


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


RANDOM_SLICE = Effect(
    node=Node(
        name="random_slice",
        version=1,
        summary="Cuts a part of some length out of a video or a sound, anywhere in it, by a seed",
        params=RandomSliceParams,
        accepts=(frozenset({"video", "audio"}), frozenset[Kind](get_args(Kind))),
        fewest=1,
        slots=("clip", "seed_from"),
    ),
    render=_render,
)
