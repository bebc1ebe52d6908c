"""Makes a film of a part of a video, from one picture to another, with the sound of that time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from l1.media.film import Film, retimed
from l1.media.reel import open_reel
from l1.media.soundtracks import cut_out


@contextmanager
def film_of_part(
    path: Path, name: str, *, first: int, stop: int, has_sound: bool
) -> Iterator[Film]:
    """Show the pictures of a video, named `name`, from number `first` to before number `stop`."""
    with open_reel(path, kept_bytes=1) as reel:
        start, end = first / reel.rate, stop / reel.rate
        yield retimed(
            reel,
            name,
            lambda number: first + number,
            frames=stop - first,
            sound=cut_out(path, name, start=start, stop=end) if has_sound else None,
        )
