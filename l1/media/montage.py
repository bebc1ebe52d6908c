"""Which pictures of shots that follow each other are seen when: numbers alone, no files.

Shots give way to the next by a cut, a crossfade or a fade. Weights are whole numbers of 256, so
that every machine gives the same bytes.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import ceil

from l1.media.pacing import seen_at
from l1.media.shots import Shot
from l1.media.transitions import WHOLE, weight_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Picture `number` of shot `shot`, of which `weight` of 256 parts cover what lies beneath."""

    shot: int
    number: int
    weight: int


class Montage:
    """Shots at `rate` pictures a second, each beginning `overlap` seconds before the last one ends.

    There both are mixed, the weight of the next one rising in a straight line. With `fade` all
    falls to the ground between two shots and rises again, half of that many seconds each. A shot
    lasts at least as long as what happens at its ends.
    """

    def __init__(
        self,
        shots: Sequence[Shot],
        rate: Fraction,
        *,
        overlap: Fraction = Fraction(0),
        fade: Fraction = Fraction(0),
    ) -> None:
        self.shots, self.rate, self.overlap = tuple(shots), rate, overlap
        self._half = fade / 2
        lengths = [shot.seconds for shot in shots]
        begins = accumulate((length - overlap for length in lengths), initial=Fraction(0))
        self._begins = list(begins)[:-1]
        self._ends = [begin + length for begin, length in zip(self._begins, lengths, strict=True)]
        self._starts = [ceil(begin * rate) for begin in self._begins]
        self._stops = [ceil(end * rate) for end in self._ends]

    @property
    def frames(self) -> int:
        """Count the pictures."""
        return self._stops[-1]

    def seen(self, number: int) -> tuple[Seen, ...]:
        """Tell what picture `number` shows, the lowest first: two shots while one is mixed in."""
        index = bisect_right(self._starts, number) - 1
        if index and number < self._stops[index - 1]:
            start, stop = self._starts[index], self._stops[index - 1]
            rising = weight_at(number - start, stop - start)
            return self._seen(index - 1, number, WHOLE), self._seen(index, number, rising)
        return (self._seen(index, number, self._weight(index, number)),)

    def _seen(self, index: int, number: int, weight: int) -> Seen:
        rate, begin = self.shots[index].rate, self._begins[index]
        shown = seen_at(number, rate=rate, onto=self.rate, begin=begin) if rate else 0
        return Seen(shot=index, number=shown, weight=weight)

    def _weight(self, index: int, number: int) -> int:
        """Weigh a picture by how near it is to where its shot fades."""
        if not self._half:
            return WHOLE
        start, stop = self._starts[index], self._stops[index]
        rise = ceil((self._begins[index] + self._half) * self.rate) - start if index else 0
        is_last = index == len(self.shots) - 1
        fall = 0 if is_last else stop - ceil((self._ends[index] - self._half) * self.rate)
        return min(weight_at(number - start, rise), weight_at(stop - 1 - number, fall))
