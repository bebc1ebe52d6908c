"""Measures videos and images that are shown in one frame and at one rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from l1.content.media_info import MediaInfo
from l1.media.colours import Colour
from l1.media.decoding import open_clip
from l1.media.joining import Part
from l1.media.lengths import frames_of, rate_of
from l1.media.rates import DEFAULT_RATE
from l1.media.resizing import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """What is shown of one file, and for how long.

    `rate` is 0 for a still; `size` is that of its pictures, and `aspect` the width of their
    pixels over the height. `name` is that of the file's bytes.
    """

    path: Path
    size: Size
    aspect: Fraction
    rate: Fraction
    frames: int
    seconds: Fraction
    has_sound: bool = False
    name: str = ""

    @property
    def shown_size(self) -> Size:
        """Give width and height in square pixels, both even."""
        width, height = self.size
        return max(1, round(width * self.aspect / 2)) * 2, height + height % 2

    @property
    def sound(self) -> Part:
        """Name the sound of its time; where it has none, silence."""
        return Part(path=self.path if self.has_sound else None, seconds=self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What all shots are shown on: its size in pixels of one aspect, its rate, its ground."""

    size: Size
    aspect: Fraction
    rate: Fraction
    ground: Colour


def shot_of(path: Path, info: MediaInfo, *, still: Fraction, name: str = "") -> Shot:
    """Measure a video or an image, which is shown for `still` seconds unless it moves."""
    assert info.video is not None
    if info.duration_us == 0 and info.kind == "image":
        size = (info.video.width, info.video.height)
        size = size[::-1] if info.video.rotation % 180 else size
        return Shot(
            path=path,
            size=size,
            aspect=Fraction(1),
            rate=Fraction(0),
            frames=1,
            seconds=still,
            name=name,
        )
    with open_clip(path) as clip:
        size, aspect = (clip.width, clip.height), clip.aspect
    rate, frames = rate_of(info), frames_of(info)
    return Shot(
        path=path,
        size=size,
        aspect=aspect,
        rate=rate,
        frames=frames,
        seconds=frames / rate,
        has_sound=info.audio is not None,
        name=name,
    )


def screen_for(shots: Sequence[Shot], size: Size, ground: Colour) -> Screen:
    """Choose rate and pixels: those of the first shot that moves, and square ones if they differ.

    `size` is in square pixels; where all shots agree on another form of the same frame, that is
    kept, so that nothing is scaled.
    """
    rate = next((shot.rate for shot in shots if shot.rate), DEFAULT_RATE)
    first = shots[0]
    if size == first.shown_size and all(
        (shot.size, shot.aspect) == (first.size, first.aspect) for shot in shots
    ):
        return Screen(size=_even(first.size), aspect=first.aspect, rate=rate, ground=ground)
    return Screen(size=_even(size), aspect=Fraction(1), rate=rate, ground=ground)


def _even(size: Size) -> Size:
    return size[0] + size[0] % 2, size[1] + size[1] % 2
