"""Sets text in the font that is part of Pillow (Aileron), as masks of how much each pixel covers.

The font is the same everywhere, and FreeType draws it in whole numbers; no font of the machine is
used, so that every machine gives the same bytes. It has the characters of English.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from l1.media.colours import Colour
from l1.media.pictures import Picture, Plane
from l1.media.resizing import Size

Align = Literal["left", "centre", "right"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lettering:
    """How a text is set. Lengths are in pixels.

    `pitch` is from line to line; `place` (0 to 1 across and down) says where the text stands in
    the room that `margin` leaves. Lines are broken where they would leave that room.
    """

    text: str
    size: int
    pitch: int
    align: Align
    place: tuple[int, int]
    margin: int
    outline: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """How much is covered (0 to 255), from `left` and `top` of the picture on."""

    left: int
    top: int
    cover: Plane


def missing(text: str) -> str:
    """Name the characters, in order, that the font cannot show."""
    return "".join(sorted({char for char in text if char not in "\n " and not _has(char)}))


@lru_cache(maxsize=4)
def lettered(lettering: Lettering, frame: Size) -> Mask:
    """Draw a text into a frame; what does not fit into it is left out."""
    font = _font(lettering.size)
    room = max(1, frame[0] - 2 * lettering.margin)
    lines = list(_lines(font, lettering.text, room))
    widths = [round(font.getlength(line)) for line in lines]
    ascent, descent = font.getmetrics()
    tall = (len(lines) - 1) * lettering.pitch + ascent + descent
    left = lettering.margin + (room - max(widths)) * lettering.place[0] // 1000
    free = frame[1] - 2 * lettering.margin - tall
    top = lettering.margin + free * lettering.place[1] // 1000
    canvas = Image.new("L", frame)
    pen = ImageDraw.Draw(canvas)
    for number, (line, width) in enumerate(zip(lines, widths, strict=True)):
        down = top + number * lettering.pitch
        if -2 * (ascent + descent) < down < frame[1]:
            spare = {"left": 0, "centre": 1, "right": 2}[lettering.align]
            across = left + (max(widths) - width) * spare // 2
            pen.text((across, down), line, fill=255, font=font, stroke_width=lettering.outline)
    return _trimmed(np.array(canvas))


def inked(picture: Picture, mask: Mask, ink: Colour, *, right: int = 0, down: int = 0) -> Picture:
    """Lay a colour over a picture where a mask, moved by some pixels, covers it."""
    left, top = mask.left + right, mask.top + down
    cover = mask.cover[
        max(0, -top) : max(0, picture.height - top), max(0, -left) : max(0, picture.width - left)
    ]
    if 0 in cover.shape or not ink.alpha:
        return picture
    height, width = cover.shape
    place = np.s_[max(0, top) : max(0, top) + height, max(0, left) : max(0, left) + width]
    over = (cover.astype(np.uint32) * np.uint32(ink.alpha) + np.uint32(127)) // np.uint32(255)
    whole = np.uint32(255)
    below = (whole - over) * (whole if picture.alpha is None else picture.alpha[place])
    total = np.maximum(over * whole + below, 1)

    def laid(plane: Plane, byte: int) -> Plane:
        made = plane.copy()
        made[place] = (over * np.uint32(byte * 255) + below * plane[place] + total // 2) // total
        return made

    alpha = None
    if picture.alpha is not None:
        alpha = picture.alpha.copy()
        alpha[place] = (over * whole + below + np.uint32(127)) // whole
    return Picture(
        red=laid(picture.red, ink.red),
        green=laid(picture.green, ink.green),
        blue=laid(picture.blue, ink.blue),
        alpha=alpha,
    )


@lru_cache(maxsize=4)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


@lru_cache(maxsize=4096)
def _has(char: str) -> bool:
    """Compare with what the font shows for a character that there is not."""
    shapes = [_font(32).getmask(each) for each in (char, "\uffff")]
    return bytes(shapes[0]) != bytes(shapes[1])


def _lines(font: ImageFont.FreeTypeFont, text: str, room: int) -> Iterator[str]:
    """Break lines at spaces, and words that are too long anywhere."""
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if font.getlength(longer) <= room:
                line = longer
                continue
            if line:
                yield line
            *whole, line = _pieces(font, word, room)
            yield from whole
        yield line


def _pieces(font: ImageFont.FreeTypeFont, word: str, room: int) -> list[str]:
    pieces = [""]
    for char in word:
        if pieces[-1] and font.getlength(pieces[-1] + char) > room:
            pieces.append("")
        pieces[-1] += char
    return pieces


def _trimmed(cover: Plane) -> Mask:
    rows, columns = (np.flatnonzero(cover.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return Mask(left=0, top=0, cover=cover[:0, :0])
    inside = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Mask(left=int(columns[0]), top=int(rows[0]), cover=cover[inside].copy())
