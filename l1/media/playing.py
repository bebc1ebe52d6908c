"""Shows what a schedule says, picture by picture."""

from collections.abc import Iterator
from fractions import Fraction

from l1.content.schedule import WHOLE, PulseLook, Schedule, Shown
from l1.media.colours import NAMES
from l1.media.film import Film, Needs, Soundtrack
from l1.media.panning import seen, zoomed
from l1.media.pictures import Picture
from l1.media.reel import Reel
from l1.media.transitions import mixed_pictures, toned

_MIDDLE = Fraction(1, 2)


def film_of_schedule(
    reel: Reel, name: str, schedule: Schedule, sound: Soundtrack | None = None
) -> Film:
    """Show a video, whose bytes are named `name`, as a schedule says for so many frames."""
    look = schedule.pulse.look if schedule.pulse else "zoom"
    at = _Near(reel)

    def part(first: int, stop: int) -> Iterator[Picture]:
        for shown in schedule.pictures(first, stop):
            picture = at(shown.source)
            if _is_mixed(shown):
                picture = mixed_pictures(picture, at(shown.beside), shown.weight)
            yield pulsed(picture, look, shown.level)

    def needs(first: int, stop: int) -> Needs:
        shown = [_written(each) for each in schedule.pictures(first, stop)]
        return {"of": name, "look": look if schedule.pulse else "", "shown": shown}

    return Film(
        rate=schedule.rate,
        frames=schedule.frames,
        part=part,
        needs=needs,
        aspect=reel.aspect,
        sound=sound,
    )


def _is_mixed(shown: Shown) -> bool:
    return bool(shown.weight) and shown.beside != shown.source


def _written(shown: Shown) -> Needs:
    """Write what decides a picture, and nothing that is not seen."""
    mixed = [shown.beside, shown.weight] if _is_mixed(shown) else []
    return [shown.source, shown.level, *mixed]


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
