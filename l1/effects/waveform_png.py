"""WAVEFORM_PNG: a sound's waveform from beginning to end, as one picture.

Each column shows its part of the sound, both sides together: from the lowest to the highest sample
in `colour`, and its root mean square in `inner`. Full scale is the picture's height; with `fill`
the loudest sample is. Of a video the sound is taken, from its first picture on.
"""

from collections.abc import Iterable
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from l1.dag.node import Node, Params
from l1.effects.effect import Effect, Job
from l1.media.colours import colour, colour_text
from l1.media.drawing import PART, painted, standing, surface
from l1.media.listening import hear, sound_end
from l1.media.samples import Samples
from l1.media.sound import RATE
from l1.media.stills import png

_UNIT = 1 << 15
_LEAST = _UNIT // 1000

Side = Annotated[int, msgspec.Meta(ge=2, le=8192)]


class WaveformPngParams(Params, frozen=True, kw_only=True):
    """The picture's size and colours."""

    width: Annotated[Side, msgspec.Meta(description="Pixels across")] = 1200
    height: Annotated[Side, msgspec.Meta(description="Pixels down")] = 240
    colour: Annotated[str, msgspec.Meta(description="Of the waveform: #rrggbb or a name")] = (
        "#2f6f9f"
    )
    inner: Annotated[str, msgspec.Meta(description="Of what is inside its root mean square")] = (
        "#6fb7e8"
    )
    background: Annotated[
        str, msgspec.Meta(description="Behind it; `transparent` leaves it open")
    ] = "#0000"
    fill: Annotated[
        bool, msgspec.Meta(description="Scale so that the loudest sample fills the height")
    ] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("colour", "inner", "background"):
            msgspec.structs.force_setattr(self, name, colour_text(getattr(self, name)))


def _render(job: Job) -> None:
    params, path = job.params, job.sources[0].path
    total = max(1, round(sound_end(path) * RATE))
    low, high, mean = _columns(job, hear(path), total)
    loudest = max(int(-low.min()), int(high.max()), _LEAST) if params.fill else _UNIT
    middle = params.height * PART // 2
    scale = (middle - PART // 2) / loudest
    picture = surface((params.width, params.height), colour(params.background))
    for ink, up, down in ((params.colour, high, -low), (params.inner, mean, mean)):
        # A line of one pixel is there even in silence.
        above, below = (np.maximum(np.rint(side * scale), PART // 2) for side in (up, down))
        cover = standing(
            middle - above.astype(np.int64), middle + below.astype(np.int64), params.height
        )
        picture = painted(picture, colour(ink), cover)
    job.output.write_bytes(png(picture))
    job.progress(total, total)


def _columns(
    job: Job, track: Iterable[Samples], total: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Find the lowest, the highest and the root mean square of each column, of `_UNIT`."""
    width = job.params.width
    low, high = np.zeros(width, np.int64), np.zeros(width, np.int64)
    power, counts, done = np.zeros(width, np.int64), np.zeros(width, np.int64), 0
    for block in track:
        whole = np.rint(np.clip(block, -1, 1).astype(np.float64) * _UNIT).astype(np.int64)
        column = (np.arange(done, done + whole.shape[1]) * width // total).clip(0, width - 1)
        done += whole.shape[1]
        first, starts = np.unique(column, return_index=True)
        low[first] = np.minimum(low[first], np.minimum.reduceat(whole.min(axis=0), starts))
        high[first] = np.maximum(high[first], np.maximum.reduceat(whole.max(axis=0), starts))
        power[first] += np.add.reduceat((whole * whole).sum(axis=0), starts)
        counts[first] += 2 * np.diff(np.append(starts, whole.shape[1]))
        job.progress(done, max(done, total) + 1)
    mean = np.sqrt(power / np.maximum(counts, 1))
    return low, high, np.asarray(np.rint(mean), np.int64)


WAVEFORM_PNG = Effect(
    node=Node(
        name="waveform_png",
        version=1,
        summary="Draws a sound's waveform as one picture",
        params=WaveformPngParams,
        accepts=(frozenset({"audio"}),),
        gives="image",
    ),
    render=_render,
)
