"""Shows several files at the same time, in step with the rate of one of them."""

from collections.abc import Callable
from contextlib import ExitStack
from fractions import Fraction
from math import ceil

from l1.media.pacing import seen_at
from l1.media.pictures import Picture
from l1.media.reel import Reel, open_reel
from l1.media.shots import Shot
from l1.media.stills import read_still

Fit = Callable[[Picture], Picture]
"""What is done to each picture of a file, once even where it is shown repeatedly."""


class Companion:
    """One file of several: what is seen of it at each multiple of 1 / `rate` seconds.

    It is seen from the second `begin` on and, where there is one, before the second `end`. After
    its own end the last picture is there if it `stays`. A still one is there for good.
    Transparency is kept.
    """

    def __init__(
        self,
        shot: Shot,
        *,
        rate: Fraction,
        fit: Fit,
        begin: Fraction = Fraction(0),
        end: Fraction | None = None,
        stays: bool,
    ) -> None:
        self._shot, self._rate, self._fit, self._begin = shot, rate, fit, begin
        self._first = ceil(begin * rate)
        self._stop = None if end is None else ceil(end * rate)
        self._stays = stays
        self._file = ExitStack()
        self._reel: Reel | None = None
        self._shown: tuple[Picture, Picture] | None = None

    def number(self, slot: int) -> int | None:
        """Number the picture that is seen at one of the moments; None where there is none."""
        if slot < self._first or (self._stop is not None and slot >= self._stop):
            return None
        if not self._shot.rate:
            return 0
        number = seen_at(slot, rate=self._shot.rate, onto=self._rate, begin=self._begin)
        return number if self._stays or number < self._shot.frames else None

    def at(self, slot: int) -> Picture | None:
        """Give the picture that is seen at one of the moments."""
        number = self.number(slot)
        if number is None:
            return None
        picture = self._picture(number)
        if self._shown is None or self._shown[0] is not picture:
            self._shown = picture, self._fit(picture)
        return self._shown[1]

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _picture(self, number: int) -> Picture:
        if not self._shot.rate:
            return self._shown[0] if self._shown else read_still(self._shot.path)
        if self._reel is None:
            opened = open_reel(self._shot.path, kept_bytes=1, ground=None)
            self._reel = self._file.enter_context(opened)
        return self._reel.at(number)
