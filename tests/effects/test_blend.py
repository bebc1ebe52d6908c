from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from l1.effects.blend import BLEND, BlendParams
from l1.effects.generate import GENERATE, GenerateParams
from l1.errors import Refused
from l1.media.probing import probe
from l1.media.stills import read_still
from tests.effects.golden import fingerprint
from tests.effects.rendering import render, render_in_child
from tests.media.making import decoded, make_audio, make_video, packets_of


def image(path, size, rgba):
    Image.new("RGBA" if len(rgba) == 4 else "RGB", size, rgba).save(path)
    return path


def blend(paths, output, mode, opacity="1"):
    render(BLEND, paths, output, BlendParams(mode=mode, opacity=Decimal(opacity)))
    info = probe(output)
    assert info.problem == ""
    return info


def test_two_images_make_the_bytes_that_the_mode_says(tmp_path):
    one = image(tmp_path / "a.png", (5, 3), (100, 200, 0))
    two = image(tmp_path / "b.png", (5, 3), (200, 100, 50))
    blend([one, two], tmp_path / "c.png", "subtract")
    found = read_still(tmp_path / "c.png")
    assert (found.red[0, 0], found.green[2, 4], found.blue[1, 1]) == (0, 100, 0)
    blend([two, one], tmp_path / "c.png", "subtract", "0.5")
    found = read_still(tmp_path / "c.png")
    assert (found.red[0, 0], found.green[2, 4], found.blue[1, 1]) == (150, 50, 50)


def test_a_video_keeps_its_length_size_and_sound_and_is_alone_after_the_top(tmp_path):
    base = make_video(tmp_path / "a.mp4", frames=20, audio="aac")
    top = make_video(tmp_path / "b.mp4", frames=20, rate=50, size=(50, 80))
    info = blend([base, top], tmp_path / "c.mp4", "difference")
    assert (info.video.frames, info.video.width, info.video.height) == (20, 96, 64)
    assert packets_of(tmp_path / "c.mp4") == packets_of(base)
    found, before = decoded(tmp_path / "c.mp4"), decoded(base)
    assert np.abs(found[5].astype(int) - before[5]).mean() > 20
    assert np.abs(found[15].astype(int) - before[15]).mean() < 4


def test_a_video_over_an_image_leads_with_its_rate_length_and_sound(tmp_path):
    still = image(tmp_path / "a.png", (31, 21), (255, 255, 255, 200))
    top = make_video(tmp_path / "b.mkv", frames=7, rate=Fraction(30000, 1001), audio="aac")
    info = blend([still, top], tmp_path / "c.mp4", "multiply")
    assert (info.video.frames, info.video.rate_num, info.video.width) == (7, 30000, 32)
    assert info.audio is not None


def test_a_still_on_top_of_a_video_is_there_all_the_time(tmp_path):
    base = make_video(tmp_path / "a.mp4", frames=5, draw=lambda _: np.full((64, 96, 3), 200, "u1"))
    top = image(tmp_path / "b.png", (10, 10), (0, 0, 0, 128))
    blend([base, top], tmp_path / "c.mp4", "normal")
    assert all(abs(int(shot[30, 30, 0]) - 100) < 4 for shot in decoded(tmp_path / "c.mp4"))


def test_without_opacity_images_stay_what_they_are(tmp_path):
    dice = np.random.default_rng(1).integers(0, 256, (9, 7, 4), np.uint8)
    Image.fromarray(dice, "RGBA").save(tmp_path / "a.png")
    blend([tmp_path / "a.png"] * 2, tmp_path / "b.png", "burn", "0")
    found = read_still(tmp_path / "b.png")
    assert np.array_equal(np.stack([found.red, found.green, found.blue, found.alpha], -1), dice)


def test_it_looks_as_it_did_and_is_the_same_bytes_twice(tmp_path):
    small = {"width": 96, "height": 64, "duration": Decimal("0.2")}
    clips = [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    for clip, pattern in zip(clips, ("bars", "gradient"), strict=True):
        render(GENERATE, [], clip, GenerateParams(pattern=pattern, **small))
    for name in ("c", "d"):
        blend(clips, tmp_path / name, "soft_light", "0.7")
    assert (tmp_path / "c").read_bytes() == (tmp_path / "d").read_bytes()
    assert fingerprint(tmp_path / "c") == "be7f9867145d045f"


async def test_a_sandboxed_child_gives_the_same_bytes(tmp_path):
    base, top = (make_video(tmp_path / f"{n}.mp4", frames=n) for n in (5, 4))
    blend([base, top], tmp_path / "c.mp4", "screen")
    made, _ = await render_in_child(BLEND, [base, top], tmp_path / "d", {"mode": "screen"})
    assert made.read_bytes() == (tmp_path / "c.mp4").read_bytes()


def test_sound_and_unknown_modes_are_refused(tmp_path):
    clip, sound = make_video(tmp_path / "a.mp4", frames=3), make_audio(tmp_path / "a.wav")
    with pytest.raises(Refused, match="BLEND takes videos and images, and input 2 is audio"):
        render(BLEND, [clip, sound], tmp_path / "b.mp4")
    with pytest.raises(ValueError, match="mode"):
        BLEND.parse({"mode": "plus"})
    with pytest.raises(ValueError, match="<= 1"):
        BLEND.parse({"opacity": "1.5"})
