"""WAVEFORM_VIDEO: a sound as an oscilloscope shows it, and the sound itself.

Each picture shows `window` seconds around its moment, both sides together, as a line that glows.
The trace begins where the wave crosses zero upwards, so that a steady tone stands still. Of a video
the sound is taken, from its first picture on. Sides are made even, upwards.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from l1.dag.node import Node, Params, fraction
from l1.effects.visualiser import effect_of_sound
from l1.media.colours import colour, one_form
from l1.media.drawing import PART, glowing, painted, standing, surface
from l1.media.pictures import Picture
from l1.media.samples import Samples
from l1.media.sound import RATE
from l1.media.sound_video import Windows

Side = Annotated[int, msgspec.Meta(ge=16, le=4096)]
_UNIT = 1 << 15
_SEARCHED = RATE // 50


class WaveformVideoParams(Params, frozen=True, kw_only=True):
    """The picture's size, rate and colours, and how much of the sound it shows."""

    width: Annotated[Side, msgspec.Meta(description="Pixels across")] = 1280
    height: Annotated[Side, msgspec.Meta(description="Pixels down")] = 720
    fps: Annotated[Decimal, fraction("Pictures in a second", ge="1", le="60")] = Decimal(30)
    window: Annotated[Decimal, fraction("Seconds of sound in one picture", ge="0.002", le="1")] = (
        Decimal("0.04")
    )
    gain: Annotated[Decimal, fraction("Height of the trace, 1 is full scale", ge="0", le="16")] = (
        Decimal(1)
    )
    line: Annotated[str, msgspec.Meta(description="Colour of the trace")] = "#b8fff0"
    glow: Annotated[str, msgspec.Meta(description="Colour of the light around it")] = "#12c9a8"
    background: Annotated[str, msgspec.Meta(description="Colour behind it")] = "#07110f"

    def __post_init__(self) -> None:
        super().__post_init__()
        one_form(self, "line", "glow", "background")


def _length(params: WaveformVideoParams) -> int:
    return max(2, round(params.window * RATE)) + _SEARCHED


def _drawn(params: WaveformVideoParams, windows: Windows, first: int) -> Iterator[Picture]:
    size = params.width + params.width % 2, params.height + params.height % 2
    ground = surface(size, colour(params.background)).over()
    line, glow = colour(params.line), colour(params.glow)
    thick = max(PART, size[1] * PART // 240)
    radius = max(1, size[1] // 60)
    for sound in windows(first):
        trace = _trace(sound, size[0], params.gain)
        middle, reach = size[1] * PART // 2, size[1] * PART * 15 // 32
        tops, bottoms = (middle - side * reach // _UNIT for side in trace)
        cover = standing(tops - thick // 2, bottoms + thick // 2, size[1])
        light = np.minimum(glowing(cover, radius) * 3, PART * 3 // 4)
        yield painted(painted(ground, glow, light), line, cover)


def _trace(sound: Samples, width: int, gain: Decimal) -> tuple[NDArray[np.int64], ...]:
    """Give the highest and lowest place of the trace in each column, of `_UNIT`."""
    mono = (sound[0].astype(np.float64) + sound[1]) * (float(gain) / 2)
    whole = np.rint(mono * _UNIT).astype(np.int64).clip(-_UNIT, _UNIT)
    start = _crossing(whole)
    shown = whole[start : start + len(whole) - _SEARCHED]
    at = np.arange(width + 1) * (len(shown) - 1) * PART // width
    first = at // PART
    after = np.minimum(first + 1, len(shown) - 1)
    values = shown[first] + (shown[after] - shown[first]) * (at % PART) // PART
    high, low = np.maximum(values[1:], values[:-1]), np.minimum(values[1:], values[:-1])
    if len(shown) > width:
        starts = first[:-1]
        high = np.maximum(high, np.maximum.reduceat(shown, starts))
        low = np.minimum(low, np.minimum.reduceat(shown, starts))
    return high, low


def _crossing(whole: NDArray[np.int64]) -> int:
    """Find where the wave crosses zero upwards to rise the most soon after; else the middle."""
    searched = whole[: _SEARCHED + 1]
    found = np.flatnonzero((searched[:-1] < 0) & (searched[1:] >= 0))
    if not len(found):
        return _SEARCHED // 2
    soon = np.minimum(found + 24, len(whole) - 1)
    return int(found[(whole[soon] - whole[found]).argmax()])


WAVEFORM_VIDEO = effect_of_sound(
    Node(
        name="waveform_video",
        version=1,
        summary="Shows a sound as an oscilloscope does, with the sound",
        params=WaveformVideoParams,
        accepts=(frozenset({"audio"}),),
        gives=frozenset({"video", "audio"}),
    ),
    _drawn,
    _length,
)
