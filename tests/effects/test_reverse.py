from decimal import Decimal

import numpy as np
import pytest
from PIL import Image

from l1.effects.generate import GENERATE, GenerateParams
from l1.effects.reverse import REVERSE
from l1.errors import Refused
from l1.media.probing import probe
from tests.effects.golden import fingerprint
from tests.effects.rendering import render, render_in_child
from tests.media.hearing import heard, noise, write_sound
from tests.media.making import decoded, make_video


def test_a_video_and_its_sound_are_played_backwards(tmp_path):
    clip = make_video(tmp_path / "a.mp4", frames=30, audio="aac", audio_delay=24_000)
    render(REVERSE, clip, tmp_path / "b.mp4")
    info = probe(tmp_path / "b.mp4")
    assert (info.problem, info.video.frames, info.duration_us) == ("", 30, 1_200_000)
    for found, expected in zip(decoded(tmp_path / "b.mp4"), decoded(clip)[::-1], strict=True):
        assert np.abs(found.astype(int) - expected).mean() < 5
    sound = np.abs(heard(tmp_path / "b.mp4"))
    assert sound.shape == (2, 57_600)
    assert sound[:, 1000:30_000].max() > 0.2
    assert sound[:, 36_000:].max() < 0.01


def test_a_sound_twice_reversed_is_what_it_was(tmp_path):
    sound = noise(12_345, seed=4)
    path = write_sound(tmp_path / "a.flac", sound)
    render(REVERSE, path, tmp_path / "b.flac")
    render(REVERSE, tmp_path / "b.flac", tmp_path / "c.flac")
    assert np.abs(heard(tmp_path / "b.flac") - sound[:, ::-1]).max() < 1e-6
    assert np.abs(heard(tmp_path / "c.flac") - sound).max() < 1e-6


def test_an_animated_image_is_reversed_and_a_still_one_refused(tmp_path):
    shots = [Image.new("RGB", (40, 30), (60 * n, 0, 200)) for n in range(4)]
    shots[0].save(tmp_path / "a.gif", save_all=True, append_images=shots[1:], duration=100)
    render(REVERSE, tmp_path / "a.gif", tmp_path / "b.mp4")
    reds = [int(shot[10, 10, 0]) for shot in decoded(tmp_path / "b.mp4")]
    assert reds == sorted(reds, reverse=True)
    shots[0].save(tmp_path / "c.png")
    with pytest.raises(Refused, match="this image does not move"):
        render(REVERSE, tmp_path / "c.png", tmp_path / "d.mp4")


async def test_it_looks_as_it_did_also_in_a_sandboxed_child(tmp_path):
    small = {"width": 96, "height": 64, "duration": Decimal("0.2")}
    render(GENERATE, [], tmp_path / "a.mp4", GenerateParams(pattern="noise", **small))
    render(REVERSE, tmp_path / "a.mp4", tmp_path / "b.mp4")
    made, _ = await render_in_child(REVERSE, [tmp_path / "a.mp4"], tmp_path / "c")
    assert made.read_bytes() == (tmp_path / "b.mp4").read_bytes()
    assert fingerprint(made) == "9c3a631135133840"
