"""Colours as people write them."""

import re
from typing import NamedTuple

import msgspec


class Colour(NamedTuple):
    """Bytes of an sRGB colour; an alpha of 255 covers fully."""

    red: int
    green: int
    blue: int
    alpha: int = 255


BLACK = Colour(0, 0, 0)

NAMES = {
    "black": BLACK,
    "white": Colour(255, 255, 255),
    "grey": Colour(128, 128, 128),
    "gray": Colour(128, 128, 128),
    "red": Colour(255, 0, 0),
    "green": Colour(0, 128, 0),
    "blue": Colour(0, 0, 255),
    "yellow": Colour(255, 255, 0),
    "cyan": Colour(0, 255, 255),
    "magenta": Colour(255, 0, 255),
    "transparent": Colour(0, 0, 0, 0),
}
"""The names that are understood, with the values of CSS."""

_DIGITS = re.compile(r"#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")


def colour(text: str) -> Colour:
    """Read a name or `#rgb`, `#rrggbb`, `#rrggbbaa`; raises `ValueError` naming what is taken."""
    plain = text.strip().lower()
    if plain in NAMES:
        return NAMES[plain]
    if (found := _DIGITS.fullmatch(plain)) is None:
        raise ValueError(f"'{text}' is no colour: write #rrggbb or one of {', '.join(NAMES)}")
    digits = found[1]
    if len(digits) < 6:
        digits = "".join(digit * 2 for digit in digits)
    return Colour(*bytes.fromhex(digits))


def colour_text(text: str) -> str:
    """Write a colour in its one form, `#rrggbb`, or `#rrggbbaa` where it does not cover fully."""
    meant = colour(text)
    return "#" + bytes(meant if meant.alpha < 255 else meant[:3]).hex()


def one_form(params: msgspec.Struct, *names: str) -> None:
    """Write the colours among parameters in their one form, so that equal ones have equal keys.

    For `__post_init__`; raises `ValueError` naming what is taken.
    """
    for name in names:
        msgspec.structs.force_setattr(params, name, colour_text(getattr(params, name)))
