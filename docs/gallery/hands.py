"""What each recipe is handed for its picture, by the names of its inputs."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from docs.gallery.scenery import DAY, EVENING, NIGHT, write_film, write_photograph
from docs.nodes import media, sounds
from l1.media.audio_file import write_audio

SONG_S = 8


def _song(path: Path) -> None:
    samples = sounds.song(SONG_S).clip(-1, 1).astype(np.float32)
    write_audio(path, [samples], progress=lambda _done, _total: None)


def _drawn(name: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(media.make(name, path.parent).read_bytes())

    return write


def _said(text: str) -> Callable[[Path], None]:
    return lambda path: _write(path, text)


def _write(path: Path, text: str) -> None:
    path.write_text(text)


WRITERS: Mapping[str, Callable[[Path], None]] = {
    "day": lambda path: write_film(path, DAY),
    "evening": lambda path: write_film(path, EVENING),
    "night": lambda path: write_film(path, NIGHT),
    "dawn-photo": lambda path: write_photograph(path, EVENING, 1),
    "day-photo": lambda path: write_photograph(path, DAY, 4),
    "night-photo": lambda path: write_photograph(path, NIGHT, 3),
    "song": _song,
    "speech": _drawn("voice"),
    "face": _drawn("green"),
    "cat-photo": _drawn("cat"),
    "line": _said("We left before the sun\ncame over the hills"),
    "title-said": _said("Over the hills\nand far away"),
    "two-words": _said("The hills"),
    "name": _said("a film by the hills"),
}

HANDED: Mapping[str, Mapping[str, str]] = {
    "audio-reactive": {"video": "evening", "audio": "song"},
    "beat-cut": {"video": "day", "audio": "song"},
    "beat-sync": {"video": "evening", "audio": "song"},
    "before-after": {"before": "day", "after": "evening"},
    "clips-to-the-beat": {"first": "day", "second": "evening", "third": "night", "song": "song"},
    "film-look": {"video": "day", "signature": "name"},
    "glitch-on-drops": {"video": "evening", "song": "song"},
    "green-screen": {"actor": "face", "background": "evening"},
    "loop-maker": {"video": "night"},
    "lyric-card": {"picture": "dawn-photo", "song": "song", "words": "line"},
    "my-effect": {"input_image": "cat-photo"},
    "podcast-audiogram": {"episode": "speech", "cover": "cat-photo", "title": "title-said"},
    "poster": {"video": "evening", "title": "two-words"},
    "seek-previews": {"video": "evening"},
    "slideshow": {
        "one": "day-photo",
        "two": "dawn-photo",
        "three": "night-photo",
        "four": "cat-photo",
        "song": "song",
    },
    "teaser": {"video": "day"},
    "voice-over": {"video": "evening", "music": "song", "voice": "speech"},
    "web-ready": {"video": "with-sound"},
}
"""By recipe and input, one of `WRITERS`; `with-sound` is what `voice-over` has made."""


def hand(name: str, folder: Path) -> Path:
    """Write one of `WRITERS` into `folder`, unless it is there; answer the file."""
    path = folder / name
    if not path.exists():
        WRITERS[name](path)
    return path
