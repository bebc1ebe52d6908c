from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from l1.effects.fps import FPS, FpsParams, exact_rate
from l1.effects.generate import GENERATE, GenerateParams
from l1.errors import Refused
from l1.media.probing import probe
from tests.effects.golden import fingerprint
from tests.effects.rendering import render, render_in_child
from tests.media.making import decoded, make_video, packets_of


@pytest.mark.parametrize("fps", ["10", "25", "50", "29.97"])
def test_what_is_seen_at_each_moment_stays_and_so_does_the_sound(tmp_path, fps):
    clip = make_video(tmp_path / "a.mp4", frames=30, audio="aac")
    render(FPS, clip, tmp_path / "b.mp4", FpsParams(fps=Decimal(fps)))
    info, rate = probe(tmp_path / "b.mp4"), exact_rate(Decimal(fps))
    assert (info.problem, Fraction(info.video.rate_num, info.video.rate_den)) == ("", rate)
    assert info.video.frames == -(-Fraction(30, 25) * rate // 1)
    assert packets_of(tmp_path / "b.mp4") == packets_of(clip)
    before = decoded(clip)
    for number, shot in enumerate(decoded(tmp_path / "b.mp4")):
        assert np.abs(shot.astype(int) - before[int(number / rate * 25)]).mean() < 5


def test_spoken_rates_mean_exact_ones():
    for spoken, exact in (
        ("23.976", Fraction(24000, 1001)), ("23.98", Fraction(24000, 1001)),
        ("29.97", Fraction(30000, 1001)), ("59.94", Fraction(60000, 1001)),
        ("12.5", Fraction(25, 2)), ("24", Fraction(24)), ("30", Fraction(30)),
    ):  # fmt: skip
        assert exact_rate(Decimal(spoken)) == exact


def test_a_still_image_has_no_rate_and_the_rate_is_bounded(tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    with pytest.raises(Refused, match="FPS takes a video, and this input is image"):
        render(FPS, tmp_path / "a.png", tmp_path / "b.mp4", FpsParams(fps=Decimal(5)))
    for wrong in ("0", "241"):
        with pytest.raises(ValueError, match="Expected a number"):
            FPS.parse({"fps": wrong})


async def test_it_looks_as_it_did_also_in_a_sandboxed_child(tmp_path):
    small = {"width": 96, "height": 64, "duration": Decimal("0.2")}
    render(GENERATE, [], tmp_path / "a.mp4", GenerateParams(pattern="noise", **small))
    render(FPS, tmp_path / "a.mp4", tmp_path / "b.mp4", FpsParams(fps=Decimal(40)))
    made, _ = await render_in_child(FPS, [tmp_path / "a.mp4"], tmp_path / "c", {"fps": "40"})
    assert made.read_bytes() == (tmp_path / "b.mp4").read_bytes()
    assert fingerprint(made) == "7b42819b1a35575b"
