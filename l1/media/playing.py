"""Shows what a schedule says, picture by picture."""

from collections.abc import Iterator
from fractions import Fraction

from l1.content.schedule import WHOLE, PulseLook, Schedule
from l1.media.colours import NAMES
from l1.media.panning import seen, zoomed
from l1.media.pictures import Picture
from l1.media.reel import Reel
from l1.media.transitions import mixed_pictures, toned

_MIDDLE = Fraction(1, 2)


def played(reel: Reel, schedule: Schedule) -> Iterator[Picture]:
    """Give the pictures of a schedule, which is for a video of as many frames as the reel has."""
    look = schedule.pulse.look if schedule.pulse else "zoom"
    at = _Near(reel)
    for shown in schedule.pictures():
        picture = at(shown.source)
        if shown.weight and shown.beside != shown.source:
            picture = mixed_pictures(picture, at(shown.beside), shown.weight)
        yield pulsed(picture, look, shown.level)


def pulsed(picture: Picture, look: PulseLook, level: int) -> Picture:
    """Send a pulse of a level, 0 to 1000, through a picture that covers fully."""
    if not level:
        return picture
    if look == "flash":
        return toned(picture, NAMES["white"], WHOLE - (WHOLE * level + 500) // 1000)
    size = (picture.width, picture.height)
    zoom = Fraction(1000 + level, 1000)
    return seen(picture, zoomed(size, Fraction(*size), zoom=zoom, x=_MIDDLE, y=_MIDDLE), size)


class _Near:
    """Keeps the two pictures that were shown last, since those that are mixed come in pairs."""

    def __init__(self, reel: Reel) -> None:
        self._reel = reel
        self._kept: dict[int, Picture] = {}

    def __call__(self, number: int) -> Picture:
        picture = self._kept.pop(number, None) or self._reel.at(number)
        self._kept[number] = picture
        if len(self._kept) > 2:
            del self._kept[next(iter(self._kept))]
        return picture
