"""The media that examples are shown with: drawn and played by the project itself, and small.

An example names them as its inputs: `film` is a walk over a picture, `numbers` counts from 0 to 9
in two seconds, `cat` is a picture, `song` has drums and a bass, `bar` is half of it, `voice` speaks twice;
`effect` is the file of the how-to about effects.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docs.nodes.digits import digit
from docs.nodes.sounds import RATE, song, voice
from l1.assets.canvas import Canvas
from l1.assets.cat import draw_cat
from l1.media.audio_file import write_audio
from l1.media.encoding import write_video
from l1.media.pictures import Picture

Pixels = NDArray[np.uint8]
WIDTH, HEIGHT, FPS = 320, 180, 10
EFFECT = Path(__file__).parent.parent / "how-to" / "echo.py"


def make(name: str, folder: Path) -> Path:
    """Write one of `MEDIA` into `folder`, unless it is there; answer the file."""
    ending, write = MEDIA[name]
    path = folder / f"{name}{ending}"
    if not path.exists():
        write(path)
    return path


@cache
def cat_pixels() -> Pixels:
    """The asset `cat` at half its size: 320x320."""
    large = np.asarray(Image.open(io.BytesIO(draw_cat())).convert("RGB"), np.uint16)
    return (
        (large[::2, ::2] + large[1::2, ::2] + large[::2, 1::2] + large[1::2, 1::2] + 2) // 4
    ).astype(np.uint8)


def _cat(path: Path) -> None:
    Image.fromarray(cat_pixels()).save(path)


def _effect(path: Path) -> None:
    path.write_bytes(EFFECT.read_bytes())


def _film(path: Path) -> None:
    tops = range(60, 72, 2)
    _video(path, (cat_pixels()[top : top + HEIGHT] for top in tops))


def _numbers(path: Path) -> None:
    _video(path, _counting((40, 90, 170), (250, 170, 90)))


def _countdown(path: Path) -> None:
    """One second, from 9 down to 0, in other colours: what comes after `numbers`."""
    frames = list(_counting((120, 40, 120), (60, 190, 150)))
    _video(path, (frames[at] for at in range(19, -1, -2)))


def _counting(first: tuple[int, ...], last: tuple[int, ...]) -> Iterator[Pixels]:
    """Twenty frames: a digit for each two, and a ball that goes from left to right."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    for number in range(20):
        colour = [(a * (19 - number) + b * number) // 19 for a, b in zip(first, last, strict=True)]
        frame = np.empty((HEIGHT, WIDTH, 3), np.uint8)
        frame[:] = colour
        frame[140:] = [channel * 3 // 5 for channel in colour]
        frame[digit(number // 2, WIDTH, HEIGHT)] = 255
        ball = 16 + number * (WIDTH - 32) // 19
        frame[(x - ball) ** 2 + (y - 150) ** 2 < 196] = (214, 32, 44)
        yield frame


def _green(path: Path) -> None:
    """A face before a green screen, as a dancer would stand there."""
    canvas = Canvas(WIDTH, top=(20, 200, 40), bottom=(10, 170, 30))
    canvas.paint(canvas.ellipse((76, 150), (62, 66)), (250, 204, 60))
    for x in (54, 98):
        canvas.paint(canvas.ellipse((x, 134), (9, 13)), (54, 32, 26))
    canvas.paint(canvas.stroke(((44, 168), (76, 204), (108, 168)), widths=(4, 4)), (150, 40, 40))
    _film_of(path, _pixels(canvas.picture())[60 : 60 + HEIGHT])


def _mask(path: Path) -> None:
    canvas = Canvas(WIDTH, top=(0, 0, 0), bottom=(0, 0, 0))
    for radius in range(90, 60, -3):
        shade = 255 * (93 - radius) // 33
        canvas.paint(canvas.ellipse((160, 90), (radius * 1.5, radius)), (shade, shade, shade))
    Image.fromarray(_pixels(canvas.picture())[:HEIGHT]).save(path)


def _sticker(path: Path) -> None:
    """A star-like badge on nothing: a picture with transparency."""
    canvas = Canvas(96, top=(0, 0, 0), bottom=(0, 0, 0))
    canvas.paint(canvas.ellipse((48, 48), (44, 44)), (255, 255, 255))
    alpha = _pixels(canvas.picture())[..., :1]
    canvas.paint(canvas.ellipse((48, 48), (48, 48)), (214, 32, 44))
    canvas.paint(canvas.stroke(((24, 50), (40, 84), (72, 30)), widths=(6, 6)), (255, 255, 255))
    Image.fromarray(np.concatenate([_pixels(canvas.picture()), alpha], axis=2)).save(path)


def _card(name: int, colour: tuple[int, int, int]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        card = np.empty((HEIGHT, WIDTH, 3), np.uint8)
        card[:] = colour
        card[digit(name, WIDTH, HEIGHT)] = 255
        Image.fromarray(card).save(path)

    return write


def _table(path: Path) -> None:
    """A table of colours: shadows towards teal, lights towards orange."""
    rows = ["LUT_3D_SIZE 3"]
    for blue in range(3):
        for green in range(3):
            for red in range(3):
                tilt = (red + green + blue) / 6 - 0.45
                colour = (red / 2 + 0.3 * tilt, green / 2, blue / 2 - 0.4 * tilt)
                rows.append(" ".join(f"{min(1, max(0, each)):.4f}" for each in colour))
    path.write_text("\n".join(rows) + "\n")


def _video(path: Path, frames: Iterator[Pixels]) -> None:
    write_video(path, map(_picture, frames), rate=Fraction(FPS))


def _film_of(path: Path, frame: Pixels) -> None:
    _video(path, iter([frame] * 4))


def _picture(pixels: Pixels) -> Picture:
    red, green, blue = (np.ascontiguousarray(pixels[..., at]) for at in range(3))
    return Picture(red=red, green=green, blue=blue)


def _pixels(picture: Picture) -> Pixels:
    return np.stack([picture.red, picture.green, picture.blue], axis=2)


def _sound(path: Path, sound: NDArray[np.float64]) -> None:
    """Write sides of shape (2, n), with no more than 16 bits, so that no rounding shows."""
    whole = np.rint(np.clip(sound, -1, 1) * 32767) / 32768
    write_audio(path, [whole.astype(np.float32)], progress=lambda _done, _total: None)


MEDIA: Mapping[str, tuple[str, Callable[[Path], None]]] = {
    "cat": (".png", _cat),
    "film": (".mp4", _film),
    "numbers": (".mp4", _numbers),
    "countdown": (".mp4", _countdown),
    "green": (".mp4", _green),
    "mask": (".png", _mask),
    "sticker": (".png", _sticker),
    "table": (".cube", _table),
    "effect": (".py", _effect),
    "song": (".flac", lambda path: _sound(path, song())),
    "bar": (".flac", lambda path: _sound(path, song()[:, : 2 * RATE])),
    "voice": (".flac", lambda path: _sound(path, voice())),
    "one": (".png", _card(1, (190, 60, 60))),
    "two": (".png", _card(2, (60, 140, 80))),
    "three": (".png", _card(3, (60, 90, 180))),
}
"""Each by name: how its file ends, and who writes it."""
