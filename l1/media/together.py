"""Shows several files at the same time, in step with the rate of one of them."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import repeat
from math import ceil
from sys import maxsize

from l1.media.decoding import open_clip
from l1.media.pictures import Picture
from l1.media.shots import Shot
from l1.media.stills import read_still

Fit = Callable[[Picture], Picture]
"""What is done to each picture of a file, once even where it is shown repeatedly."""


def in_step(
    shot: Shot, *, rate: Fraction, fit: Fit, begin: Fraction = Fraction(0), stays: bool
) -> Iterator[Picture | None]:
    """Give what is seen of a shot at each multiple of 1 / `rate` seconds, without end.

    It is seen from the second `begin` on, and before that None. After its end the last picture is
    given if it `stays`, else None. A still one is there for good. Transparency is kept.
    """
    yield from repeat(None, ceil(begin * rate))
    if not shot.rate:
        yield from repeat(fit(read_still(shot.path)))
    before = after = None
    with open_clip(shot.path, ground=None) as clip:
        stop = maxsize if stays else shot.frames
        for picture in clip.paced(stop, onto=rate, begin=begin):
            if picture is not before or after is None:
                before, after = picture, fit(picture)
            yield after
    yield from repeat(None)
