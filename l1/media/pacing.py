"""Shows things that follow each other at one rate at the moments of another."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil, floor
from typing import TypeVar

T = TypeVar("T")


def paced(
    shown: Iterable[T], *, rate: Fraction, onto: Fraction, begin: Fraction = Fraction(0)
) -> Iterator[T]:
    """Give what is seen at each multiple of 1 / `onto` seconds, in order.

    The first of `shown` is seen from the second `begin` on, and each for 1 / `rate` seconds; of
    several that end between two moments only the last is given. Clips paced one after the other,
    each with its exact `begin`, neither drift nor leave a gap.
    """
    slot = ceil(begin * onto)
    for number, item in enumerate(shown, 1):
        end = ceil((begin + number / rate) * onto)
        for _ in range(slot, end):
            yield item
        slot = max(slot, end)


def seen_at(slot: int, *, rate: Fraction, onto: Fraction, begin: Fraction = Fraction(0)) -> int:
    """Number what `paced` gives at the moment `slot` / `onto`, counted from 0.

    The number is right from the second `begin` on, and as long as there is something to be shown.
    """
    return floor((slot / onto - begin) * rate)
