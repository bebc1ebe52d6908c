from decimal import Decimal

import numpy as np
import pytest
from PIL import Image

from l1.effects.generate import GENERATE, GenerateParams
from l1.effects.mask import MASK, MaskParams
from l1.errors import Refused
from l1.media.probing import probe
from l1.media.stills import read_still
from tests.effects.golden import fingerprint
from tests.effects.rendering import render, render_in_child
from tests.media.making import decoded, make_audio, make_video, packets_of


def halves(path, size=(20, 10), left=(255, 255, 255), right=(0, 0, 0)):
    picture = Image.new("RGB", size, right)
    picture.paste(left, (0, 0, size[0] // 2, size[1]))
    picture.save(path)
    return path


def mask(paths, output, **given):
    render(MASK, paths, output, MaskParams(**given))
    info = probe(output)
    assert info.problem == ""
    return info


def test_grey_becomes_the_alpha_of_an_image(tmp_path):
    Image.new("RGBA", (20, 10), (200, 100, 50, 100)).save(tmp_path / "a.png")
    cover = halves(tmp_path / "b.png", right=(51, 51, 51))
    for invert, alphas in ((False, (100, 20)), (True, (0, 80))):
        mask([tmp_path / "a.png", cover], tmp_path / "c.png", invert=invert)
        found = read_still(tmp_path / "c.png")
        assert (found.alpha[0, 0], found.alpha[9, 19]) == alphas
        assert set(found.red.ravel()) == {200}


def test_what_is_gone_shows_a_colour_or_a_third_input(tmp_path):
    clip = make_video(
        tmp_path / "a.mp4", frames=8, audio="aac", draw=lambda _: np.full((64, 96, 3), 200, "u1")
    )
    cover = halves(tmp_path / "b.png", (48, 32))
    behind = halves(tmp_path / "c.png", (10, 10), left=(0, 0, 90), right=(0, 90, 0))
    for inputs, background, expected in (
        ([], "#00000000", (0, 0, 0)),
        ([], "#1e3cdc", (30, 60, 220)),
        ([behind], "#1e3cdc", (0, 90, 0)),
    ):
        info = mask([clip, cover, *inputs], tmp_path / "d.mp4", background=background)
        assert (info.video.frames, packets_of(tmp_path / "d.mp4")) == (8, packets_of(clip))
        shot = decoded(tmp_path / "d.mp4")[7].astype(int)
        assert np.abs(shot[30, 20] - 200).max() < 4
        assert np.abs(shot[30, 80] - expected).max() < 8


def test_a_moving_mask_that_ends_first_stays_as_it_was_last(tmp_path):
    clip = make_video(tmp_path / "a.mp4", frames=8, draw=lambda _: np.full((64, 96, 3), 200, "u1"))
    cover = make_video(
        tmp_path / "b.mp4", frames=4, draw=lambda n: np.full((64, 96, 3), 85 * n, "u1")
    )
    mask([clip, cover], tmp_path / "c.mp4")
    found = [int(shot[30, 30, 0]) for shot in decoded(tmp_path / "c.mp4")]
    assert np.abs(np.subtract(found, [0, 67, 133, 200, 200, 200, 200, 200])).max() < 6


async def test_it_looks_as_it_did_also_in_a_sandboxed_child(tmp_path):
    small = {"width": 96, "height": 64, "duration": Decimal("0.2")}
    clips = [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    for clip, pattern in zip(clips, ("bars", "gradient"), strict=True):
        render(GENERATE, [], clip, GenerateParams(pattern=pattern, **small))
    mask(clips, tmp_path / "c.mp4", background="#ff8000")
    made, _ = await render_in_child(MASK, clips, tmp_path / "d", {"background": "#ff8000"})
    assert made.read_bytes() == (tmp_path / "c.mp4").read_bytes()
    assert fingerprint(made) == "dacf82439f95695c"


def test_sound_is_refused(tmp_path):
    clip, sound = make_video(tmp_path / "a.mp4", frames=3), make_audio(tmp_path / "a.wav")
    with pytest.raises(Refused, match="MASK takes videos and images, and input 2 is audio"):
        render(MASK, [clip, sound], tmp_path / "b.mp4")
