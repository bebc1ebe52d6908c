import numpy as np
import pytest

from l1.media.decoding import open_clip
from l1.media.reel import open_reel
from l1.media.reversing import pictures_reversed, sound_reversed
from tests.media.hearing import noise, write_sound
from tests.media.making import make_video


@pytest.mark.parametrize("held", [1, 50_000, 1 << 24])
def test_pictures_come_backwards_however_few_are_held(tmp_path, held):
    clip = make_video(tmp_path / "a.mp4", frames=11)
    with open_clip(clip) as opened:
        forward = [picture.red.copy() for picture in opened.pictures]
    with open_reel(clip) as reel:
        backward = [picture.red.copy() for picture in pictures_reversed(reel, 11, held_bytes=held)]
    assert np.array_equal(np.stack(forward), np.stack(backward[::-1]))


@pytest.mark.parametrize("stretch", [997, 5000, 1 << 20])
def test_sound_comes_backwards_to_the_sample(tmp_path, stretch):
    sound = noise(5000, seed=2)
    path = write_sound(tmp_path / "a.flac", sound)
    found = np.concatenate(list(sound_reversed(path, 5100, stretch=stretch)), axis=1)
    assert not found[:, :100].any()
    assert np.abs(found[:, 100:] - sound[:, ::-1]).max() < 1e-6
