"""What all drawings share: colours, letters, and waves along time."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

WIDTH, GAP = 720, 10
GROUND, PANEL, INK, DIM = "#14171f", "#1d2230", "#e8ecf4", "#98a2b8"
MARK, SOFT = "#ffb454", "#5f7396"
RATE = 48_000


@cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Give the font that comes with Pillow."""
    return ImageFont.load_default(size)


def lettered(
    card: Image.Image,
    place: tuple[int, int],
    text: str,
    colour: str = INK,
    anchor: str = "la",
    *,
    size: int = 12,
) -> None:
    """Write onto a card."""
    ImageDraw.Draw(card).text(place, text, fill=colour, font=font(size), anchor=anchor)


def wave(
    sound: NDArray[np.float32], seconds: float, room: int, tall: int, colour: str = "#6fb7e8"
) -> Image.Image:
    """Draw a sound along `seconds` of time: from its lowest to its highest sample per column."""
    card = Image.new("RGB", (room, tall), PANEL)
    pen = ImageDraw.Draw(card)
    mono = sound.mean(axis=0)
    middle = tall / 2
    for column in range(room):
        part = mono[int(column * seconds * RATE / room) : int((column + 1) * seconds * RATE / room)]
        if len(part):
            low, high = (middle - float(v) * (middle - 1) for v in (part.max(), part.min()))
            pen.line([(column, round(low)), (column, round(high))], fill=colour)
    return card
