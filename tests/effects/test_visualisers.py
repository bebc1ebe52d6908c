"""WAVEFORM_PNG, WAVEFORM_VIDEO and SPECTRUM_VIDEO."""

from dataclasses import astuple
from fractions import Fraction
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.dag.params import parse_params
from l1.effects.spectrum_video import SPECTRUM_VIDEO
from l1.effects.waveform_png import WAVEFORM_PNG
from l1.effects.waveform_video import WAVEFORM_VIDEO
from l1.errors import Refused
from l1.media.bars import FULL, WINDOW, Motion, heights, moving
from l1.media.colours import Colour
from l1.media.drawing import PART, glowing, painted, slope, standing, surface
from l1.media.probing import probe
from l1.media.sound_windows import frames_for, windows
from l1.media.stills import read_still
from tests.effects.rendering import render, render_in_child
from tests.media.hearing import heard, noise, sine, strongest, write_sound
from tests.media.making import decoded, make_video

SECOND = 48_000
VIDEOS = (WAVEFORM_VIDEO, SPECTRUM_VIDEO)
SMALL = {"width": 160, "height": 90, "fps": 10}


def made(effect, folder, path, **config):
    """Render, and answer the file."""
    render(effect, path, folder / "out", parse_params(effect.node, config))
    return folder / "out"


@pytest.fixture(scope="module")
def tone(tmp_path_factory):
    return write_sound(tmp_path_factory.mktemp("t") / "a.flac", sine(1000, SECOND, level=0.5))


@given(st.integers(0, 20 * PART), st.integers(0, 20 * PART))
def test_a_column_covers_exactly_its_length(one, other):
    top, bottom = sorted((one, other))
    cover = standing(np.array([top]), np.array([bottom]), 20)
    assert cover.sum() == bottom - top
    assert cover.max() <= PART


def test_ink_covers_as_much_as_it_is_told():
    ground = surface((3, 1), Colour(0, 100, 200))
    cover = np.array([[0, PART // 2, PART]], np.int32)
    picture = painted(ground, Colour(200, 100, 0), cover)
    assert picture.red.tolist() == [[0, 100, 200]]
    assert picture.green.tolist() == [[100] * 3]
    clear = painted(surface((3, 1), Colour(0, 0, 0, 0)), slope((3, 1), ground_(), ground_()), cover)
    assert clear.alpha.tolist() == [[0, 128, 255]]


def ground_():
    return Colour(9, 9, 9)


def test_a_glow_is_around_a_shape_and_fades():
    cover = np.zeros((21, 21), np.int32)
    cover[10, 10] = PART * 100
    light = glowing(cover, 2)
    assert light[10, 10] == light.max()
    assert light[10, 6] > 0
    assert light[10, 15:].sum() == 0


def test_windows_are_centred_on_their_pictures(tmp_path):
    sound = np.zeros((2, SECOND), np.float32)
    sound[:, ::4800] = 0.5
    path = write_sound(tmp_path / "a.flac", sound)
    found = list(windows(path, rate=Fraction(10), length=1000, frames=12))
    assert all(each.shape == (2, 1000) for each in found)
    assert [int(each[0].argmax()) for each in found[:10]] == [500] * 10
    assert not found[10].any()
    assert frames_for(path, Fraction(30)) == 30
    later = list(windows(path, rate=Fraction(10), length=1000, frames=12, first=3))
    assert np.array_equal(later, found[3:])


@pytest.mark.parametrize("hertz", [60, 440, 6000])
def test_the_bar_of_a_tone_stands_highest(hertz):
    sounds = [sine(hertz, WINDOW, level=0.05)]
    (bars,) = heights(sounds, bands=24, floor=Fraction(-60))
    borders = np.geomspace(40, 16_000, 25)
    assert borders[bars.argmax()] <= hertz * 1.1
    assert borders[bars.argmax() + 1] >= hertz / 1.1


def test_bars_rise_and_fall_as_fast_as_they_are_told():
    motion = Motion.at(Fraction(10), attack=Fraction(1, 5), release=Fraction(1))
    sounds = [sine(1000, WINDOW)] * 5 + [np.zeros((2, WINDOW), np.float32)] * 10
    wanted = list(heights(sounds, bands=8, floor=Fraction(-60)))
    found = list(moving(lambda begin: iter(wanted[begin:]), motion))
    bars = [int(each.now.max()) for each in found]
    marks = [int(each.marks.max()) for each in found]
    assert bars[0] == FULL // 2
    assert bars[1] == bars[4] == FULL
    assert np.diff(bars[4:14]).tolist() == [-(FULL // 10)] * 9
    assert all(mark >= bar for mark, bar in zip(marks, bars, strict=True))
    assert marks[5] == FULL - FULL // 30


@pytest.mark.parametrize("slow", [Fraction(1, 10), Fraction(2), Fraction(30)])
def test_bars_from_any_picture_on_are_those_from_the_first_one_on(slow):
    dice = np.random.default_rng(3)
    wanted = list(dice.integers(0, FULL, (700, 4)) * dice.integers(0, 2, (700, 1)))
    motion = Motion.at(Fraction(30), attack=slow / 10, release=slow)
    asked = []

    def from_(begin):
        asked.append(begin)
        return iter(wanted[begin:])

    whole = list(moving(from_, motion))
    for first in (1, 5, 250, 699):
        for one, other in zip(moving(from_, motion, first=first), whole[first:], strict=True):
            assert np.array_equal(astuple(one), astuple(other))
    assert (571 in asked) or slow > 1


@pytest.mark.parametrize("effect", VIDEOS)
def test_a_video_is_as_long_as_its_sound_and_has_it(tmp_path, tone, effect):
    file = made(effect, tmp_path, tone, **SMALL)
    info = probe(file)
    assert (info.kind, info.video.frames, info.video.width, info.video.height) == (
        "video", 10, 160, 90
    )  # fmt: skip
    assert strongest(heard(file)) == pytest.approx(1000, abs=2)
    assert np.array_equal(heard(file), heard(tone))


def test_odd_sides_become_even_and_a_short_sound_is_one_picture(tmp_path):
    path = write_sound(tmp_path / "a.flac", noise(400))
    for effect in VIDEOS:
        info = probe(made(effect, tmp_path, path, width=161, height=91, fps=10)).video
        assert (info.width, info.height, info.frames) == (162, 92, 1)


def test_silence_is_a_flat_trace_and_empty_bars(tmp_path):
    path = write_sound(tmp_path / "a.flac", np.zeros((2, SECOND // 5), np.float32))
    colours = {"background": "black"}
    (first, *_) = decoded(made(WAVEFORM_VIDEO, tmp_path, path, **SMALL, **colours, line="white"))
    assert first[43:47].mean() > 100
    assert first[:20].mean() < 5
    (first, *_) = decoded(made(SPECTRUM_VIDEO, tmp_path, path, **SMALL, **colours))
    assert first[:70].mean() < 2
    assert first[80:86].max() > 50


def test_a_steady_tone_stands_still(tmp_path, tone):
    file = made(WAVEFORM_VIDEO, tmp_path, tone, **SMALL, window="0.01")
    frames = [frame.astype(int) for frame in decoded(file)][1:-1]
    assert max(np.abs(frame - frames[0]).mean() for frame in frames) < 4


def test_a_waveform_has_its_loud_part_where_it_is_loud(tmp_path):
    sound = np.concatenate([sine(300, SECOND, level=0.1), sine(300, SECOND, level=0.8)], axis=1)
    path = write_sound(tmp_path / "a.flac", sound)
    picture = read_still(made(WAVEFORM_PNG, tmp_path, path, width=100, height=80))
    tall = (picture.alpha > 128).sum(axis=0)
    assert (tall[2:48] <= 12).all()
    assert (tall[52:98] >= 78).all()
    plain = read_still(made(WAVEFORM_PNG, tmp_path, path, width=100, height=80, fill=False))
    assert (np.abs((plain.alpha > 128).sum(axis=0)[52:98].astype(int) - 64) <= 2).all()


@pytest.mark.parametrize("samples", [1, 30, 5000])
def test_a_waveform_of_few_samples_is_drawn(tmp_path, samples):
    path = write_sound(tmp_path / "a.flac", noise(samples))
    picture = read_still(made(WAVEFORM_PNG, tmp_path, path, width=100, height=41, background="red"))
    assert picture.alpha is None
    assert (picture.width, picture.height) == (100, 41)


@pytest.mark.parametrize("effect", [*VIDEOS, WAVEFORM_PNG])
def test_what_has_no_sound_is_refused(tmp_path, effect):
    with pytest.raises(Refused, match="no sound"):
        made(effect, tmp_path, make_video(tmp_path / "a.mp4", frames=5))
    with pytest.raises(Refused, match="is no colour"):
        parse_params(effect.node, {"background": "reddish"})


async def test_drawings_are_the_same_bytes_in_the_sandbox(tmp_path, tone):
    for effect in VIDEOS:
        file, _ = await render_in_child(effect, [tone], tmp_path / effect.node.name, SMALL_TEXT)
        assert file.read_bytes() == made(effect, tmp_path, tone, **SMALL).read_bytes()


SMALL_TEXT = {"width": 160, "height": 90, "fps": "10"}
GOLDEN = {
    "waveform_png": "d974c58f025e857f",
    "waveform_video": "c5e992f9c14f8f86",
    "spectrum_video": "a828bf17eac350ef",
}


@pytest.mark.parametrize("effect", [*VIDEOS, WAVEFORM_PNG])
def test_what_is_drawn_stays_as_it_is(tmp_path, effect):
    path = write_sound(tmp_path / "a.flac", noise(SECOND // 3) + sine(500, SECOND // 3, level=0.2))
    small = {name: SMALL[name] for name in SMALL if name in effect.node.params.__struct_fields__}
    frames = decoded(made(effect, tmp_path, path, **small))
    found = sha256(b"".join(frame.tobytes() for frame in frames)).hexdigest()[:16]
    assert found == GOLDEN[effect.node.name]
