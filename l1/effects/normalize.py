"""NORMALIZE: brings a sound to a loudness, by EBU R128, in two passes.

The first pass measures the whole sound, the second turns all of it up or down by one gain. Where
that would lift peaks beyond `true_peak`, either the sound is turned down around those peaks alone,
for some milliseconds each, and ends a little softer than `target` (`limit`), or the gain is made
smaller, so that nothing but the volume changes and the sound stays softer (`lower`).

Of a video the sound is taken, from its first picture on. The result is FLAC, 48 kHz, stereo, 24
bits. What is silent, or shorter than 0.4 s, has no loudness and is left as it is.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from math import log10
from typing import Annotated, Literal

import msgspec
import numpy as np

from l1.dag.node import Node, Params, fraction
from l1.effects.effect import Effect, Job
from l1.media.audio_file import write_audio
from l1.media.gains import along, factor, turned
from l1.media.lengths import length_of
from l1.media.limiter import limiting
from l1.media.listening import hear
from l1.media.loudness import PIECE, Loudness, loudness_of
from l1.media.samples import Samples
from l1.media.sound import RATE
from l1.media.true_peak import PEAK_FULL


class NormalizeParams(Params, frozen=True, kw_only=True):
    """How loud the result is."""

    target: Annotated[
        Decimal,
        fraction("Integrated loudness in LUFS: -14 for the web, -23 for TV", ge="-70", le="-5"),
    ] = Decimal(-14)
    true_peak: Annotated[Decimal, fraction("Highest true peak in dBTP", ge="-20", le="0")] = (
        Decimal(-1)
    )
    peaks: Annotated[
        Literal["limit", "lower"],
        msgspec.Meta(
            description="What happens where peaks would be higher. limit: they are turned down "
            "alone; lower: the whole sound stays softer"
        ),
    ] = "limit"


def _render(job: Job) -> None:
    path, params = job.sources[0].path, job.params
    total = round(length_of(job.sources[0].info) * RATE)
    found = loudness_of(_told(job, hear(path), total))
    gain, limit = _gain(job, found), _limit(params)
    track, lifted = turned(hear(path), gain), np.rint(found.peaks * gain).astype(np.int64)
    highest = int(lifted.max(initial=0))
    if found.integrated is not None and highest > limit:
        track = along(track, limiting(lifted, limit), step=PIECE)
        job.note(
            f"Peaks were turned down by up to {20 * log10(highest / limit):.1f} dB, "
            f"in {int((lifted > limit).sum()) / 1000:.2f} s of the sound"
        )
    whole = max(total, found.samples)
    write_audio(
        job.output, track, progress=lambda done, _: job.progress(found.samples + done, 2 * whole)
    )
    job.progress(2 * whole, 2 * whole)


def _told(job: Job, track: Iterable[Samples], total: int) -> Iterator[Samples]:
    """Hand sound on, which is half of the work."""
    done = 0
    for block in track:
        yield block
        done += block.shape[1]
        job.progress(done, 2 * max(done, total))


def _limit(params: NormalizeParams) -> int:
    return int(factor(params.true_peak) * PEAK_FULL)


def _gain(job: Job, found: Loudness) -> float:
    """Choose the factor for the whole sound, and say what it does."""
    if found.integrated is None or found.true_peak is None:
        job.note("The sound is silent, or shorter than 0.4 s, and is left as it is")
        return 1.0
    params = job.params
    gain = factor(params.target - Decimal(found.integrated) / 100)
    if params.peaks == "lower":
        gain = min(gain, _limit(params) / int(found.peaks.max()))
    job.note(
        f"Measured {found.integrated / 100:.1f} LUFS, a range of {found.range / 100:.1f} LU and a "
        f"true peak of {found.true_peak / 100:.1f} dBTP; turned by {20 * log10(gain):+.1f} dB"
    )
    return gain


NORMALIZE = Effect(
    node=Node(
        name="normalize",
        version=1,
        summary="Brings a sound to a loudness, by EBU R128",
        params=NormalizeParams,
        accepts=(frozenset({"audio"}),),
        gives="audio",
    ),
    render=_render,
)
