from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from l1.media.tempo import at_tempo
from tests.media.hearing import in_blocks, noise, sine


def played(sound, speed, size=30_000):
    blocks = list(at_tempo(in_blocks(sound, size), Fraction(speed)))
    return np.concatenate(blocks, axis=1) if blocks else np.zeros((2, 0), np.float32)


@given(samples=st.integers(0, 9000), speed=st.fractions(Fraction(1, 10), 10, max_denominator=100))
@settings(max_examples=30)
def test_the_length_is_exact_to_the_sample(samples, speed):
    assert played(noise(samples), speed, 4000).shape == (2, round(samples / speed))


def test_the_own_speed_changes_no_sample():
    sound = noise(50_000)
    assert np.array_equal(played(sound, 1), sound)


@pytest.mark.parametrize("speed", ["1/10", "2/5", "3/4", "5/4", "2", "7", "10"])
def test_the_pitch_stays(speed):
    made = played(sine(440, 480_000), speed)
    middle = made[0, made.shape[1] // 4 : made.shape[1] // 4 + 16_384]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(middle.size)))
    assert abs(spectrum.argmax() * 48_000 / 16_384 - 440) < 6
    assert 0.4 < np.abs(middle).max() < 0.6


def test_a_moment_comes_when_it_is_due():
    sound = noise(480_000, level=0.001)
    sound[:, 240_000:240_480] = 0.9
    for speed in (Fraction(1, 2), Fraction(3, 2), Fraction(4)):
        made = np.abs(played(sound, speed)[0])
        assert abs(int(made.argmax()) - 240_000 / speed) < 48_000 * 0.06


def test_the_same_sound_gives_the_same_samples_in_any_blocks():
    sound = noise(100_000)
    assert np.array_equal(played(sound, "3/2"), played(sound, "3/2", 777))
