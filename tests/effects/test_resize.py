from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from l1.effects.resize import RESIZE, ResizeParams
from l1.errors import Refused
from l1.media.decoding import open_clip
from l1.media.probing import probe
from l1.media.stills import read_still
from tests.effects.rendering import render
from tests.media.making import BLUE, RED, decoded, make_audio, make_video, packets_of


def size_of(path):
    info = probe(path)
    assert info.problem == ""
    return info.video.width, info.video.height


def test_a_video_is_scaled_and_keeps_frames_and_sound(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=30, audio="aac")
    progress, notes = render(RESIZE, source, tmp_path / "b.mp4", ResizeParams(width=48))
    assert size_of(tmp_path / "b.mp4") == (48, 32)
    assert probe(tmp_path / "b.mp4").video.frames == 30
    assert packets_of(tmp_path / "b.mp4") == packets_of(source)
    assert (progress[-1], notes) == ((30, 30), [])
    shot = decoded(tmp_path / "b.mp4")[9].astype(int)
    assert np.abs(shot[5, 5] - RED).max() < 16
    assert np.abs(shot[5, 40] - BLUE).max() < 16


def test_bars_of_the_background_surround_a_padded_video(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=3)
    params = ResizeParams(width=97, height=128, mode="pad", background="blue")
    _, notes = render(RESIZE, source, tmp_path / "b.mp4", params)
    assert size_of(tmp_path / "b.mp4") == (98, 128)
    assert "97 became 98" in notes[0]
    shot = decoded(tmp_path / "b.mp4")[1].astype(int)
    assert np.abs(shot[5, 50] - (0, 0, 255)).max() < 12
    assert np.abs(shot[40, 5] - RED).max() < 16


@pytest.mark.parametrize("mode", ["fill", "stretch"])
def test_the_whole_frame_is_covered(tmp_path, mode):
    source = make_video(tmp_path / "a.mp4", frames=3)
    params = ResizeParams(width=64, height=64, mode=mode)
    render(RESIZE, source, tmp_path / "b.mp4", params)
    assert size_of(tmp_path / "b.mp4") == (64, 64)
    left = decoded(tmp_path / "b.mp4")[0][5].astype(int)
    reds = (np.abs(left - RED).max(axis=1) < 30).sum()
    assert abs(reds - (16 if mode == "fill" else 21)) <= 3


def test_wide_pixels_become_square(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=3, size=(96, 96), aspect=Fraction(4, 3))
    render(RESIZE, source, tmp_path / "b.mp4", ResizeParams(height=96))
    with open_clip(tmp_path / "b.mp4") as clip:
        assert (clip.width, clip.height, clip.aspect) == (128, 96, 1)


def test_a_turned_video_is_resized_upright(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=3, rotate=90)
    render(RESIZE, source, tmp_path / "b.mp4", ResizeParams(width=32))
    assert size_of(tmp_path / "b.mp4") == (32, 48)


@pytest.mark.parametrize(
    "how",
    [
        {"size": (97, 63), "pix_fmt": "yuv444p"},
        {"pix_fmt": "yuv420p10le", "codec": "libx265", "options": {"x265-params": "log-level=0"}},
        {"frames": 1},
        {"rate": Fraction(30000, 1001)},
        {"pix_fmt": "argb", "codec": "qtrle", "name": "a.mov"},
    ],
)
def test_edges_come_through(tmp_path, how):
    source = tmp_path / how.pop("name", "a.mp4")
    make_video(source, **{"frames": 5} | how)
    render(RESIZE, source, tmp_path / "b.mp4", ResizeParams(width=50))
    before, after = probe(source), probe(tmp_path / "b.mp4")
    assert (after.problem, after.video.width) == ("", 50)
    assert after.video.frames == before.video.frames
    assert (after.video.rate_num, after.video.rate_den) == (
        before.video.rate_num,
        before.video.rate_den,
    )


def test_frames_of_changing_length_keep_their_time(tmp_path):
    times = [0, 40, 80, 400, 440, 480]
    source = make_video(tmp_path / "a.mkv", frames=6, times=times, rate=25)
    render(RESIZE, source, tmp_path / "b.mp4", ResizeParams(width=50))
    assert probe(tmp_path / "b.mp4").video.frames >= 12


def test_an_image_becomes_a_png_of_any_size_with_its_alpha(tmp_path):
    Image.new("RGBA", (30, 20), (200, 30, 30, 90)).save(tmp_path / "a.png")
    render(RESIZE, tmp_path / "a.png", tmp_path / "b.png", ResizeParams(width=45, height=45))
    picture = read_still(tmp_path / "b.png")
    assert (picture.width, picture.height, set(picture.alpha.ravel())) == (45, 30, {90})
    assert set(picture.red.ravel()) == {200}


def test_the_same_video_is_resized_to_the_same_bytes(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=30, audio="aac")
    for name in ("b", "c"):
        render(RESIZE, source, tmp_path / name, ResizeParams(width=130, height=50, mode="pad"))
    assert (tmp_path / "b").read_bytes() == (tmp_path / "c").read_bytes()


def test_sound_is_refused(tmp_path):
    with pytest.raises(Refused, match="takes a video or an image"):
        render(RESIZE, make_audio(tmp_path / "a.wav"), tmp_path / "b", ResizeParams(width=9))


def test_parameters_are_checked_and_have_one_form():
    with pytest.raises(ValueError, match="needs `width` or `height`"):
        RESIZE.parse({})
    with pytest.raises(ValueError, match=">= 1"):
        RESIZE.parse({"width": 0})
    with pytest.raises(ValueError, match="'mauvish' is no colour"):
        RESIZE.parse({"width": 5, "background": "mauvish"})
    black = RESIZE.parse({"width": 5, "background": "Black"})
    assert black == RESIZE.parse({"width": 5, "background": "#000"}) == ResizeParams(width=5)


def test_what_has_no_effect_does_not_count():
    plain = ResizeParams(width=5)
    assert RESIZE.parse({"width": 5, "mode": "fill", "background": "red"}) == plain
    filled = {"width": 5, "height": 5, "mode": "fill"}
    assert RESIZE.parse({**filled, "background": "red"}) == RESIZE.parse(filled)
    padded = {**filled, "mode": "pad"}
    assert RESIZE.parse({**padded, "background": "red"}) != RESIZE.parse(padded)
