"""Small media for shipped recipes, and shipped recipes made small."""

import numpy as np
from PIL import Image

from l1.media.audio_file import write_audio
from l1.recipes import shipped
from tests.media.hearing import in_blocks
from tests.media.making import make_video
from tests.recipes.rendering import render_recipe

SIZE = (96, 64)
RED, GREEN, BLUE, GREY = (200, 40, 40), (40, 160, 60), (30, 60, 220), (120, 120, 120)


def smaller(name, changes):
    """Answer a shipped recipe with parts of its text changed, so that it takes no time."""
    text = shipped()[name].decode()
    for old, new in changes.items():
        assert old in text, f"{name} does not say {old!r}"
        text = text.replace(old, new)
    return text.encode()


def plain(path, colour, frames=25, size=SIZE, **how):
    """Write a video of one colour."""
    picture = np.full((size[1], size[0], 3), colour, np.uint8)
    return make_video(path, frames=frames, size=size, draw=lambda _number: picture, **how)


def card(path, colour, size=SIZE):
    Image.new("RGB", size, colour).save(path)
    return path


def sound(path, samples):
    """Write mono samples at 48 kHz, between -1 and 1, as FLAC."""
    stereo = np.stack([samples, samples]).astype(np.float32)
    write_audio(path, in_blocks(stereo), progress=lambda _done, _total: None)
    return path


def rendered(name, folder, changes=None, **files):
    """Render a shipped recipe, made smaller; answer the file of its output and of each step."""
    made = render_recipe(smaller(name, changes or {}), folder, **files)
    return made[list(made)[-1]], made
