"""GAIN: makes a sound louder or softer by decibels.

Of a video the sound is taken, from its first picture on. The result is FLAC, 48 kHz, stereo, 24
bits. What goes beyond full scale is clipped, and the step's log says so; NORMALIZE finds a gain
that does not clip. A gain of 0 leaves every sample as it was.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from math import log10
from typing import Annotated

import numpy as np

from l1.dag.node import Node, Params, fraction
from l1.effects.effect import Effect, Job
from l1.media.audio_file import write_audio
from l1.media.gains import UNIT, Level, along, factor, turned
from l1.media.lengths import length_of
from l1.media.listening import hear
from l1.media.samples import Samples
from l1.media.sound import RATE

_POINTS = 100
"""How often a second decibels that follow a curve are looked up; between, the factor is a line."""


class GainParams(Params, frozen=True, kw_only=True):
    """By how much."""

    db: Annotated[
        Decimal,
        fraction("Decibels: 6 is twice the amplitude, -6 half of it", ge="-120", le="36"),
    ] = Decimal(0)


def _render(job: Job) -> None:
    source, level = job.sources[0], Level()
    total = round(length_of(source.info) * RATE)
    track = level.watch(_turned(job, hear(source.path), total))
    write_audio(job.output, track, total=total, progress=job.progress)
    if level.clips:
        job.note(f"The sound goes {20 * log10(level.peak):.1f} dB beyond full scale and is clipped")


def _turned(job: Job, track: Iterable[Samples], total: int) -> Iterator[Samples]:
    """Turn a sound up or down; where decibels follow a curve, straight on for each hundredth."""
    if not job.curves:
        return turned(track, factor(job.params.db))
    points = range(total * _POINTS // RATE + 2)
    decibels = (job.at(point, Fraction(_POINTS)).db for point in points)
    curve = np.array([round(factor(value) * UNIT) for value in decibels], np.int64)
    return along(track, curve, step=RATE // _POINTS)


GAIN = Effect(
    node=Node(
        name="gain",
        version=1,
        summary="Makes a sound louder or softer by decibels",
        params=GainParams,
        accepts=(frozenset({"audio"}),),
        gives="audio",
        binds=("db",),
    ),
    render=_render,
)
