from decimal import Decimal
from itertools import pairwise, permutations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from l1.dag.node import Node
from l1.dag.params import normalise, parse_params
from l1.dag.recipe import RecipeStep
from l1.effects.audio_mix import AUDIO_MIX, AudioMixParams, expand
from l1.errors import Refused
from l1.media.probing import probe
from tests.effects.rendering import render, render_in_child
from tests.media.hearing import heard, loudness, noise, sine, strongest, write_sound
from tests.media.making import make_audio, make_video

NODE: Node = AUDIO_MIX.node
SECOND = 48_000
STEP = 1 / 2**23


def mix(folder, *paths, **config):
    """Mix, and answer the sound and the notes."""
    _, notes = render(AUDIO_MIX, paths, folder / "mix", parse_params(NODE, config))
    return heard(folder / "mix"), notes


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sounds")
    return [
        write_sound(folder / f"{n}.flac", noise(9000 + 777 * n, seed=n, level=0.1))
        for n in range(4)
    ]


def test_a_mix_of_one_is_what_it_was(tmp_path, sounds):
    for path in sounds:
        sound, notes = mix(tmp_path, path)
        assert np.array_equal(sound, heard(path))
        assert notes == []
        assert (tmp_path / "mix").read_bytes() == path.read_bytes()


@settings(max_examples=10, deadline=None)
@given(gains=st.lists(st.decimals(0, 2, places=3), min_size=3, max_size=3))
def test_a_mix_is_the_sum_of_its_inputs(tmp_path_factory, sounds, gains):
    sound, _ = mix(tmp_path_factory.mktemp("mix"), *sounds[:3], gains=[str(g) for g in gains])
    expected = np.zeros((2, 9000 + 2 * 777))
    for path, gain in zip(sounds, gains, strict=False):
        single = heard(path)
        expected[:, : single.shape[1]] += single * float(gain)
    if np.abs(expected).max() < 0.99:
        assert np.abs(sound - expected).max() < 2 / 2**18


def test_the_order_of_equal_inputs_changes_not_one_bit(tmp_path, sounds):
    made = {mix(tmp_path, *order, gains=["0.7"] * 4)[0].tobytes() for order in permutations(sounds)}
    assert len(made) == 1


def test_what_would_clip_is_turned_down_as_a_whole(tmp_path):
    low = write_sound(tmp_path / "a.flac", sine(220, SECOND, level=0.9))
    high = write_sound(tmp_path / "b.flac", sine(880, SECOND, level=0.9))
    sound, notes = mix(tmp_path, low, high)
    assert 1 - 4 * STEP <= np.abs(sound).max() <= 1 - STEP
    ratio = sound / np.where(np.abs(plain := heard(low) + heard(high)) < 0.1, np.nan, plain)
    assert np.nanmax(ratio) - np.nanmin(ratio) < 1e-5
    assert "turned down by 4." in notes[0]
    clipped, notes = mix(tmp_path, low, high, normalize=False)
    assert (np.abs(clipped) >= 1 - STEP).mean() > 0.1
    assert "was clipped" in notes[0]
    louder, _ = mix(tmp_path, low, high, gains=["0.4", "0.4"])
    assert np.abs(louder).max() < 0.75


@pytest.mark.parametrize(("duration", "length"), [("longest", 3), ("shortest", 1), ("first", 2)])
def test_the_length_is_that_of_the_longest_shortest_or_first(tmp_path, duration, length):
    paths = [
        write_sound(tmp_path / f"{n}.flac", noise(seconds * 40_000, seed=n))
        for n, seconds in enumerate((2, 3, 1))
    ]
    sound, _ = mix(tmp_path, *paths, duration=duration)
    assert sound.shape[1] == length * 40_000
    if duration == "longest":
        assert np.abs(sound[:, 80_000:] - heard(paths[1])[:, 80_000:]).max() < STEP


def test_any_rate_and_number_of_channels_mixes(tmp_path):
    surround = np.zeros((6, 96_000), np.float32)
    surround[2] = sine(3000, 96_000, rate=96_000)[0]
    paths = [
        write_sound(
            tmp_path / "mono.wav",
            sine(300, 8000, rate=8000)[:1],
            codec="pcm_s16le",
            rate=8000,
            layout="mono",
        ),
        write_sound(
            tmp_path / "cd.mp3", sine(900, 44_100, rate=44_100), codec="libmp3lame", rate=44_100
        ),
        write_sound(tmp_path / "film.wav", surround, codec="pcm_s24le", rate=96_000, layout="5.1"),
        make_video(tmp_path / "film.mp4", audio="aac", frames=25),
    ]
    sound, _ = mix(tmp_path, *paths)
    spectrum = np.abs(np.fft.rfft(sound[0, :SECOND])) / (SECOND / 2)
    levels = {hertz: spectrum[hertz - 3 : hertz + 4].max() for hertz in (300, 440, 900, 3000)}
    wanted = {300: 0.5, 440: 0.3, 900: 0.5, 3000: 0.5 * 0.7071 / (1 + 2 * 0.7071)}
    scale = levels[300] / wanted[300]
    for hertz, level in wanted.items():
        assert levels[hertz] == pytest.approx(level * scale, rel=0.1)
    assert np.abs(spectrum[5000:]).max() < 0.01


def test_a_video_counts_with_its_sound_from_its_first_picture_on(tmp_path):
    film = make_video(tmp_path / "a.mp4", audio="aac", audio_delay=9664, frames=50)
    sound, _ = mix(tmp_path, film)
    assert not sound[:, :8600].any()
    assert strongest(sound[:, 9700:]) == pytest.approx(440, abs=2)
    assert probe(tmp_path / "mix").kind == "audio"


def test_a_mix_is_the_same_bytes_each_time_and_in_the_sandbox(tmp_path):
    paths = [
        make_audio(tmp_path / "a.wav", seconds=2),
        make_video(tmp_path / "b.mp4", audio="aac"),
    ]
    mix(tmp_path, *paths, gains=[2, 2])
    first = (tmp_path / "mix").read_bytes()
    mix(tmp_path, *paths, gains=[2, 2])
    assert (tmp_path / "mix").read_bytes() == first


async def test_the_sandbox_lets_a_mix_be_written_twice(tmp_path):
    paths = [make_audio(tmp_path / f"{n}.wav") for n in range(12)]
    output, notes = await render_in_child(AUDIO_MIX, paths, tmp_path / "out")
    assert "turned down" in notes[0]
    mix(tmp_path, *paths)
    assert output.read_bytes() == (tmp_path / "mix").read_bytes()
    assert loudness(heard(output))[0] == pytest.approx(1 / 2**0.5, rel=0.01)


def test_progress_only_rises_and_ends_whole(tmp_path):
    paths = [make_audio(tmp_path / f"{n}.wav") for n in range(4)]
    progress, _ = render(AUDIO_MIX, paths, tmp_path / "mix")
    assert all(a <= b for a, b in pairwise(done / total for done, total in progress))
    assert progress[-1][0] == progress[-1][1]


def test_what_cannot_be_mixed_is_refused(tmp_path):
    sound, silent = make_audio(tmp_path / "a.wav"), make_video(tmp_path / "b.mp4")
    with pytest.raises(Refused, match="Input 2 of AUDIO_MIX has no sound"):
        mix(tmp_path, sound, silent)
    with pytest.raises(Refused, match="3 gains and 1 inputs"):
        mix(tmp_path, sound, gains=["0.5", "0.5", "0.5"])
    config = {"gains": ["0.5", "0.5"]}
    step = RecipeStep(id="mixed", type="AUDIO_MIX", config=config, inputs=("a",))
    with pytest.raises(Refused, match="2 gains and 1 inputs"):
        expand(step, parse_params(NODE, config), {})
    whole = msgspec.structs.replace(step, inputs=("a", "b"))
    assert expand(whole, parse_params(NODE, config), {}) == (whole,)
    with pytest.raises(Refused, match="at most 64"):
        mix(tmp_path, *[sound] * 65)


@pytest.mark.parametrize(
    "gains", [[-1], ["65"], ["loud"], [1] * 65, ["nan"], ["sNaN"], ["-inf"], ["1e-30"]]
)
def test_gains_out_of_range_are_refused(gains):
    with pytest.raises(Refused, match="gains"):
        parse_params(NODE, {"gains": gains})


def test_equal_mixes_have_equal_parameters():
    for config in ({"gains": [1, "1.0"]}, {"gains": []}, {"normalize": True}):
        assert normalise(parse_params(NODE, config)) == {}
    assert parse_params(NODE, {"gains": ["0.5", 1]}) == AudioMixParams(gains=(Decimal("0.5"),))
