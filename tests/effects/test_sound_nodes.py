"""GAIN, FADE, NORMALIZE and DUCK."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from l1.dag.params import normalise, parse_params
from l1.effects.duck import DUCK
from l1.effects.fade import FADE
from l1.effects.gain import GAIN
from l1.effects.normalize import NORMALIZE
from l1.errors import Refused
from l1.media.gains import UNIT, along
from l1.media.limiter import limiting
from l1.media.loudness import loudness_of
from l1.media.true_peak import PEAK_FULL
from tests.effects.rendering import render, render_in_child
from tests.media.hearing import heard, in_blocks, loudness, noise, sine, write_sound
from tests.media.making import make_audio, make_video

SECOND = 48_000
STEP = 1 / 2**23
NODES = (GAIN, FADE, NORMALIZE)


def made(effect, folder, *paths, **config):
    """Render, and answer the sound and the notes."""
    _, notes = render(effect, paths, folder / "out", parse_params(effect.node, config))
    return heard(folder / "out"), notes


@pytest.fixture(scope="module")
def hiss(tmp_path_factory):
    return write_sound(tmp_path_factory.mktemp("s") / "a.flac", noise(2 * SECOND, level=0.1))


@pytest.mark.parametrize("effect", [GAIN, FADE])
def test_without_parameters_every_sample_stays(tmp_path, hiss, effect):
    assert np.array_equal(made(effect, tmp_path, hiss)[0], heard(hiss))


@settings(max_examples=10, deadline=None)
@given(db=st.decimals(-60, 6, places=2))
def test_a_gain_multiplies(tmp_path_factory, hiss, db):
    sound, _ = made(GAIN, tmp_path_factory.mktemp("g"), hiss, db=str(db))
    assert np.abs(sound - heard(hiss) * 10 ** (float(db) / 20)).max() < 2 * STEP


def test_a_gain_that_clips_says_so(tmp_path, hiss):
    sound, notes = made(GAIN, tmp_path, hiss, db=30)
    assert np.abs(sound).max() <= 1
    assert "beyond full scale" in notes[0]


@pytest.mark.parametrize("curve", ["linear", "smooth", "power", "square"])
def test_a_fade_rises_from_silence_and_falls_back_to_it(tmp_path, curve):
    path = write_sound(tmp_path / "a.flac", np.full((2, 2 * SECOND), 0.5, np.float32))
    sound, _ = made(FADE, tmp_path, path, fade_in=0.5, fade_out="0.25", curve=curve)
    assert sound[0, 0] == sound[0, -1] == 0
    assert (np.diff(sound[0, : SECOND // 2]) >= 0).all()
    assert (np.diff(sound[0, -SECOND // 4 :]) <= 0).all()
    assert (sound[:, SECOND // 2 : -SECOND // 4] == 0.5).all()
    half = {"linear": 0.5, "smooth": 0.5, "power": 0.5**0.5, "square": 0.25}[curve]
    assert sound[0, SECOND // 4] == pytest.approx(0.5 * half, abs=1e-4)


def test_fades_in_power_that_cross_stay_as_loud(tmp_path, hiss):
    up, _ = made(FADE, tmp_path, hiss, fade_in=2, curve="power")
    down, _ = made(FADE, tmp_path, hiss, fade_out=2, curve="power")
    plain = heard(hiss).astype(np.float64) ** 2
    assert np.abs(up.astype(np.float64) ** 2 + down.astype(np.float64) ** 2 - plain).max() < 1e-4


def test_fades_longer_than_the_sound_both_apply(tmp_path, hiss):
    sound, _ = made(FADE, tmp_path, hiss, fade_in=10, fade_out=10)
    assert sound.shape[1] == 2 * SECOND
    assert loudness(sound)[0] < 0.01 * loudness(heard(hiss))[0]


@pytest.mark.parametrize("level", [0.02, 0.1, 0.3])
def test_normalizing_reaches_the_target_and_keeps_below_the_peak(tmp_path, level):
    bursts = noise(6 * SECOND, level=level) * np.repeat([1, 0.3, 0.5, 1, 0.2, 1], SECOND)
    path = write_sound(tmp_path / "a.flac", bursts.astype(np.float32))
    sound, notes = made(NORMALIZE, tmp_path, path, target=-16)
    found = loudness_of(in_blocks(sound))
    assert found.integrated == pytest.approx(-1600, abs=30)
    assert found.true_peak <= -95
    assert "Measured" in notes[0]


def test_peaks_can_be_kept_as_they_are_instead(tmp_path):
    sound = noise(4 * SECOND, level=0.01)
    sound[:, SECOND] = 0.9
    path = write_sound(tmp_path / "a.flac", sound)
    lower, _ = made(NORMALIZE, tmp_path, path, peaks="lower")
    assert loudness_of([lower]).true_peak == pytest.approx(-100, abs=5)
    ratio = lower[:, SECOND] / heard(path)[:, SECOND]
    assert np.abs(lower - heard(path) * ratio[0]).max() < 4 * STEP
    limited, notes = made(NORMALIZE, tmp_path, path)
    assert loudness_of([limited]).integrated == pytest.approx(-1400, abs=50)
    assert "Peaks were turned down" in notes[1]


def test_normalizing_twice_changes_hardly_anything(tmp_path, hiss):
    made(NORMALIZE, tmp_path, hiss, target=-20)
    once = (tmp_path / "out").rename(tmp_path / "once.flac")
    twice, _ = made(NORMALIZE, tmp_path, once, target=-20)
    assert np.abs(twice - heard(once)).max() < 2e-3


def test_what_is_silent_or_short_is_left_as_it_is(tmp_path):
    for sound in (np.zeros((2, SECOND), np.float32), sine(300, 5000)):
        path = write_sound(tmp_path / "a.flac", sound)
        same, notes = made(NORMALIZE, tmp_path, path)
        assert np.array_equal(same, heard(path))
        assert "left as it is" in notes[0]


@given(st.lists(st.integers(0, 4 * PEAK_FULL), min_size=1, max_size=60))
def test_a_limiter_leaves_nothing_above_the_limit(peaks):
    peaks, limit = np.array(peaks, np.int64), PEAK_FULL // 2
    curve = limiting(peaks, limit)
    after = np.append(curve[1:], curve[-1])
    assert (np.maximum(curve, after) * peaks <= limit * UNIT).all()
    if (peaks <= limit).all():
        assert (curve == UNIT).all()


def test_a_gain_along_a_curve_is_straight_between_points():
    curve = np.array([UNIT, 0, UNIT // 2], np.int64)
    gained = np.concatenate(list(along(in_blocks(np.ones((2, 40)), 7), curve, step=10)), axis=1)
    assert gained[0, [0, 5, 10, 15, 20, 39]].tolist() == [1, 0.5, 0, 0.25, 0.5, 0.5]


def spoken(tmp_path, *, level=0.2):
    """Music of 4 s, and a voice between its seconds 1 and 2."""
    music = write_sound(tmp_path / "music.flac", sine(200, 4 * SECOND, level=0.1))
    voice = np.zeros((2, 3 * SECOND), np.float32)
    voice[:, SECOND : 2 * SECOND] = sine(2000, SECOND, level=level)
    return music, write_sound(tmp_path / "voice.flac", voice)


def test_music_goes_down_under_a_voice_and_comes_back(tmp_path):
    music, voice = spoken(tmp_path)
    sound, notes = made(DUCK, tmp_path, music, voice, amount=12, attack="0.1", release=1, voice=0)
    level = np.abs(sound[0]).reshape(-1, 4800).max(axis=1) / 0.1
    assert sound.shape[1] == 4 * SECOND
    assert level[:9] == pytest.approx(1, abs=0.01)
    assert level[12:20] == pytest.approx(10 ** (-12 / 20), abs=0.01)
    assert level[24] == pytest.approx(10 ** (-6.6 / 20), rel=0.1)
    assert level[31:] == pytest.approx(1, abs=0.01)
    assert "12.0 dB" in notes[0]
    both, _ = made(DUCK, tmp_path, music, voice, amount=12, attack="0.1", release=1)
    spoken_alone = both[:, : 3 * SECOND] - sound[:, : 3 * SECOND]
    assert np.abs(spoken_alone - heard(voice)).max() < 4 * STEP


def test_a_soft_voice_and_a_ratio_of_one_leave_the_music(tmp_path):
    music, voice = spoken(tmp_path, level=0.005)
    for config in ({}, {"ratio": 1, "threshold": -90}):
        sound, _ = made(DUCK, tmp_path, music, voice, voice=0, **config)
        assert np.array_equal(sound, heard(music))


def test_a_voice_longer_than_the_music_is_cut_and_a_loud_mix_turned_down(tmp_path):
    music, voice = spoken(tmp_path, level=1)
    sound, notes = made(DUCK, tmp_path, voice, music, threshold=0, voice=4)
    assert sound.shape[1] == 3 * SECOND
    assert 0.99 < np.abs(sound).max() <= 1
    assert "turned down" in notes[1]


@pytest.mark.parametrize("effect", NODES)
def test_the_sound_of_a_video_is_taken_and_no_sound_is_refused(tmp_path, effect):
    film = make_video(tmp_path / "a.mp4", audio="aac", audio_delay=9664, frames=50)
    sound, _ = made(effect, tmp_path, film)
    assert not sound[:, :8600].any()
    with pytest.raises(Refused, match="no sound"):
        made(effect, tmp_path, make_video(tmp_path / "b.mp4", frames=5))


@pytest.mark.parametrize("effect", NODES)
def test_progress_only_rises(tmp_path, hiss, effect):
    progress, _ = render(effect, hiss, tmp_path / "out")
    assert all(a <= b for a, b in pairwise(done / total for done, total in progress))
    assert progress[-1][0] == progress[-1][1]


async def test_the_sandbox_gives_the_same_bytes(tmp_path):
    paths = [make_audio(tmp_path / "a.wav", seconds=2), make_audio(tmp_path / "b.wav")]
    for effect, sources in ((NORMALIZE, paths[:1]), (DUCK, paths)):
        output, _ = await render_in_child(effect, sources, tmp_path / effect.node.name)
        render(effect, sources, tmp_path / "again")
        assert output.read_bytes() == (tmp_path / "again").read_bytes()


def test_equal_fades_have_equal_parameters():
    assert normalise(parse_params(FADE.node, {"curve": "square", "fade_in": "0.0"})) == {}
