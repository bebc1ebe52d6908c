"""FADE: lets a sound come up from silence, and go back to it at its end.

Of a video the sound is taken, from its first picture on. The result is FLAC, 48 kHz, stereo, 24
bits. Fades that are longer than the sound overlap, and both apply; one that is as long as the
sound or longer still begins (or ends) in silence. Without either the samples stay as they were.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from l1.dag.node import Node, Params, fraction
from l1.effects.effect import Effect, Job
from l1.media.audio_file import write_audio
from l1.media.listening import hear, sound_end
from l1.media.samples import Samples
from l1.media.sound import RATE

Curve = Literal["linear", "smooth", "power", "square"]


class FadeParams(Params, frozen=True, kw_only=True):
    """How long it takes, and along which curve."""

    fade_in: Annotated[
        Decimal, fraction("Seconds until the sound is all there", ge="0", le="3600")
    ] = Decimal(0)
    fade_out: Annotated[
        Decimal, fraction("Seconds before the end from which it goes", ge="0", le="3600")
    ] = Decimal(0)
    curve: Annotated[
        Curve,
        msgspec.Meta(
            description="linear: straight in amplitude; smooth: slow at both ends; power: straight "
            "in power, so that two sounds that cross stay as loud; square: late and steep"
        ),
    ] = "smooth"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.fade_in and not self.fade_out:
            msgspec.structs.force_setattr(self, "curve", "smooth")


def _render(job: Job) -> None:
    source = job.sources[0]
    total = round(sound_end(source.path) * RATE)
    track = _faded(hear(source.path), total, job.params)
    write_audio(job.output, track, total=total, progress=job.progress)


def _faded(track: Iterator[Samples], total: int, params: FadeParams) -> Iterator[Samples]:
    rising, falling = (
        round(Fraction(seconds) * RATE) for seconds in (params.fade_in, params.fade_out)
    )
    done = 0
    for block in track:
        at = np.arange(done, done + block.shape[1])
        done += block.shape[1]
        if at[0] >= rising and done <= total - falling:
            yield block
            continue
        gain = _opened(at, rising, params.curve) * _opened(total - 1 - at, falling, params.curve)
        yield (block.astype(np.float64) * gain).astype(np.float32)


def _opened(at: NDArray[np.int64], length: int, curve: Curve) -> NDArray[np.float64]:
    """Tell the gain of each sample, counted from the silent end; only exact operations are used."""
    place = np.clip(at, 0, length) / max(1, length)
    if not length:
        return np.ones(len(at))
    match curve:
        case "linear":
            return place
        case "smooth":
            return np.asarray(place * place * (3 - 2 * place))
        case "power":
            return np.sqrt(place)
        case "square":
            return np.asarray(place * place)


FADE = Effect(
    node=Node(
        name="fade",
        version=1,
        summary="Lets a sound come up from silence, and go back to it at its end",
        params=FadeParams,
        accepts=(frozenset({"audio"}),),
        gives="audio",
    ),
    render=_render,
)
