from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from l1.errors import Refused
from l1.media.joining import Part, cut, joined
from tests.media.hearing import heard, noise, sine, write_sound

SECOND = 48_000


def whole(blocks):
    blocks = list(blocks)
    return np.concatenate(blocks, axis=1) if blocks else np.zeros((2, 0), np.float32)


@pytest.fixture(scope="module")
def tune(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sound")
    return write_sound(folder / "a.flac", noise(5 * SECOND))


def test_a_cut_is_as_long_as_was_asked(tune):
    sound = heard(tune)
    for start, stop in [(0, 1), (Fraction(1, 3), Fraction(7, 3)), (4, 9), (7, 8), (1, 1), (2, 1)]:
        begin, end = round(start * SECOND), round(stop * SECOND)
        part = whole(cut(tune, start=Fraction(start), stop=Fraction(stop)))
        assert part.shape == (2, max(0, end - begin))
        there = sound[:, begin : max(begin, end)]
        assert np.array_equal(part[:, : there.shape[1]], there)
        assert not part[:, there.shape[1] :].any()
    nothing = whole(cut(None, start=Fraction(0), stop=Fraction(3)))
    assert nothing.shape == (2, 3 * SECOND)
    assert not nothing.any()


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.fractions(0, 5, max_denominator=1001), max_size=6))
def test_what_is_cut_and_joined_is_what_it_was(tune, cuts):
    bounds = [Fraction(0), *sorted(cuts), Fraction(5)]
    parts = [Part(path=tune, start=a, seconds=b - a) for a, b in pairwise(bounds)]
    assert np.array_equal(whole(joined(parts)), heard(tune))


@pytest.mark.storm
def test_ten_minutes_in_pieces_of_two_seconds_stay_in_step(tmp_path):
    tune = write_sound(tmp_path / "a.flac", noise(4 * 44_100), codec="flac", rate=44_100)
    parts = [Part(path=tune, start=Fraction(2 * (n % 2)), seconds=Fraction(2)) for n in range(300)]
    sound, done = heard(tune), 0
    for block in joined(parts):
        expected = np.take(sound, np.arange(done, done + block.shape[1]) % (4 * SECOND), axis=1)
        assert np.array_equal(block, expected)
        done += block.shape[1]
    assert done == 600 * SECOND


def test_lengths_that_are_no_whole_number_of_samples_do_not_drift(tune):
    frame = Fraction(1001, 30_000)
    parts = [Part(path=None, seconds=frame * 7)] * 999 + [Part(path=tune, seconds=Fraction(1))]
    sound = whole(joined(parts))
    start = round(frame * 7 * 999 * SECOND)
    assert sound.shape[1] == start + SECOND
    assert np.array_equal(sound[:, start:], heard(tune)[:, :SECOND])


@settings(max_examples=10, deadline=None)
@given(overlap=st.fractions(0, 1, max_denominator=24), seconds=st.fractions(2, 3))
def test_a_sound_cross_faded_with_itself_stays_as_it_was(tune, overlap, seconds):
    second = Fraction(round((seconds - overlap) * SECOND), SECOND)
    first = second + overlap
    parts = [
        Part(path=tune, seconds=first),
        Part(path=tune, start=second, seconds=Fraction(2)),
    ]
    sound = whole(joined(parts, overlap=overlap))
    assert sound.shape[1] == round((second + 2) * SECOND)
    assert np.abs(sound - heard(tune)[:, : sound.shape[1]]).max() < 1e-6


def test_a_transition_falls_and_rises_in_straight_lines(tmp_path):
    tone = write_sound(tmp_path / "a.flac", np.full((2, SECOND), 0.5, np.float32))
    fading = [
        Part(path=tone, seconds=Fraction(1), fade_out=Fraction(1, 2)),
        Part(path=None, seconds=Fraction(1, 4)),
        Part(path=tone, seconds=Fraction(1), fade_in=Fraction(1, 4)),
    ]
    sound = whole(joined(fading))[0]
    assert np.allclose(sound[:24_000], 0.5)
    assert np.allclose(sound[24_000:48_000], np.linspace(0.5, 0, 24_000), atol=1e-4)
    assert np.allclose(sound[60_000:72_000], np.linspace(0, 0.5, 12_000), atol=1e-4)
    with pytest.raises(Refused, match="too short for a transition"):
        whole(joined([Part(path=tone, seconds=Fraction(1, 4))] * 3, overlap=Fraction(1, 5)))


def test_joining_keeps_the_loudness_of_what_is_joined(tmp_path):
    low = write_sound(tmp_path / "a.m4a", sine(220, SECOND), codec="aac")
    high = write_sound(tmp_path / "b.wav", sine(880, 8000, rate=8000), codec="pcm_s16le", rate=8000)
    sound = whole(joined([Part(path=path, seconds=Fraction(1)) for path in (low, high)]))
    for half in (sound[:, 4800:43_200], sound[:, 52_800:91_200]):
        assert np.allclose(np.sqrt((half.astype(float) ** 2).mean()), 0.5 / 2**0.5, rtol=0.01)
