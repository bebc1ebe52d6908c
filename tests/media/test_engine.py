"""Sound is the same, whatever routines the processor has for pictures."""

import hashlib
from contextlib import contextmanager
from decimal import Decimal

import numpy as np
import pytest

from l1.effects.gain import GAIN, GainParams
from l1.effects.transform import TRANSFORM
from l1.media import engine
from l1.media.listening import hear
from tests.effects.rendering import render
from tests.media.making import make_audio, make_video

C, SSE42 = 0, 0x13DB
VOICE = {"application": "voip", "b": "12000"}


@contextmanager
def held_to(flags):
    engine.hold_cpu_class()
    library = engine.loaded()
    before = library.av_get_cpu_flags()
    library.av_force_cpu_flags(flags)
    try:
        yield
    finally:
        library.av_force_cpu_flags(before)


@pytest.fixture(autouse=True)
def ffmpeg():
    if engine.hold_cpu_class() != "x86-64-v3":
        pytest.skip("this processor has only one class of routines")


def test_what_is_opened_inside_picks_plain_routines_and_no_longer_after():
    library = engine.loaded()
    with held_to(SSE42):
        with engine.plain_routines(), engine.plain_routines():
            assert library.av_get_cpu_flags() == C
        assert library.av_get_cpu_flags() == SSE42
    assert library.av_get_cpu_flags() == engine.V3_FLAGS


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.mp3", "libmp3lame", {}),
        ("a.mp4", "aac", {}),
        ("a.ogg", "vorbis", {"strict": "-2"}),
        ("a.opus", "libopus", VOICE),
    ],
)
def test_sound_is_heard_alike_by_all_routines(tmp_path, name, codec, options):
    rate = 48000 if codec == "libopus" else 44100
    path = make_audio(tmp_path / name, codec=codec, rate=rate, options=options)
    heard = set()
    for flags in (C, SSE42, engine.V3_FLAGS):
        with held_to(flags):
            heard.add(np.concatenate(list(hear(path)), axis=1).tobytes())
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("effect", "params"),
    [
        (GAIN, GainParams(db=Decimal(-3))),
        (TRANSFORM, TRANSFORM.parse({"speed": "1.2"})),
    ],
)
def test_sound_is_written_alike_by_all_routines(tmp_path, effect, params):
    path = tmp_path / "a.webm"
    if effect is GAIN:
        make_audio(path, codec="libopus", rate=48000, options=VOICE)
    else:
        make_video(path, frames=10, codec="libvpx-vp9", audio="libopus")
    written = set()
    for flags in (C, SSE42, engine.V3_FLAGS):
        with held_to(flags):
            render(effect, path, tmp_path / f"{flags}", params)
        written.add(hashlib.sha256((tmp_path / f"{flags}").read_bytes()).hexdigest())
    assert len(written) == 1
