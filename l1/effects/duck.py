"""DUCK: lowers music while a voice is heard, and mixes the voice in.

Each hundredth of a second of the voice has a level, the root mean square of both sides. What it is
above `threshold` decides how far the music goes down: by (1 - 1 / `ratio`) of the excess, by
`amount` at most. The music takes `attack` to go all of `amount` down and `release` to come all the
way back, evenly in decibels.

The result is as long as the music; what the voice has after it is left out, and before its end the
music goes on alone. Of videos the sound is taken, from the first picture on. The result is FLAC,
48 kHz, stereo, 24 bits, and is turned down as a whole when it would clip.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain, repeat
from math import log10
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from l1.dag.node import Node, Params, fraction
from l1.effects.effect import Effect, Job
from l1.media.audio_file import write_audio
from l1.media.gains import UNIT, Level, along, factor, turned
from l1.media.lengths import length_of
from l1.media.listening import hear
from l1.media.samples import BLOCK, Samples, in_frames, silence
from l1.media.sound import RATE

_STEP = RATE // 100
_POWER = 1 << 40
_SILENT = -20_000
"""Hundredths of a decibel that stand for silence."""


class DuckParams(Params, frozen=True, kw_only=True):
    """When the music gives way, how far and how fast."""

    threshold: Annotated[
        Decimal, fraction("Level of the voice in dBFS from which it counts", ge="-90", le="0")
    ] = Decimal(-40)
    amount: Annotated[
        Decimal, fraction("Decibels by which the music is lowered at most", ge="0", le="60")
    ] = Decimal(12)
    ratio: Annotated[
        Decimal,
        fraction("How strongly louder voice lowers the music; 1 does not at all", ge="1", le="100"),
    ] = Decimal(8)
    attack: Annotated[Decimal, fraction("Seconds the music takes to go down", ge="0", le="10")] = (
        Decimal("0.1")
    )
    release: Annotated[
        Decimal, fraction("Seconds the music takes to come back", ge="0", le="30")
    ] = Decimal("0.8")
    voice: Annotated[
        Decimal, fraction("Gain of the voice in the result; 0 leaves it out", ge="0", le="16")
    ] = Decimal(1)


def _render(job: Job) -> None:
    music, _ = job.sources
    params, total = job.params, round(length_of(music.info) * RATE)
    curve = _curve(params, _levels(hear(job.sources[1].path)))
    job.note(f"The music is lowered by up to {_lowest(curve):.1f} dB")
    level = Level()
    done = write_audio(
        job.output,
        level.watch(_mix(job, curve)),
        progress=lambda written, _: job.progress(written, 2 * max(written, total)),
    )
    if level.clips:
        job.note(f"The mix was {20 * log10(level.peak):.1f} dB too loud, and all of it turned down")
        write_audio(
            job.output,
            turned(_mix(job, curve), (1 - 2**-20) / level.peak),
            progress=lambda written, _: job.progress(done + written, 2 * done),
        )
    job.progress(2 * done, 2 * done)


def _mix(job: Job, curve: NDArray[np.int64]) -> Iterator[Samples]:
    """Add the voice to the lowered music, as long as there is music."""
    music, voice = (hear(source.path) for source in job.sources)
    lowered = in_frames(along(music, curve, step=_STEP), BLOCK)
    loud = float(round(job.params.voice * UNIT)) / UNIT
    if not loud:
        yield from lowered
        return
    spoken = chain(in_frames(turned(voice, loud), BLOCK), repeat(silence(2, 0)))
    for under, over in zip(lowered, spoken, strict=False):
        both = min(under.shape[1], over.shape[1])
        mixed = under.copy()
        mixed[:, :both] += over[:, :both]
        yield mixed


def _levels(voice: Iterable[Samples]) -> list[int]:
    """Measure each step, in hundredths of dBFS."""
    levels = []
    for block in in_frames(voice, _STEP * 100):
        whole = np.pad(block, ((0, 0), (0, -block.shape[1] % _STEP))).astype(np.float64)
        squares = np.rint(whole * whole * _POWER).astype(np.int64).sum(axis=0)
        for power in squares.reshape(-1, _STEP).sum(axis=1).tolist():
            mean = power / (2 * _STEP * _POWER)
            levels.append(round(1000 * log10(mean)) if mean else _SILENT)
    return levels


def _curve(params: DuckParams, levels: Iterable[int]) -> NDArray[np.int64]:
    """Follow the levels with the music's gain, one point for each step."""
    most, threshold = round(params.amount * 100), round(params.threshold * 100)
    part = 1 - 1 / params.ratio
    down, up = (_speed(most, seconds) for seconds in (params.attack, params.release))
    now, points = 0, [0]
    for level in chain(levels, [_SILENT] * (-(-most // up) + 1)):
        wanted = min(most, max(0, int((level - threshold) * part)))
        now = max(wanted, now - up) if wanted < now else min(wanted, now + down)
        points.append(now)
    table = [round(factor(Decimal(-lowered) / 100) * UNIT) for lowered in range(most + 1)]
    return np.array(table, np.int64)[points]


def _speed(most: int, seconds: Decimal) -> int:
    """Tell how many hundredths of a decibel a step may change the gain, at least one."""
    return max(1, round(most / max(Decimal(1), seconds * 100)))


def _lowest(curve: NDArray[np.int64]) -> float:
    return -20 * log10(int(curve.min()) / UNIT)


DUCK = Effect(
    node=Node(
        name="duck",
        version=1,
        summary="Lowers music while a voice is heard, and mixes the voice in",
        params=DuckParams,
        accepts=(frozenset({"audio"}), frozenset({"audio"})),
        slots=("music", "voice"),
        gives="audio",
    ),
    render=_render,
)
