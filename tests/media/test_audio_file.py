import numpy as np
import pytest

from l1.errors import Refused
from l1.media.audio_file import write_audio
from l1.media.probing import probe
from tests.media.hearing import heard, in_blocks, noise, write_sound


def test_sound_is_kept_to_24_bits_and_written_again_as_the_same_bytes(tmp_path):
    sound = noise(70_001)
    once = write_sound(tmp_path / "a.flac", sound)
    info = probe(once)
    assert (info.kind, info.media_type, info.problem) == ("audio", "audio/flac", "")
    assert (info.audio.sample_rate, info.audio.channels) == (48_000, 2)
    assert np.abs(heard(once) - sound).max() <= 0.5 / 2**23
    twice = write_sound(tmp_path / "b.flac", heard(once))
    assert once.read_bytes() == twice.read_bytes()


def test_the_size_of_the_blocks_does_not_matter(tmp_path):
    sound, seen = noise(30_000), []
    for size in (1, 777, 30_000):
        path = tmp_path / f"{size}.flac"
        total = write_audio(
            path, in_blocks(sound, size), total=30_000, progress=lambda *at: seen.append(at)
        )
        assert total == 30_000
        assert seen[-1] == (30_000, 30_000)
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == 1


def test_what_exceeds_full_scale_is_clipped(tmp_path):
    loud = np.full((2, 5000), 3.0, np.float32)
    loud[1] *= -1
    back = heard(write_sound(tmp_path / "a.flac", loud))
    assert back[0].min() == np.float32(1 - 2**-23)
    assert back[1].max() == -1


def test_no_sound_at_all_is_refused(tmp_path):
    with pytest.raises(Refused, match="no sound"):
        write_audio(tmp_path / "a.flac", iter([]), progress=lambda *_: None)
