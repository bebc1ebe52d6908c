"""A film that is drawn from a sound, and has it."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

from l1.media.film import Film, Needs
from l1.media.pictures import Picture
from l1.media.samples import Samples
from l1.media.sound_windows import frames_for, windows
from l1.media.soundtracks import of_file

Windows = Callable[[int], Iterator[Samples]]
"""Gives the windows of sound from a picture on."""

Draw = Callable[[Windows, int], Iterator[Picture]]
"""Draws the pictures from a number on, to the end."""


def film_of_sound(
    path: Path, name: str, draw: Draw, *, rate: Fraction, length: int, needs: Needs
) -> Film:
    """Draw `rate` pictures a second, each of the `length` samples around its moment.

    The film is as long as the sound, whose bytes are named `name`; `needs` tells what else the
    drawing depends on. Raises `Refused` for a file without sound.
    """
    frames = frames_for(path, rate)
    drawing = _Drawing(
        draw, lambda first: windows(path, rate=rate, length=length, frames=frames, first=first)
    )
    return Film(
        rate=rate,
        frames=frames,
        part=lambda first, stop: map(drawing.at, range(first, stop)),
        needs=lambda first, stop: {"of": name, "drawn": needs, "shown": [first, stop]},
        sound=of_file(path, name),
    )


class _Drawing:
    """Pictures of a sound; going on where it is costs nothing but the drawing."""

    def __init__(self, draw: Draw, windows: Windows) -> None:
        self._draw, self._windows = draw, windows
        self._next = 0
        self._coming: Iterator[Picture] = iter(())

    def at(self, number: int) -> Picture:
        if number != self._next or not number:
            self._coming, self._next = self._draw(self._windows, number), number
        self._next += 1
        return next(self._coming)
