"""Shows shots that follow each other on one screen, as a film. At most two files are open."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from l1.media.film import Film, Needs, Soundtrack
from l1.media.montage import Montage, Seen
from l1.media.pictures import Picture
from l1.media.reel import open_reel
from l1.media.resizing import Resizer, lay_out
from l1.media.shots import Screen, Shot
from l1.media.stills import read_still
from l1.media.transitions import mixed_pictures, toned


@contextmanager
def film_of_shots(
    montage: Montage,
    screen: Screen,
    *,
    frames: int | None = None,
    sound: Soundtrack | None = None,
    kept_bytes: int = 1,
) -> Iterator[Film]:
    """Show a montage, or the first `frames` pictures of it.

    A shot of other proportions is as large as the screen allows, in its middle. `kept_bytes` is
    how much of decoded frames is kept of a file.
    """
    projector = _Projector(montage, screen, kept_bytes)
    try:
        yield Film(
            rate=screen.rate,
            frames=montage.frames if frames is None else frames,
            part=lambda first, stop: map(projector.at, range(first, stop)),
            needs=projector.needs,
            aspect=screen.aspect,
            sound=sound,
        )
    finally:
        projector.close()


class _Projector:
    """Makes the pictures of a montage, in any order."""

    def __init__(self, montage: Montage, screen: Screen, kept_bytes: int) -> None:
        self._montage, self._screen, self._kept_bytes = montage, screen, kept_bytes
        self._running: OrderedDict[tuple[str, int], _Running] = OrderedDict()

    def at(self, number: int) -> Picture:
        under, *over = self._montage.seen(number)
        picture = self._shown(under)
        for seen in over:
            return mixed_pictures(picture, self._shown(seen), seen.weight)
        return toned(picture, self._screen.ground, under.weight)

    def needs(self, first: int, stop: int) -> Needs:
        """Name the shots that are seen, whichever of all they are, and what is seen of them."""
        pictures = [self._montage.seen(number) for number in range(first, stop)]
        used = list(dict.fromkeys(seen.shot for each in pictures for seen in each))
        place = {shot: number for number, shot in enumerate(used)}
        screen = self._screen
        return {
            "screen": [*screen.size, str(screen.aspect), list(screen.ground)],
            "shots": [self._montage.shots[shot].name for shot in used],
            "shown": [
                [[place[seen.shot], seen.number, seen.weight] for seen in each] for each in pictures
            ],
        }

    def close(self) -> None:
        while self._running:
            self._running.popitem()[1].close()

    def _shown(self, seen: Seen) -> Picture:
        shot = self._montage.shots[seen.shot]
        # Neighbours that overlap may be the same file, at two places of it.
        key = (str(shot.path), seen.shot % 2 if self._montage.overlap else 0)
        running = self._running.pop(key, None) or self._opened(shot)
        self._running[key] = running
        return running.at(seen.number)

    def _opened(self, shot: Shot) -> "_Running":
        while len(self._running) > 1:
            self._running.popitem(last=False)[1].close()
        return _Running(shot, self._screen, self._kept_bytes)


class _Running:
    """One file, open, whose pictures are fitted into the screen, once even if shown repeatedly."""

    def __init__(self, shot: Shot, screen: Screen, kept_bytes: int) -> None:
        (width, height), aspect = screen.size, shot.aspect / screen.aspect
        layout = lay_out(shot.size, aspect, width=width, height=height, mode="pad", step=2)
        self._fit, self._ground = Resizer(layout, screen.ground), screen.ground
        self._file = ExitStack()
        self._shown: tuple[Picture, Picture] | None = None
        self._still = self._reel = None
        if shot.rate:
            reel = open_reel(shot.path, kept_bytes=kept_bytes, ground=screen.ground)
            self._reel = self._file.enter_context(reel)
        else:
            self._still = read_still(shot.path)

    def at(self, number: int) -> Picture:
        picture = self._reel.at(number) if self._reel else self._still
        assert picture is not None  # it is either moving or still
        if self._shown is None or self._shown[0] is not picture:
            self._shown = picture, self._fit(picture).over(self._ground)
        return self._shown[1]

    def close(self) -> None:
        self._file.close()
