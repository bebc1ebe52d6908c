"""SPECTRUM_VIDEO: a sound as bars, one for each band of frequencies, and the sound itself.

Bands run from 40 Hz to 16 kHz in equal steps to the ear. Bars follow quickly upwards and slowly
downwards, from `low` at the bottom to `high` at the top, and leave marks that fall. Higher bands are
lifted by 3 dB an octave, as music has less there. Of a video the sound is taken, from its first
picture on. Sides are made even, upwards.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from l1.dag.node import Node, Params, fraction
from l1.effects.visualiser import effect_of_sound
from l1.media.bars import FULL, WINDOW, Bars, Motion, heights, moving
from l1.media.colours import colour, one_form
from l1.media.drawing import PART, Cover, painted, slope, standing, surface
from l1.media.pictures import Picture
from l1.media.sound_video import Windows

Side = Annotated[int, msgspec.Meta(ge=16, le=4096)]
_MARGIN = 16
"""The room around the bars is one part in this of the height."""


class SpectrumVideoParams(Params, frozen=True, kw_only=True):
    """The picture's size, rate and colours, and how the bars move."""

    width: Annotated[Side, msgspec.Meta(description="Pixels across")] = 1280
    height: Annotated[Side, msgspec.Meta(description="Pixels down")] = 720
    fps: Annotated[Decimal, fraction("Pictures in a second", ge="1", le="60")] = Decimal(30)
    bands: Annotated[int, msgspec.Meta(ge=4, le=128, description="Number of bars")] = 48
    floor: Annotated[
        Decimal,
        fraction("Level in dB at which a bar is empty; it is full at -12", ge="-120", le="-20"),
    ] = Decimal(-60)
    attack: Annotated[
        Decimal, fraction("Seconds in which a bar can rise to the top", ge="0", le="5")
    ] = Decimal("0.06")
    release: Annotated[
        Decimal, fraction("Seconds in which it falls all the way", ge="0", le="30")
    ] = Decimal("0.9")
    low: Annotated[str, msgspec.Meta(description="Colour at the foot of the bars")] = "#2b59ff"
    high: Annotated[str, msgspec.Meta(description="Colour at the top")] = "#ff4fa0"
    background: Annotated[str, msgspec.Meta(description="Colour behind them")] = "#0b0d17"
    marks: Annotated[bool, msgspec.Meta(description="Marks of the highest, which fall")] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        one_form(self, "low", "high", "background")


def _bars(params: SpectrumVideoParams, windows: Windows, first: int) -> Iterator[Bars]:
    motion = Motion.at(
        Fraction(params.fps), attack=Fraction(params.attack), release=Fraction(params.release)
    )
    floor = Fraction(params.floor)
    return moving(
        lambda begin: heights(windows(begin), bands=params.bands, floor=floor),
        motion,
        first=first,
    )


def _drawn(params: SpectrumVideoParams, windows: Windows, first: int) -> Iterator[Picture]:
    size = params.width + params.width % 2, params.height + params.height % 2
    ground = surface(size, colour(params.background)).over()
    ink = slope(size, colour(params.low), colour(params.high))
    margin = size[1] // _MARGIN
    room, foot = (size[1] - 2 * margin) * PART, (size[1] - margin) * PART
    bar, edge = _layout(size[0], params.bands, margin)
    thick = max(2, size[1] // 240) * PART
    for bars in _bars(params, windows, first):
        tops = foot - thick - (bars.now * (room - thick) // FULL)[bar]
        cover = standing(tops, np.full(size[0], foot), size[1])
        if params.marks:
            over = foot - thick - (bars.marks * (room - thick) // FULL)[bar]
            line = standing(over - thick, over, size[1])
            cover = np.maximum(cover, line * 3 // 4)
        yield painted(ground, ink, (cover * edge) >> 8)


def _layout(width: int, bands: int, margin: int) -> tuple[NDArray[np.int64], Cover]:
    """Tell for each column whose bar it belongs to, and how much of the column that bar fills."""
    left, right = margin, max(margin + 1, width - margin)
    at = (np.arange(width) - left) * bands * PART // (right - left)
    bar = (at // PART).clip(0, bands - 1)
    each = (right - left) * PART // bands
    gap = each // 4
    begins = left * PART + np.arange(bands) * (right - left) * PART // bands + gap // 2
    columns = np.arange(width) * PART
    covered = np.minimum(columns + PART, begins[bar] + each - gap) - np.maximum(
        columns, begins[bar]
    )
    return bar, np.asarray(covered.clip(0, PART), np.int32)


SPECTRUM_VIDEO = effect_of_sound(
    Node(
        name="spectrum_video",
        version=1,
        summary="Shows a sound as moving bars, one for each band, with the sound",
        params=SpectrumVideoParams,
        accepts=(frozenset({"audio"}),),
        gives=frozenset({"video", "audio"}),
    ),
    _drawn,
    lambda _params: WINDOW,
)
