"""VECTORSCOPE: the figures of sounds that are known."""

from hashlib import sha256

import numpy as np
import pytest

from l1.dag.params import parse_params
from l1.effects.vectorscope import VECTORSCOPE
from l1.errors import Refused
from l1.media.probing import probe
from tests.effects.rendering import render, render_in_child
from tests.media.hearing import heard, noise, sine, write_sound
from tests.media.making import decoded, make_video

SECOND = 48_000
SMALL = {"width": 90, "height": 90, "fps": 10}


def scoped(folder, sound, **config):
    path = write_sound(folder / "a.flac", sound)
    params = parse_params(VECTORSCOPE.node, {**SMALL, **config})
    render(VECTORSCOPE, path, folder / "out", params)
    return folder / "out"


def figure(folder, left, right):
    """Where the second picture is bright, as offsets from its middle: to the right, and upwards."""
    tone = sine(440, SECOND // 2, level=0.8)
    sound = tone * np.array([[left], [right]], np.float32)
    picture = decoded(scoped(folder, sound, background="black", line="white", glow="black"))[1]
    rows, columns = np.nonzero(picture[..., 1] > 100)
    return columns - 45, 45 - rows


@pytest.mark.parametrize(
    ("left", "right", "slope"), [(1, 1, None), (1, -1, 0), (1, 0, -1), (0, 1, 1)]
)
def test_a_figure_leans_to_the_side_that_is_heard(tmp_path, left, right, slope):
    across, up = figure(tmp_path, left, right)
    assert len(across) > 15
    if slope is None:
        assert np.abs(across).max() <= 2
        assert up.max() > 25
    else:
        assert np.abs(up - slope * across).max() <= 3
        assert np.abs(across).max() > 10


def test_the_video_has_the_sound_and_its_length(tmp_path):
    sound = sine(440, SECOND // 2)
    file = scoped(tmp_path, sound, width=91)
    assert (probe(file).video.frames, probe(file).video.width) == (5, 92)
    assert np.array_equal(heard(file), heard(tmp_path / "a.flac"))


def test_silence_is_a_point_and_no_sound_is_refused(tmp_path):
    (first, *_) = decoded(scoped(tmp_path, np.zeros((2, 9000), np.float32), glow="black"))
    assert (first[..., 1] > 60).sum() < 30
    with pytest.raises(Refused, match="no sound"):
        render(VECTORSCOPE, make_video(tmp_path / "a.mp4", frames=3), tmp_path / "no")


async def test_it_is_the_same_bytes_in_the_sandbox_and_stays_as_it_is(tmp_path):
    file = scoped(tmp_path, noise(SECOND // 4, level=0.2))
    given = {**SMALL, "fps": "10"}
    again, _ = await render_in_child(VECTORSCOPE, [tmp_path / "a.flac"], tmp_path / "b", given)
    assert again.read_bytes() == file.read_bytes()
    frames = b"".join(frame.tobytes() for frame in decoded(file))
    assert sha256(frames).hexdigest()[:16] == "98147648c886b905"
