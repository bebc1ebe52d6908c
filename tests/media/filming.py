"""Films of small files, made in pieces."""

import random
from contextlib import contextmanager
from fractions import Fraction

from l1.media.film import film_of_file, write_film
from l1.media.segments import join, render_segment, render_sound, segment_count
from tests.media.making import make_video


def film_of(path, *, has_sound=True):
    """Open a file as a film, under its name in place of a CID."""
    return film_of_file(path, path.name, has_sound=has_sound)


@contextmanager
def opened_film(folder, *, rate=25, frames=30, size=(48, 32), **more):
    """Make a video of so many frames and open it as a film."""
    path = folder / "film.mp4"
    make_video(path, frames=frames, rate=Fraction(rate), size=size, **more)
    with film_of(path) as film:
        yield film


def whole(film, output):
    """Render it in one go."""
    write_film(output, film, lambda _done, _total: None)
    return output.read_bytes()


def in_pieces(film, output, *, seed=0):
    """Render it in pieces, in any order, and join them."""
    order = list(range(segment_count(film)))
    random.Random(seed).shuffle(order)
    made = {n: render_segment(film, n, lambda _done: None) for n in order}
    sound = list(render_sound(film))
    join(
        output,
        film,
        (made[n].data for n in sorted(made)),
        (piece.data for piece in sound),
        sound[0].header if sound else b"",
    )
    return output.read_bytes()
