"""Chooses the picture of a video that shows most."""

from fractions import Fraction

import numpy as np

from l1.media.pictures import Picture
from l1.media.reel import Reel
from l1.media.resizing import Resizer, lay_out

_CANDIDATES = 16
_WIDTH = 160
_DARK, _BRIGHT = 20, 240


def best_of(reel: Reel) -> int:
    """Name the picture with the most detail that is neither dark nor blown out.

    A few are looked at, evenly spread over the video; of equal ones it is the first.
    """
    count = min(_CANDIDATES, reel.frames)
    numbers = [reel.frames * (2 * each + 1) // (2 * count) for each in range(count)]
    return max(numbers, key=lambda number: (_worth(reel.at(number)), -number))


def _worth(picture: Picture) -> int:
    """Multiply how much neighbours differ by how many pixels can be seen well."""
    size = (picture.width, picture.height)
    layout = lay_out(size, Fraction(1), width=_WIDTH, height=None, mode="fit")
    small = Resizer(layout)(picture)
    red, green, blue = (plane.astype(np.int64) for plane in (small.red, small.green, small.blue))
    grey = (54 * red + 183 * green + 19 * blue) >> 8
    across, down = np.abs(np.diff(grey, axis=1)), np.abs(np.diff(grey, axis=0))
    seen = int(((grey > _DARK) & (grey < _BRIGHT)).sum())
    return (int(across.sum()) + int(down.sum()) + 1) * (seen + 1)
