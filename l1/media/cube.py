"""Tables of colours as `.cube` files have them (Adobe, "Cube LUT Specification" 1.0, 2013).

Between the colours of a table the four nearest are mixed (tetrahedral interpolation), which keeps
grey grey, in whole numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from l1.errors import Refused
from l1.media.pictures import Picture, Plane

LARGEST = 65
"""The most colours along a side of a cube."""
LONGEST = 65_536
"""The most tones of a table that takes each colour by itself."""
BYTES = 16 * 1024 * 1024
"""The longest file that is read."""

_DEEP = 1 << 14
_BAND = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Cube:
    """Colours after, in 1/16384, red changing fastest; `side` of them for each colour before.

    A `flat` one takes each colour by itself. `low` and `high` are the tones of the first and the
    last entry, for red, green and blue.
    """

    side: int
    flat: bool
    colours: NDArray[np.int32]
    low: tuple[Fraction, ...]
    high: tuple[Fraction, ...]


def read_cube(text: str) -> Cube:
    """Read a file. Raises `Refused` naming the line that cannot be meant."""
    words: dict[str, list[str]] = {}
    rows: list[list[str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.split()
        if not parts or parts[0].startswith("#"):
            continue
        if not parts[0][0].isalpha():
            if len(parts) != 3:
                raise _strange(number, "a colour has three numbers")
            if len(rows) == LARGEST**3:
                raise _strange(number, f"there are more than {LARGEST}^3 colours")
            rows.append(parts)
        elif parts[0] in words or rows:
            raise _strange(number, f"{parts[0]} stands twice, or after the colours")
        else:
            words[parts[0]] = parts[1:]
    flat = "LUT_1D_SIZE" in words
    if flat == ("LUT_3D_SIZE" in words):
        raise Refused("The .cube file has no LUT_3D_SIZE and no LUT_1D_SIZE, or both")
    side = _side(words["LUT_1D_SIZE" if flat else "LUT_3D_SIZE"], LONGEST if flat else LARGEST)
    if len(rows) != (wanted := side if flat else side**3):
        raise Refused(f"The .cube file has {len(rows)} colours, and its size asks for {wanted}")
    low, high = (_tones(words.get(f"DOMAIN_{end}", [to] * 3)) for end, to in _ENDS)
    if any(a >= b for a, b in zip(low, high, strict=True)):
        raise Refused("In the .cube file DOMAIN_MIN is not below DOMAIN_MAX")
    found = np.array([[_number(word) for word in row] for row in rows], np.float64)
    colours = np.rint(found.clip(0, 1) * _DEEP).astype(np.int32)
    return Cube(side=side, flat=flat, colours=colours, low=low, high=high)


_ENDS = (("MIN", "0"), ("MAX", "1"))


def through(cube: Cube) -> Callable[[Picture], Picture]:
    """Make the function that sends pictures through a table; transparency stays."""
    places = [_places(cube, *ends) for ends in zip(cube.low, cube.high, strict=True)]
    if cube.flat:
        tones = [_tabled(cube.colours[:, part], places[part]) for part in range(3)]

    def change(picture: Picture) -> Picture:
        planes = [picture.red, picture.green, picture.blue]
        if cube.flat:
            made = [tone.take(plane) for tone, plane in zip(tones, planes, strict=True)]
        else:
            made = [np.empty_like(picture.red) for _ in planes]
            for top in range(0, picture.height, _BAND):
                rows = slice(top, top + _BAND)
                found = [at.take(plane[rows]) for at, plane in zip(places, planes, strict=True)]
                for plane, mixed in zip(made, _mixed(cube, found), strict=True):
                    plane[rows] = mixed
        return Picture(red=made[0], green=made[1], blue=made[2], alpha=picture.alpha)

    return change


def _mixed(cube: Cube, places: list[NDArray[np.int32]]) -> list[Plane]:
    """Mix the corners of the tetrahedron that a colour lies in; places are in 1/256 entry."""
    steps = (1, cube.side, cube.side**2)
    base = sum((place >> 8) * step for place, step in zip(places, steps, strict=True))
    red, green, blue = (place & 255 for place in places)
    most = np.maximum(np.maximum(red, green), blue)
    least = np.minimum(np.minimum(red, green), blue)
    between = red + green + blue - most - least
    first = np.where(
        red >= green,
        np.where(red >= blue, steps[0], steps[2]),
        np.where(green >= blue, steps[1], steps[2]),
    )
    last = np.where(
        red < green,
        np.where(red < blue, steps[0], steps[2]),
        np.where(green < blue, steps[1], steps[2]),
    )
    corners = (base, base + first, base + sum(steps) - last, base + sum(steps))
    weights = (256 - most, most - between, between - least, least)
    # Corners beyond the table have no weight; `clip` keeps their index inside.
    colour = sum(
        cube.colours.take(corner, axis=0, mode="clip") * weight[..., None]
        for corner, weight in zip(corners, weights, strict=True)
    )
    return [_byte(part) for part in np.moveaxis(np.asarray(colour), -1, 0)]


def _places(cube: Cube, low: Fraction, high: Fraction) -> NDArray[np.int32]:
    """Tell for each byte where in the table it lies, in 1/256 entry."""
    scale = (cube.side - 1) * 256 / (high - low)
    ends = (0, (cube.side - 1) * 256)
    found = [round((Fraction(byte, 255) - low) * scale) for byte in range(256)]
    return np.array(found, np.int64).clip(*ends).astype(np.int32)


def _tabled(tones: NDArray[np.int32], places: NDArray[np.int32]) -> Plane:
    lower = places >> 8
    upper = np.minimum(lower + 1, len(tones) - 1)
    part = places & 255
    return _byte(tones[lower] * (256 - part) + tones[upper] * part)


def _byte(deep: NDArray[np.int32]) -> Plane:
    wide = deep.astype(np.int64) * 255
    bytes_: Plane = ((wide + (1 << 21)) >> 22).astype(np.uint8)
    return bytes_


def _side(words: list[str], most: int) -> int:
    if len(words) != 1 or not words[0].isdecimal() or not 2 <= int(words[0][:9]) <= most:
        raise Refused(f"The size of the .cube file is no whole number from 2 to {most}")
    return int(words[0])


def _tones(words: list[str]) -> tuple[Fraction, ...]:
    if len(words) != 3:
        raise Refused("The DOMAIN of the .cube file has not three numbers")
    return tuple(Fraction(_number(word)) for word in words)


def _number(word: str) -> float:
    try:
        number = float(word)
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise Refused(f"The .cube file has '{word[:40]}' where a number is wanted")
    return number


def _strange(line: int, why: str) -> Refused:
    return Refused(f"Line {line} of the .cube file cannot be meant: {why}")
