"""CQT: a sound as the tones of the scale, over a keyboard, and the sound itself.

Each tone is a bar in the colour of its note, the same in all octaves; under the keyboard what has
sounded sinks down. Tones are a quarter tone apart, and told apart as the ear does: deep ones by
long stretches of sound, high ones by short ones (a constant-Q transform). Of a video the sound is
taken, from its first picture on. Sides are made even, upwards.
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
from l1.media.bars import FULL, Heights, Motion, moving
from l1.media.colours import Colour, colour, one_form
from l1.media.constant_q import STEPS, WINDOW, levels
from l1.media.drawing import PART, painted, standing, surface
from l1.media.pictures import Picture
from l1.media.resizing import Size
from l1.media.sound_video import Windows
from l1.media.tone_colours import black_keys, hues

Side = Annotated[int, msgspec.Meta(ge=16, le=4096)]
_HIGHEST = 135
"""The highest note whose tone is well inside what is heard, 19.9 kHz."""


class CqtParams(Params, frozen=True, kw_only=True):
    """The picture's size, rate and ground, which tones, and how the bars move."""

    width: Annotated[Side, msgspec.Meta(description="Pixels across")] = 1280
    height: Annotated[Side, msgspec.Meta(description="Pixels down")] = 720
    fps: Annotated[Decimal, fraction("Pictures in a second", ge="1", le="60")] = Decimal(30)
    lowest: Annotated[
        int, msgspec.Meta(ge=12, le=108, description="The lowest note, as in MIDI: 24 is C1, 33 Hz")
    ] = 24
    octaves: Annotated[int, msgspec.Meta(ge=1, le=9, description="Octaves from there on")] = 8
    floor: Annotated[
        Decimal,
        fraction("Level in dB at which a bar is empty; it is full at -12", ge="-120", le="-20"),
    ] = Decimal(-60)
    attack: Annotated[
        Decimal, fraction("Seconds in which a bar can rise to the top", ge="0", le="5")
    ] = Decimal(0)
    release: Annotated[
        Decimal, fraction("Seconds in which it falls all the way", ge="0", le="30")
    ] = Decimal("0.6")
    background: Annotated[str, msgspec.Meta(description="Colour behind it")] = "#08080c"

    def __post_init__(self) -> None:
        super().__post_init__()
        one_form(self, "background")
        if self.lowest + 12 * self.octaves > _HIGHEST:
            most = (_HIGHEST - self.lowest) // 12
            raise ValueError(f"Expected at most {most} `octaves` from note {self.lowest} on")


def _drawn(params: CqtParams, windows: Windows, first: int) -> Iterator[Picture]:
    size = params.width + params.width % 2, params.height + params.height % 2
    tones, floor = params.octaves * STEPS, Fraction(params.floor)
    sheet = _Sheet(params, size, np.arange(size[0]) * tones // size[0])
    motion = Motion.at(
        Fraction(params.fps), attack=Fraction(params.attack), release=Fraction(params.release)
    )
    begin = max(0, first - sheet.remembered)
    found = moving(
        lambda number: levels(
            windows(number), lowest=params.lowest, octaves=params.octaves, floor=floor
        ),
        motion,
        first=begin,
    )
    for number, bars in enumerate(found, begin):
        loud = sheet.remember(bars.now)
        if number >= first:
            yield sheet.drawn(bars.now, loud)


class _Sheet:
    """What is drawn on: it remembers what has sounded."""

    def __init__(self, params: CqtParams, size: Size, tone: NDArray[np.int64]) -> None:
        self._width, self._height = size
        self._tone = tone
        self._keys_at = self._height * 3 // 5
        self._keys = max(2, self._height // 14)
        self._sink = max(1, self._height // 360)
        note = params.lowest + tone * 12 // STEPS
        self._ground = surface(size, colour(params.background)).over()
        self._ink = hues(note, tone % 2)
        self._black = black_keys(note)
        self._edge = np.flatnonzero(np.diff(note, prepend=note[:1]))
        self._past = np.zeros((self._height - self._keys_at - self._keys, self._width), np.int64)

    @property
    def remembered(self) -> int:
        """Count the pictures after which what has sounded is no longer seen."""
        return -(-len(self._past) // self._sink)

    def remember(self, now: Heights) -> NDArray[np.int64]:
        """Let the tones of a picture sink down; answer how loud each column is."""
        columns = now[self._tone]
        loud: NDArray[np.int64] = columns * columns * PART // FULL**2
        fresh = np.broadcast_to(loud, (self._sink, self._width))
        self._past = np.concatenate([fresh, self._past])[: len(self._past)]
        return loud

    def drawn(self, now: Heights, loud: NDArray[np.int64]) -> Picture:
        """Draw the picture at which the tones are as high as this, after it is remembered."""
        columns = now[self._tone]
        tops = self._keys_at * PART - columns * (self._keys_at * PART * 15 // 16) // FULL
        bars = standing(tops, np.full(self._width, self._keys_at * PART), self._keys_at)
        keys = np.broadcast_to(loud, (self._keys, self._width))
        cover = np.concatenate([bars, *(np.asarray(each, np.int32) for each in (keys, self._past))])
        whole = painted(self._ground, self._ink_of(cover.shape), cover)
        return self._with_keys(whole, loud)

    def _ink_of(self, shape: tuple[int, ...]) -> Picture:
        red, green, blue = (np.broadcast_to(plane, shape) for plane in self._ink)
        return Picture(red=red, green=green, blue=blue)

    def _with_keys(self, whole: Picture, loud: NDArray[np.int64]) -> Picture:
        """Lay the keys over, each the lighter the less its note sounds."""
        cover = np.zeros((self._height, self._width), np.int32)
        black = self._keys_at + self._keys * 5 // 8
        cover[self._keys_at : self._keys_at + self._keys] = PART - loud
        cover[self._keys_at : black, self._black] = 0
        cover[self._keys_at : self._keys_at + self._keys, self._edge] = 0
        return painted(whole, Colour(226, 226, 220), cover)


CQT = effect_of_sound(
    Node(
        name="cqt",
        version=1,
        summary="Shows a sound as the tones of the scale over a keyboard, with the sound",
        params=CqtParams,
        accepts=(frozenset({"audio"}),),
        gives=frozenset({"video", "audio"}),
    ),
    _drawn,
    lambda _params: WINDOW,
)
