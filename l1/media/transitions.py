"""Shows shots one after the other, each giving way to the next by more than a cut.

At most two files are open at a time. Weights are whole numbers of 256, so that every machine
gives the same bytes, and where two pictures are alike their mixture is too.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, islice, pairwise
from math import ceil

import numpy as np

from l1.media.colours import Colour
from l1.media.pictures import Picture, Plane
from l1.media.shots import Screen, Shot, shown_from

WHOLE = 256
"""The weight of a picture that is alone."""


def crossfaded(shots: Sequence[Shot], screen: Screen, overlap: Fraction) -> Iterator[Picture]:
    """Give the pictures of shots of which each begins `overlap` seconds before the last one ends.

    There both are mixed, the weight of the next one rising in a straight line. A shot with a
    neighbour on both sides lasts at least twice `overlap`, one with a single neighbour `overlap`.
    """
    begins = list(accumulate((shot.seconds - overlap for shot in shots), initial=Fraction(0)))
    tails = [
        ceil((before + shot.seconds) * screen.rate) - ceil(after * screen.rate)
        for shot, (before, after) in zip(shots[:-1], pairwise(begins[:-1]), strict=True)
    ] + [0]
    falling: Iterator[Picture] = iter(())
    head = 0
    for shot, begin, tail in zip(shots, begins, tails, strict=False):
        rising = shown_from(shot, begin, screen)
        # The one that ends is asked first, so that not one picture of the other is lost.
        for place, (old, new) in enumerate(zip(falling, rising, strict=False)):
            yield mixed_pictures(old, new, weight_at(place, head))
        length = ceil((begin + shot.seconds) * screen.rate) - ceil(begin * screen.rate)
        yield from islice(rising, length - head - tail)
        falling, head = rising, tail


def faded(shots: Sequence[Shot], screen: Screen, duration: Fraction) -> Iterator[Picture]:
    """Give the pictures of shots between which all falls to the screen's ground and rises again.

    Half of `duration` is taken from the end of each and half from the beginning of the next; the
    beginning of the first and the end of the last are left alone.
    """
    begins = accumulate((shot.seconds for shot in shots), initial=Fraction(0))
    half, last = duration / 2, len(shots) - 1
    for number, (shot, begin) in enumerate(zip(shots, begins, strict=False)):
        end = begin + shot.seconds
        first, stop = ceil(begin * screen.rate), ceil(end * screen.rate)
        rise = ceil((begin + half) * screen.rate) - first if number else 0
        fall = stop - ceil((end - half) * screen.rate) if number < last else 0
        for place, picture in enumerate(shown_from(shot, begin, screen)):
            weight = min(weight_at(place, rise), weight_at(stop - first - 1 - place, fall))
            yield toned(picture, screen.ground, weight)


def weight_at(place: int, size: int) -> int:
    """Weigh picture `place` of `size` that rise from nothing; `WHOLE` for those after them."""
    return WHOLE if place >= size else (WHOLE * (2 * place + 1) + size) // (2 * size)


def mixed_pictures(old: Picture, new: Picture, weight: int) -> Picture:
    """Mix two opaque pictures of one size, with `weight` of 256 parts of `new`."""
    return Picture(
        red=_mixed(old.red, new.red, weight),
        green=_mixed(old.green, new.green, weight),
        blue=_mixed(old.blue, new.blue, weight),
    )


def toned(picture: Picture, ground: Colour, weight: int) -> Picture:
    """Mix an opaque picture with a colour, with `weight` of 256 parts of the picture."""
    if weight == WHOLE:
        return picture
    planes = zip((picture.red, picture.green, picture.blue), ground, strict=False)
    red, green, blue = (_mixed(np.array(byte, np.uint8), plane, weight) for plane, byte in planes)
    return Picture(red=red, green=green, blue=blue)


def _mixed(old: Plane, new: Plane, weight: int) -> Plane:
    """Weigh bytes; with the half that rounds, 255 * 256 + 128 is the most and fits 16 bits."""
    total = new.astype(np.uint16)
    total *= np.uint16(weight)
    total += old.astype(np.uint16) * np.uint16(WHOLE - weight) + np.uint16(WHOLE // 2)
    total >>= 8
    return total.astype(np.uint8)
