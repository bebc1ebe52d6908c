"""AUDIO_MIX: adds sounds up, each with its own gain.

Every input begins at the beginning: a video at its first picture, a sound at its first sample.
Whatever their rates and channels, the result is FLAC, 48 kHz, stereo, 24 bits. Mono is heard on
both sides; surround is mixed down by ITU-R BS.775.

Normalising never makes anything louder: only when the sum goes beyond full scale is the whole mix
turned down, by one factor, so that its peak just fits. One input with gain 1 comes out as it was.
"""

from collections.abc import Mapping
from decimal import Decimal
from math import log10
from typing import Annotated

import msgspec

from l1.dag.node import Node, Params, fraction, is_writable
from l1.dag.recipe import RecipeStep
from l1.effects.effect import Effect, Job
from l1.errors import Refused
from l1.media.audio_file import write_audio
from l1.media.mixing import MOST_GAIN, Duration, Meter, Voice, mixed, to_scale
from l1.media.sound import RATE

MOST = 64
_MILLION = 1_000_000

Gain = Annotated[Decimal, fraction("A factor", ge="0", le=str(MOST_GAIN))]


class AudioMixParams(Params, frozen=True, kw_only=True):
    """How loud each input is, how long the result, and what happens when it is too loud."""

    gains: Annotated[
        tuple[Gain, ...],
        msgspec.Meta(
            max_length=MOST,
            description="A factor for each input in order, 0 to 64: 1 leaves it as it is, 0.5 is "
            "half (-6 dB), 0 mutes it; inputs without one have 1",
        ),
    ] = ()
    normalize: Annotated[
        bool,
        msgspec.Meta(
            description="Turn the whole mix down when it would clip; false clips it at full scale"
        ),
    ] = True
    duration: Annotated[
        Duration,
        msgspec.Meta(
            description="longest: shorter inputs end in silence; shortest: all end with the "
            "shortest; first: as long as the first input"
        ),
    ] = "longest"

    def __post_init__(self) -> None:
        super().__post_init__()
        for gain in self.gains:
            if not is_writable(gain) or not 0 <= gain <= MOST_GAIN:
                raise ValueError(f"Expected numbers from 0 to {MOST_GAIN} in `gains`")
        # A gain of 1 at the end says nothing: the parameters, and with them the key, are the same.
        heard = next((n for n in range(len(self.gains), 0, -1) if self.gains[n - 1] != 1), 0)
        msgspec.structs.force_setattr(self, "gains", self.gains[:heard])


def expand(
    step: RecipeStep, params: Params, _steps: Mapping[str, RecipeStep]
) -> tuple[RecipeStep, ...]:
    """Leave the step as it is, if each gain has an input."""
    assert isinstance(params, AudioMixParams)
    _check_count(len(step.inputs), params)
    return (step,)


def _render(job: Job) -> None:
    params, voices = job.params, _voices(job)
    total = max(source.info.duration_us for source in job.sources) * RATE // _MILLION
    passes = 2 if params.normalize else 1
    meter = Meter()
    sums = meter.watch(mixed(voices, params.duration))
    done = write_audio(job.output, to_scale(sums), total=total * passes, progress=job.progress)
    if meter.clips and params.normalize:
        job.note(
            f"The mix peaks at {meter.level:.2f} times full scale; all of it was turned down by "
            f"{20 * log10(meter.level):.1f} dB"
        )
        write_audio(
            job.output,
            to_scale(mixed(voices, params.duration), peak=meter.peak),
            progress=lambda written, _: job.progress(done + written, 2 * done),
        )
    elif meter.clips:
        job.note(f"The mix peaks at {meter.level:.2f} times full scale and was clipped")
    job.progress(done * passes, done * passes)


def _voices(job: Job) -> tuple[Voice, ...]:
    gains = job.params.gains
    _check_count(len(job.sources), job.params)
    for number, source in enumerate(job.sources, 1):
        if source.info.audio is None:
            raise Refused(f"Input {number} of AUDIO_MIX has no sound; leave it out")
    filled = (*gains, *[Decimal(1)] * (len(job.sources) - len(gains)))
    return tuple(
        Voice(path=source.path, gain=gain) for source, gain in zip(job.sources, filled, strict=True)
    )


def _check_count(inputs: int, params: AudioMixParams) -> None:
    if inputs > MOST:
        raise Refused(f"AUDIO_MIX takes at most {MOST} inputs; mix some of them first")
    if len(params.gains) > inputs:
        raise Refused(
            f"AUDIO_MIX has {len(params.gains)} gains and {inputs} inputs; leave the gains out "
            "that belong to no input",
            code="bad_parameter",
            field="gains",
        )


AUDIO_MIX = Effect(
    node=Node(
        name="audio_mix",
        version=1,
        summary="Mixes sounds, each with its own gain, into one that does not clip",
        params=AudioMixParams,
        accepts=(frozenset({"audio"}),),
        many=True,
        gives="audio",
        expand=expand,
    ),
    render=_render,
)
