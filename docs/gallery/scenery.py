"""Films that the pictures of recipes are made of: hills, drawn, with a sun that goes over them."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from l1.media.encoding import write_video
from l1.media.pictures import Picture

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]

WIDTH, HEIGHT, FPS, SECONDS = 640, 360, 12, 6

DAY: tuple[Colour, ...] = (
    (96, 170, 230),
    (226, 240, 250),
    (255, 244, 190),
    (92, 150, 170),
    (70, 140, 90),
    (36, 92, 58),
)
EVENING: tuple[Colour, ...] = (
    (70, 40, 110),
    (250, 150, 90),
    (255, 226, 140),
    (150, 70, 110),
    (92, 44, 84),
    (44, 22, 52),
)
NIGHT: tuple[Colour, ...] = (
    (8, 12, 36),
    (40, 66, 120),
    (236, 240, 255),
    (30, 52, 92),
    (20, 34, 64),
    (10, 16, 34),
)
"""Of the sky above and below, of the sun, and of the hills from far to near."""


def landscape(colours: tuple[Colour, ...], second: float) -> Pixels:
    """Draw what is seen at a second: the hills pass by, the near ones faster, and the sun rises."""
    above, below, sun, *hills = (np.array(colour, float) for colour in colours)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    depth = (y / (HEIGHT * 0.75)).clip(0, 1)[..., None]
    frame = above * (1 - depth) + below * depth
    away = np.hypot(x - (120 + 60 * second), y - (150 - 14 * second))
    disc = (37 - away).clip(0, 1)[..., None]
    glow = np.exp(-away / 60)[..., None] * 0.5
    frame = frame + (sun - frame) * np.maximum(disc, glow)
    for number, colour in enumerate(hills):
        at = (x + (30 + 45 * number) * second) / (190 - 40 * number) + 2 * number
        ridge = 190 + 50 * number - 26 * np.sin(at) - 9 * np.sin(2.7 * at + 1)
        cover = (y - ridge).clip(0, 1)[..., None]
        frame = frame + (colour - frame) * cover
    drawn: Pixels = frame.astype(np.uint8)
    return drawn


def write_film(path: Path, colours: tuple[Colour, ...]) -> None:
    """Write six seconds of it."""
    write_video(path, _pictures(colours), rate=Fraction(FPS))


def write_photograph(path: Path, colours: tuple[Colour, ...], second: float) -> None:
    """Write one of its pictures."""
    Image.fromarray(landscape(colours, second)).save(path, "PNG")


def _pictures(colours: tuple[Colour, ...]) -> Iterator[Picture]:
    for number in range(FPS * SECONDS):
        pixels = landscape(colours, number / FPS)
        red, green, blue = (np.ascontiguousarray(pixels[..., at]) for at in range(3))
        yield Picture(red=red, green=green, blue=blue)
