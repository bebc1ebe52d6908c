"""A film: a video that is made when it is looked at, any part of it by itself.

What can be written as a film can be rendered in parts, by several workers and in any order, and
shown through looks without being encoded in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet

from l1.media.encoding import write_video
from l1.media.mapping import counted
from l1.media.pictures import Picture
from l1.media.reel import Reel, open_reel
from l1.media.samples import Samples
from l1.media.sound import Sound, is_copied, sound_for

Needs = Any
"""Canonical JSON that tells what something is made from: equal needs, equal pictures or sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What all pictures share before they are changed; a still is one frame at a rate of 1.

    `beside` are the files that are taken besides what is changed.
    """

    width: int
    height: int
    rate: Fraction
    frames: int
    beside: tuple[Path, ...] = ()


Change = Callable[[Picture, int], Picture]
"""Makes a picture from a picture and its number, 0 for the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundtrack:
    """The sound of a film: that of the file `path`, whose second `start` becomes 0, or `track`.

    A file's sound is copied where MP4 can hold it. `track` gives stereo blocks of shape (2, n) at
    48 kHz, all of them each time it is called.
    """

    needs: Needs
    path: Path | None = None
    start: Fraction = Fraction(0)
    track: Callable[[], Iterable[Samples]] | None = None

    @property
    def is_copied(self) -> bool:
        """Tell whether nothing has to be encoded."""
        return self.path is not None and is_copied(self.path)

    def open(
        self, target: OutputContainer, coded: Iterable[Packet[AudioStream]] | None = None
    ) -> AbstractContextManager[Sound | None]:
        """Add it to a container; `coded` are its packets if it has been encoded already."""
        track = self.track() if self.track and coded is None else () if self.track else None
        return sound_for(target, copied=self.path, start=self.start, track=track, coded=coded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """`frames` pictures of one size, `rate` to the second; `aspect` is a pixel's width by height.

    `part(first, stop)` makes the pictures from number `first` to before number `stop`;
    `needs(first, stop)` tells what they are made from.
    """

    rate: Fraction
    frames: int
    part: Callable[[int, int], Iterator[Picture]]
    needs: Callable[[int, int], Needs]
    aspect: Fraction = Fraction(1)
    sound: Soundtrack | None = None


@contextmanager
def film_of_file(path: Path, name: str, *, has_sound: bool = True) -> Iterator[Film]:
    """Open a video as a film, under the name of its bytes. Raises `Refused` as `open_reel` does."""
    with open_reel(path, kept_bytes=1) as reel:
        sound = Soundtrack(path=path, start=reel.start, needs={"of": name})
        yield Film(
            rate=reel.rate,
            frames=reel.frames,
            part=lambda first, stop: map(reel.at, range(first, stop)),
            needs=lambda first, stop: {"frames": [first, stop], "of": name},
            aspect=reel.aspect,
            sound=sound if has_sound else None,
        )


def retimed(
    reel: Reel,
    name: str,
    number: Callable[[int], int],
    *,
    frames: int,
    rate: Fraction | None = None,
    sound: Soundtrack | None = None,
) -> Film:
    """Make a film whose picture n is picture `number(n)` of a reel, whose bytes are named `name`."""
    return Film(
        rate=rate or reel.rate,
        frames=frames,
        part=lambda first, stop: (reel.at(number(n)) for n in range(first, stop)),
        needs=lambda first, stop: {"of": name, "shown": [number(n) for n in range(first, stop)]},
        aspect=reel.aspect,
        sound=sound,
    )


def made_by(film: Film, maker: Needs) -> Film:
    """Add to all that a film is made from what makes it: the name and version of a node."""
    sound = film.sound
    return replace(
        film,
        needs=lambda first, stop: {"by": maker, "made": film.needs(first, stop)},
        sound=sound and replace(sound, needs={"by": maker, "made": sound.needs}),
    )


def seen_through(
    film: Film,
    look: Callable[[Stage], Change],
    needs: Callable[[int, int], Needs],
) -> Film:
    """Change each picture of a film.

    `needs` tells what the change of some pictures depends on; None where it changes nothing.
    """

    def part(first: int, stop: int) -> Iterator[Picture]:
        pictures = film.part(first, stop)
        leading = next(pictures, None)
        if leading is None:
            return
        stage = Stage(
            width=leading.width, height=leading.height, rate=film.rate, frames=film.frames
        )
        change = look(stage)
        for number, picture in enumerate(chain([leading], pictures), first):
            yield change(picture, number)

    def all_needs(first: int, stop: int) -> Needs:
        under, own = film.needs(first, stop), needs(first, stop)
        return under if own is None else {"look": own, "film": under}

    return replace(film, part=part, needs=all_needs)


def write_film(output: Path, film: Film, progress: Callable[[int, int], None]) -> None:
    """Write all of a film as MP4. Raises `Refused` when it has no picture."""
    sound = film.sound
    write_video(
        output,
        counted(film.part(0, film.frames), total=film.frames, progress=progress),
        rate=film.rate,
        aspect=film.aspect,
        sound=sound.path if sound else None,
        sound_start=sound.start if sound else Fraction(0),
        track=sound.track() if sound and sound.track else None,
    )
