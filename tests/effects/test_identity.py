import random

import pytest

from l1.effects.identity import IDENTITY
from tests.effects.rendering import render
from tests.media.making import make_audio, make_video


def test_identity_hands_on_every_kind_byte_for_byte(tmp_path):
    text, noise, empty = (tmp_path / name for name in ("t.txt", "n.bin", "e"))
    text.write_text("hello")
    noise.write_bytes(random.Random(1).randbytes(9_000_001))
    empty.touch()
    for path in (
        make_video(tmp_path / "v.mp4"),
        make_audio(tmp_path / "a.wav"),
        text,
        noise,
        empty,
    ):
        progress, _ = render(IDENTITY, path, tmp_path / "out")
        assert (tmp_path / "out").read_bytes() == path.read_bytes()
        assert not progress or progress[-1] == (path.stat().st_size,) * 2


def test_identity_takes_no_parameters():
    with pytest.raises(ValueError, match="unknown field"):
        IDENTITY.parse({"speed": 1})
