from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from l1.effects.generate import GENERATE, GenerateParams
from l1.effects.loop import LOOP, LoopParams
from l1.errors import Refused
from l1.media.probing import probe
from tests.effects.golden import fingerprint
from tests.effects.rendering import render, render_in_child
from tests.media.hearing import heard, noise, write_sound
from tests.media.making import decoded, make_video


def loop(path, output, **given):
    render(LOOP, path, output, LoopParams(**given))
    info = probe(output)
    assert info.problem == ""
    return info


def test_pictures_and_sound_come_again(tmp_path):
    clip = make_video(tmp_path / "a.mp4", frames=10, rate=Fraction(30000, 1001), audio="aac")
    info = loop(clip, tmp_path / "b.mp4", times=3)
    assert info.video.frames == 30
    once = decoded(clip)
    for found, expected in zip(decoded(tmp_path / "b.mp4"), once * 3, strict=True):
        assert np.abs(found.astype(int) - expected).mean() < 5
    assert heard(tmp_path / "b.mp4").shape[1] == round(Fraction(30 * 1001, 30000) * 48_000)


def test_a_duration_is_filled_and_the_last_turn_cut(tmp_path):
    clip = make_video(tmp_path / "a.mp4", frames=10, audio="aac")
    info = loop(clip, tmp_path / "b.mp4", duration=Decimal("1.0"))
    assert (info.video.frames, info.duration_us) == (25, 1_000_000)
    assert heard(tmp_path / "b.mp4").shape[1] == 48_000
    assert loop(clip, tmp_path / "c.mp4", duration=Decimal("0.2")).video.frames == 5


def test_a_sound_is_repeated_to_the_sample(tmp_path):
    sound = noise(48_048, seed=1)
    path = write_sound(tmp_path / "a.flac", sound)
    info = loop(path, tmp_path / "b.flac")
    assert info.kind == "audio"
    assert np.abs(heard(tmp_path / "b.flac") - np.tile(sound, 2)).max() < 1e-6


def test_an_animated_image_becomes_a_video_and_a_still_one_is_refused(tmp_path):
    shots = [Image.new("RGB", (40, 30), (60 * n, 0, 200)) for n in range(4)]
    shots[0].save(tmp_path / "a.gif", save_all=True, append_images=shots[1:], duration=100)
    info = loop(tmp_path / "a.gif", tmp_path / "b.mp4", times=2)
    assert (info.kind, info.video.frames, info.duration_us) == ("video", 8, 800_000)
    shots[0].save(tmp_path / "c.png")
    with pytest.raises(Refused, match="this image does not move"):
        render(LOOP, tmp_path / "c.png", tmp_path / "d.mp4")


def test_parameters_are_checked_and_have_one_form(tmp_path):
    assert LOOP.parse({"times": 2}) == LoopParams() == LOOP.parse({})
    with pytest.raises(ValueError, match="either `times` or `duration`"):
        LoopParams(times=2, duration=Decimal(3))
    clip = make_video(tmp_path / "a.mp4", frames=1)
    with pytest.raises(Refused, match="10025 turns"):
        render(LOOP, clip, tmp_path / "b.mp4", LoopParams(duration=Decimal(401)))


async def test_it_looks_as_it_did_also_in_a_sandboxed_child(tmp_path):
    small = {"width": 96, "height": 64, "duration": Decimal("0.2")}
    render(GENERATE, [], tmp_path / "a.mp4", GenerateParams(pattern="bars", **small))
    loop(tmp_path / "a.mp4", tmp_path / "b.mp4")
    made, _ = await render_in_child(LOOP, [tmp_path / "a.mp4"], tmp_path / "c")
    assert made.read_bytes() == (tmp_path / "b.mp4").read_bytes()
    assert fingerprint(made) == "41786efaa20c3729"
