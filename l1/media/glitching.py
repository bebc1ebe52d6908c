"""Breaks pictures as a bad signal does: bands of rows slip, colours part, blocks go astray."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from l1.media.dice import thrown
from l1.media.pictures import Picture, Plane


@dataclass(frozen=True, slots=True, kw_only=True)
class Glitch:
    """How bad the signal is.

    `slip` and `part` are shares of the width that bands and colours move at most; `bands` and
    `blocks` how many there are at most; `chance` the share of pictures that are broken at all.
    """

    seed: int
    slip: Decimal
    part: Decimal
    bands: int
    blocks: int
    chance: Decimal


def glitched(picture: Picture, number: int, glitch: Glitch) -> Picture:
    """Break picture `number`; the dice depend on the seed and the number alone."""
    dice = _dice(glitch.seed, number, 4 + 3 * glitch.bands + 6 * glitch.blocks)
    if next(dice) >= int(glitch.chance * 65536):
        return picture
    width, height = picture.width, picture.height
    apart = _about(next(dice), int(glitch.part * width))
    bands = [
        (_up_to(next(dice), height - 1), _up_to(next(dice), height // 8) + 1,
         _about(next(dice), int(glitch.slip * width)))
        for _ in range(_up_to(next(dice), glitch.bands))
    ]  # fmt: skip
    blocks = [
        (_up_to(next(dice), height // 8) + 1, _up_to(next(dice), width // 4) + 1,
         *(next(dice) for _ in range(4)))
        for _ in range(_up_to(next(dice), glitch.blocks))
    ]  # fmt: skip

    def broken(plane: Plane) -> Plane:
        made = plane.copy()
        for top, tall, by in bands:
            made[top : top + tall] = np.roll(made[top : top + tall], by, axis=1)
        for tall, wide, *corners in blocks:
            down, right, into_down, into_right = (
                _up_to(throw, most)
                for throw, most in zip(corners, (height - tall, width - wide) * 2, strict=True)
            )
            block = made[down : down + tall, right : right + wide].copy()
            made[into_down : into_down + tall, into_right : into_right + wide] = block
        return made

    whole = picture.each(broken)
    return Picture(
        red=np.roll(whole.red, apart, axis=1),
        green=whole.green,
        blue=np.roll(whole.blue, -apart, axis=1),
        alpha=whole.alpha,
    )


def _dice(seed: int, number: int, count: int) -> Iterator[int]:
    yield from thrown(seed, number, 2 * count).view("<u2").tolist()


def _up_to(throw: int, most: int) -> int:
    return throw * (max(0, most) + 1) >> 16


def _about(throw: int, most: int) -> int:
    return _up_to(throw, 2 * most) - most
