"""VECTORSCOPE: where a sound stands between left and right, as a moving figure, with the sound.

Each picture shows the samples around its moment as points: upwards what both sides have in common,
sideways what differs. Mono is an upright line, sound on one side a slanted one, and what cancels
out in mono lies flat. Of a video the sound is taken, from its first picture on. Sides are made even,
upwards.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

import msgspec
import numpy as np

from l1.dag.node import Node, Params, fraction
from l1.effects.visualiser import effect_of_sound
from l1.media.colours import colour, one_form
from l1.media.drawing import PART, Cover, glowing, painted, surface
from l1.media.pictures import Picture
from l1.media.resizing import Size
from l1.media.sound import RATE
from l1.media.sound_video import Windows

Side = Annotated[int, msgspec.Meta(ge=16, le=4096)]
_BETWEEN = 12
"""Points that are drawn from one sample to the next."""


class VectorscopeParams(Params, frozen=True, kw_only=True):
    """The picture's size, rate and colours, and how much of the sound it shows."""

    width: Annotated[Side, msgspec.Meta(description="Pixels across")] = 720
    height: Annotated[Side, msgspec.Meta(description="Pixels down")] = 720
    fps: Annotated[Decimal, fraction("Pictures in a second", ge="1", le="60")] = Decimal(30)
    window: Annotated[Decimal, fraction("Seconds of sound in one picture", ge="0.002", le="1")] = (
        Decimal("0.05")
    )
    gain: Annotated[Decimal, fraction("Size of the figure, 1 is full scale", ge="0", le="16")] = (
        Decimal(1)
    )
    line: Annotated[str, msgspec.Meta(description="Colour of the figure")] = "#ffe9b8"
    glow: Annotated[str, msgspec.Meta(description="Colour of the light around it")] = "#ff7a1a"
    background: Annotated[str, msgspec.Meta(description="Colour behind it")] = "#120a05"

    def __post_init__(self) -> None:
        super().__post_init__()
        one_form(self, "line", "glow", "background")


def _length(params: VectorscopeParams) -> int:
    return max(2, round(params.window * RATE))


def _drawn(params: VectorscopeParams, windows: Windows, first: int) -> Iterator[Picture]:
    size = params.width + params.width % 2, params.height + params.height % 2
    ground = surface(size, colour(params.background)).over()
    line, glow = colour(params.line), colour(params.glow)
    radius = max(1, min(size) // 120)
    for sound in windows(first):
        cover = _figure(sound.astype(np.float64) * float(params.gain), size)
        light = np.minimum(glowing(cover, radius) * 6, PART * 3 // 4)
        yield painted(painted(ground, glow, light), line, cover)


def _figure(sound: np.ndarray, size: Size) -> Cover:
    """Count the points in each pixel; the more there are, the more it is covered."""
    width, height = size
    reach = min(size) * 15 // 32
    across, up = (sound[1] - sound[0]) / 2, (sound[0] + sound[1]) / 2
    count = (sound.shape[1] - 1) * _BETWEEN + 1
    places = [
        np.rint(np.interp(np.arange(count), np.arange(0, count, _BETWEEN), side) * reach)
        for side in (across, up)
    ]
    columns = (width // 2 + places[0]).astype(np.int64).clip(0, width - 1)
    rows = (height // 2 - places[1]).astype(np.int64).clip(0, height - 1)
    hits = np.bincount(rows * width + columns, minlength=width * height).reshape(height, width)
    return np.asarray(np.minimum(hits * (PART // 4), PART), np.int32)


VECTORSCOPE = effect_of_sound(
    Node(
        name="vectorscope",
        version=1,
        summary="Shows where a sound stands between left and right, with the sound",
        params=VectorscopeParams,
        accepts=(frozenset({"audio"}),),
        gives=frozenset({"video", "audio"}),
    ),
    _drawn,
    _length,
)
