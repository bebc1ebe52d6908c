from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.errors import Refused
from l1.media.colours import BLACK, Colour
from l1.media.pictures import Picture
from l1.media.resizing import Resizer, lay_out

SQUARE = Fraction(1)
SIDES = st.integers(1, 400)
ASPECTS = st.fractions(Fraction(1, 4), 4, max_denominator=99)
MODES = st.sampled_from(["fit", "fill", "stretch", "pad"])


def noise(width, height, *, alpha=False, seed=1):
    dice = np.random.default_rng(seed).integers(0, 256, (4, height, width), np.uint8)
    return Picture(red=dice[0], green=dice[1], blue=dice[2], alpha=dice[3] if alpha else None)


def planes(picture):
    named = (picture.red, picture.green, picture.blue, picture.alpha)
    return [plane for plane in named if plane is not None]


def resized(picture, *, ground=BLACK, aspect=SQUARE, **wanted):
    wanted = {"width": None, "height": None, "mode": "fit", **wanted}
    layout = lay_out((picture.width, picture.height), aspect, **wanted)
    return Resizer(layout, ground)(picture)


@given(width=st.integers(1, 60), height=st.integers(1, 60), mode=MODES, alpha=st.booleans())
def test_resizing_to_its_own_size_is_the_identity(width, height, mode, alpha):
    picture = noise(width, height, alpha=alpha)
    after = resized(picture, width=width, height=height, mode=mode)
    assert all(map(np.array_equal, planes(picture), planes(after)))


@given(width=SIDES, height=SIDES, w=SIDES, h=SIDES, aspect=ASPECTS, step=st.sampled_from([1, 2]))
def test_a_layout_keeps_what_its_mode_says(width, height, w, h, aspect, step):
    box = (w + w % step, h + h % step)
    for mode in ("fit", "fill", "stretch", "pad"):
        made = lay_out((width, height), aspect, width=w, height=h, mode=mode, step=step)
        assert made.canvas == box or mode == "fit"
        assert all(side % step == 0 and side >= step for side in (*made.canvas, *made.scaled))
        assert all(map(int.__le__, made.scaled, made.canvas))
        assert all(map(int.__le__, made.crop, (width, height)))
        assert mode == "fill" or made.crop == (width, height)
        if mode in {"fit", "pad"}:
            assert made.scaled[0] == box[0] or made.scaled[1] == box[1]
            shape = width * aspect / height
            lower = (Fraction(made.scaled[0] - step) / (made.scaled[1] + step)) <= shape
            upper = made.scaled[1] == step or (
                shape <= Fraction(made.scaled[0] + step) / (made.scaled[1] - step)
            )
            assert (lower and upper) or step in made.scaled


@pytest.mark.parametrize(
    ("size", "aspect", "wanted", "canvas"),
    [
        ((1280, 720), SQUARE, {"width": 640}, (640, 360)),
        ((1280, 720), SQUARE, {"height": 100}, (178, 100)),
        ((720, 576), Fraction(16, 15), {"height": 576}, (768, 576)),
        ((720, 576), Fraction(16, 15), {"width": 768}, (768, 576)),
        ((720, 480), Fraction(8, 9), {"width": 641, "height": 481, "mode": "pad"}, (642, 482)),
        ((100, 100), SQUARE, {"width": 200, "height": 50}, (50, 50)),
        ((4, 1000), SQUARE, {"width": 2}, (2, 500)),
        ((1000, 2), SQUARE, {"width": 10}, (10, 2)),
    ],
)
def test_sides_follow_from_the_proportions_that_are_seen(size, aspect, wanted, canvas):
    wanted = {"width": None, "height": None, "mode": "fit"} | wanted
    assert lay_out(size, aspect, step=2, **wanted).canvas == canvas


def test_a_result_beyond_what_is_let_in_is_refused():
    with pytest.raises(Refused, match="16384x16384 pixels, more than"):
        lay_out((10, 10), SQUARE, width=16384, height=None, mode="fit")


@given(colour=st.tuples(*[st.integers(0, 255)] * 3), w=st.integers(1, 90), h=st.integers(1, 90))
def test_an_even_surface_keeps_its_very_colour(colour, w, h):
    red, green, blue = (np.full((31, 47), byte, np.uint8) for byte in colour)
    after = resized(Picture(red=red, green=green, blue=blue), width=w, height=h, mode="stretch")
    assert [(plane.shape, set(plane.ravel())) for plane in planes(after)] == [
        ((h, w), {byte}) for byte in colour
    ]


def test_the_middle_fills_and_the_ground_pads():
    picture = noise(40, 20)
    filled = resized(picture, width=20, height=20, mode="fill")
    assert np.array_equal(filled.red, picture.red[:, 10:30])
    padded = resized(picture, width=40, height=32, mode="pad", ground=Colour(9, 8, 7))
    assert np.array_equal(padded.red[6:26], picture.red)
    assert {*padded.green[:6].ravel(), *padded.green[26:].ravel()} == {8}
    assert padded.alpha is None


def test_alpha_stays_and_a_clear_ground_makes_some():
    picture = noise(40, 20, alpha=True)
    padded = resized(picture, width=40, height=32, mode="pad", ground=Colour(9, 8, 7))
    assert np.array_equal(padded.alpha[6:26], picture.alpha)
    assert set(padded.alpha[:6].ravel()) == {255}
    clear = resized(noise(40, 20), width=40, height=32, mode="pad", ground=Colour(0, 0, 0, 0))
    assert (set(clear.alpha[:6].ravel()), set(clear.alpha[6:26].ravel())) == ({0}, {255})


def test_hidden_colours_do_not_come_to_light():
    red = np.zeros((40, 40), np.uint8)
    red[:, 20:] = 200
    picture = Picture(red=red, green=red, blue=red, alpha=np.where(red, 255, 0).astype(np.uint8))
    after = resized(picture, width=13, height=13)
    seen = after.red[after.alpha > 0]
    assert np.abs(seen.astype(int) - 200).max() <= 1
    assert {0, 255} <= set(after.alpha.ravel())


@given(w=st.integers(1, 50), h=st.integers(1, 50), alpha=st.booleans())
def test_the_same_picture_is_resized_to_the_same_bytes(w, h, alpha):
    picture = noise(33, 21, alpha=alpha)
    one = Resizer(lay_out((33, 21), SQUARE, width=w, height=h, mode="fill"))
    again = resized(picture, width=w, height=h, mode="fill")
    for turn in (one(picture), one(picture)):
        assert all(map(np.array_equal, planes(turn), planes(again)))


@pytest.mark.parametrize("size", [(1, 16384), (16384, 1), (2, 2), (16384, 2000)])
def test_the_longest_ways_are_gone(size):
    for picture in (noise(1, 1), noise(1, 1, alpha=True), noise(8000, 2), noise(3, 9000)):
        after = resized(picture, width=size[0], height=size[1], mode="stretch")
        assert (after.width, after.height) == size
