from decimal import Decimal

import numpy as np
import pytest
from msgspec import structs
from PIL import Image

from l1.dag.recipe import RecipeStep
from l1.effects.text import LONGEST, TEXT, TextParams, expand
from l1.errors import Refused
from l1.media.probing import probe
from l1.media.stills import read_still
from tests.effects.golden import fingerprint
from tests.effects.rendering import render, render_in_child
from tests.media.making import decoded, make_audio, make_video, packets_of

GOLDEN = {
    "plain": ({"text": "Hello"}, "32def8eec307b13b"),
    "lines": (
        {"text": "two\nlines", "align": "left", "x": 0, "y": 0, "size": 0.2},
        "168d6bdda881d5dd",
    ),
    "outlined": (
        {"text": "Edge", "size": 0.4, "y": 0.5, "outline": 0.1, "shadow": 0.1, "colour": "yellow"},
        "81da0d50425e448b",
    ),
}


def ground(tmp_path, size=(120, 80), mode="RGB", colour=(40, 60, 80)):
    Image.new(mode, size, colour).save(tmp_path / "a.png")
    return tmp_path / "a.png"


def written(tmp_path, source=None, **params):
    """Write over an image and answer its green, where the letters are white."""
    render(TEXT, source or ground(tmp_path), tmp_path / "b.png", TEXT.parse(params))
    return read_still(tmp_path / "b.png").green.astype(int)


def black_video(tmp_path, **how):
    frames = np.zeros((64, 96, 3), np.uint8)
    return make_video(tmp_path / "a.mp4", draw=lambda _: frames, **how)


@pytest.mark.parametrize("name", GOLDEN)
def test_each_looks_as_it_did(tmp_path, name):
    params, digits = GOLDEN[name]
    written(tmp_path, **params)
    assert fingerprint(tmp_path / "b.png") == digits


def test_a_text_stands_where_it_was_told(tmp_path):
    for x, y in ((0, 0), (1, 0), (0, 1), (1, 1)):
        rows, columns = np.nonzero(written(tmp_path, text="Hi", x=x, y=y, size=0.2) > 200)
        assert (rows.mean() > 40) == bool(y)
        assert (columns.mean() > 60) == bool(x)


def test_long_lines_are_broken_and_stay_inside(tmp_path):
    ink = written(tmp_path, text="words " * 12 + "W" * 40, size=0.1, margin=0.1, y=0) > 61
    assert ink.any(axis=1).sum() > 30
    assert not ink[:, :7].any()
    assert not ink[:, -7:].any()


def test_what_does_not_fit_below_is_left_out(tmp_path):
    assert written(tmp_path, text="a\n" * 900, size=0.5, y=0).shape == (80, 120)
    assert written(tmp_path, text=" \n ").max() == 60


def test_a_text_as_long_as_allowed_on_a_large_picture_comes_to_an_end(tmp_path):
    source = ground(tmp_path, (2000, 1500))
    assert written(tmp_path, source, text="W" * LONGEST, size=0.5, outline=0.25).max() == 255


def test_it_comes_and_goes_when_it_was_told(tmp_path):
    source = black_video(tmp_path, frames=25, audio="aac")
    params = {"text": "WWW", "size": 0.4, "y": 0.5, "start": 0.2, "end": 0.8, "fade": 0.2}
    render(TEXT, source, tmp_path / "b.mp4", TEXT.parse(params))
    light = [int(shot.max()) for shot in decoded(tmp_path / "b.mp4")]
    assert max(light[:6]) < 30
    assert 60 < light[7] < light[9] < 255
    assert min(light[11:15]) > 220
    assert light[17] < light[16]
    assert max(light[20:]) < 30
    assert packets_of(tmp_path / "b.mp4") == packets_of(source)
    assert probe(tmp_path / "b.mp4").video.frames == 25


def test_times_do_not_count_on_what_does_not_move(tmp_path):
    assert written(tmp_path, text="Hi", size=0.4, start=3, fade=1).max() == 255


def test_on_a_transparent_image_only_letters_and_their_shadow_cover(tmp_path):
    source = ground(tmp_path, mode="RGBA", colour=(9, 9, 9, 0))
    written(tmp_path, source, text="Hi", size=0.5, y=0.5, colour="#ff8000")
    picture = read_still(tmp_path / "b.png")
    assert (picture.alpha[0, 0], picture.alpha.max()) == (0, 255)
    covered = picture.alpha > 0
    assert set(picture.red[covered]) == {255}
    assert set(picture.green[covered]) == {128}


def test_a_turned_odd_video_is_written_on_upright(tmp_path):
    source = black_video(tmp_path, frames=2, rotate=90)
    render(TEXT, source, tmp_path / "b.mp4", TextParams(text="Hi", y=Decimal(0)))
    shot = decoded(tmp_path / "b.mp4")[1]
    assert shot.shape[:2] == (96, 64)
    assert shot[:30].max() > 150 > shot[40:].max()


async def test_a_sandboxed_child_makes_the_same_bytes(tmp_path):
    source = black_video(tmp_path, frames=3)
    params = {"text": "Hello", "outline": 0.1}
    render(TEXT, source, tmp_path / "b.mp4", TEXT.parse(params))
    output, _ = await render_in_child(TEXT, [source], tmp_path / "child", params)
    assert output.read_bytes() == (tmp_path / "b.mp4").read_bytes()


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"text": "x" * (LONGEST + 1)}, "length <= 2000"),
        ({"text": "a\x07"}, "control character"),
        ({"text": "你好 there"}, "has no '你好'"),
        ({"text": "x", "start": 2, "end": 2}, "`end` comes after"),
        ({"text": "x", "size": 0.6}, "<= 0.5"),
        ({"text": "x", "colour": "mauvish"}, "is no colour"),
    ],
)
def test_what_cannot_be_written_is_refused(params, said):
    with pytest.raises(ValueError, match=said):
        TEXT.parse(params)


def test_what_has_no_effect_does_not_count(tmp_path):
    assert TEXT.parse({"text": "x", "outline_colour": "red"}) == TextParams(text="x")
    with pytest.raises(Refused, match="takes a video or an image"):
        render(TEXT, make_audio(tmp_path / "a.wav"), tmp_path / "b", TextParams(text="x"))


def test_a_text_comes_out_of_a_second_input(tmp_path):
    source = ground(tmp_path)
    for data in (b"two\nlines", b"\xef\xbb\xbftwo\r\nlines\r\n"):
        (tmp_path / "words.txt").write_bytes(data)
        files = [source, tmp_path / "words.txt"]
        render(TEXT, files, tmp_path / "c.png", TEXT.parse({"text": "not this", "size": 0.2}))
        assert np.array_equal(
            read_still(tmp_path / "c.png").green, written(tmp_path, text="two\nlines", size=0.2)
        )


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xff\xfe", "no text in UTF-8"),
        (b"a\tb", "control character"),
        ("\u4e16".encode(), "the font has no"),
        (b"a" * (LONGEST + 1), "longer than"),
        (b"a" * (4 * LONGEST + 1), "longer than"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused(tmp_path, data, why):
    (tmp_path / "words.txt").write_bytes(data)
    files = [ground(tmp_path), tmp_path / "words.txt"]
    with pytest.raises(Refused, match=why):
        render(TEXT, files, tmp_path / "c.png", TEXT.parse({}))


def test_no_text_at_all_is_refused_where_the_recipe_says_so(tmp_path):
    with pytest.raises(Refused, match="nothing to write"):
        written(tmp_path)
    step = RecipeStep(id="a", type="TEXT", inputs=("picture",))
    with pytest.raises(Refused, match="nothing to write") as caught:
        expand(step, TextParams(), {})
    assert caught.value.facts["field"] == "text"


def test_what_is_not_written_does_not_count():
    step = RecipeStep(id="a", type="TEXT", inputs=("picture", "words"), config={"text": "no"})
    assert expand(step, TextParams(text="no"), {}) == (structs.replace(step, config={}),)
    alone = RecipeStep(id="a", type="TEXT", inputs=("picture",), config={"text": "yes"})
    assert expand(alone, TextParams(text="yes"), {}) == (alone,)
