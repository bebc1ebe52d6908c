"""Shows any picture of several videos in any order, as if they were one after the other."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from itertools import accumulate
from math import ceil
from pathlib import Path

from l1.media.colours import BLACK
from l1.media.pictures import Picture
from l1.media.reel import KEPT_BYTES, Reel, open_reel
from l1.media.resizing import Resizer, lay_out


class Reels:
    """Opened videos; `frames` counts those of each at `rate`, that of the first.

    All are shown at the size of the first, in square pixels; what has other proportions is as
    large as fits, on black.
    """

    def __init__(self, reels: Sequence[Reel]) -> None:
        self._reels = reels
        self.rate = reels[0].rate
        self.frames = [max(1, ceil(reel.frames / reel.rate * self.rate)) for reel in reels]
        self._begins = [0, *accumulate(self.frames[:-1])]
        first = reels[0].at(0)
        width = max(1, round(first.width * reels[0].aspect / 2)) * 2
        self._size = width, first.height + first.height % 2
        self._fits: dict[int, Resizer] = {}

    def at(self, number: int) -> Picture:
        """Give picture `number` of all, counted from the first of the first video on."""
        which = bisect_right(self._begins, number) - 1
        reel = self._reels[which]
        seconds = Fraction(number - self._begins[which]) / self.rate
        picture = reel.at(int(seconds * reel.rate))
        if which not in self._fits:
            width, height = self._size
            size = (picture.width, picture.height)
            layout = lay_out(size, reel.aspect, width=width, height=height, mode="pad", step=2)
            self._fits[which] = Resizer(layout, BLACK)
        return self._fits[which](picture).over(BLACK)


@contextmanager
def open_reels(paths: Sequence[Path]) -> Iterator[Reels]:
    """Open several videos. Raises `Refused` as `open_reel` does."""
    with ExitStack() as opened:
        kept = KEPT_BYTES // len(paths)
        yield Reels([opened.enter_context(open_reel(path, kept_bytes=kept)) for path in paths])
