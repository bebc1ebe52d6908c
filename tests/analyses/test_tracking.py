"""Beats of sounds that were made to have them, or not to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from l1.analyses.spectrum import RATE, rises
from l1.analyses.tracking import Beaten, track
from tests.analyses.sounds import clicks, drums, hiss, tone


def tracked(sound):
    return track(rises([sound[None]]))


def errors_ms(found, times):
    """How far from each true beat the nearest found one is."""
    beats = np.array(found.beats_ms)
    return np.array([np.abs(beats - 1000 * at).min() for at in times])


@pytest.mark.parametrize(
    ("bpm", "offset"),
    [(60, 0), (72, 1.37), (85, 0), (97, 0.5), (120, 0), (128, 1.37), (140, 3), (174, 0), (200, 1)],
)
def test_every_click_is_a_beat_and_the_tempo_is_exact(bpm, offset):
    sound, times = clicks(bpm, 12, offset=offset)
    found = tracked(sound)
    assert len(found.beats_ms) == len(times)
    assert errors_ms(found, times).max() <= 8
    assert abs(found.tempo_mbpm / 1000 / bpm - 1) <= 0.001
    assert found.confidence > 800


@pytest.mark.parametrize(
    "sway",
    [
        lambda t: 0.03 * np.sin(2 * np.pi * t / 10),
        lambda t: 0.08 * np.sin(2 * np.pi * t / 20),
        lambda t: 0.15 * np.sin(2 * np.pi * t / 20),
        lambda t: 0.4 * t / 40 - 0.1,
    ],
    ids=["a drummer", "rubato", "wild rubato", "108 to 156"],
)
def test_beats_follow_a_tempo_that_changes(sway):
    sound, times = clicks(120, 40, sway=sway)
    found = tracked(sound)
    assert abs(len(found.beats_ms) - len(times)) <= 2
    assert np.percentile(errors_ms(found, times[2:-2]), 95) <= 20
    assert found.confidence > 400


def test_a_grid_keeps_its_pace_through_a_break():
    sound, times = clicks(120, 30)
    sound[12 * RATE : 18 * RATE] = 0.3 * hiss(6)
    found = tracked(sound)
    assert errors_ms(found, times).max() <= 12


@pytest.mark.parametrize("first", [0, 1, 2, 3])
def test_bars_begin_with_the_heaviest_bass(first):
    found = tracked(drums(110, 20, first=first))
    expected = first * 60_000 / 110
    assert abs(found.downbeats_ms[0] - expected) < 30
    assert found.downbeats_ms == found.beats_ms[found.beats_ms.index(found.downbeats_ms[0]) :: 4]


@pytest.mark.parametrize("seconds", [0.01, 0.5, 2, 12])
@pytest.mark.parametrize("make", [lambda s: tone(440, s), hiss, lambda s: 0 * tone(440, s)])
def test_what_has_no_beat_has_none(make, seconds):
    assert tracked(make(seconds)) == Beaten()


def test_nothing_at_all_has_no_beat():
    assert tracked(np.zeros(0, np.float32)) == Beaten()
    assert track(rises([])) == Beaten()


def test_the_sound_may_come_in_any_pieces():
    sound, _ = clicks(100, 8)
    cuts = np.sort(np.random.default_rng(4).integers(0, len(sound), 40))
    pieces = [part[None] for part in np.split(sound, cuts)]
    assert track(rises(pieces)) == tracked(sound)


@settings(max_examples=6, deadline=None)
@given(st.integers(1, 900), st.sampled_from([90, 117, 150]))
def test_a_later_sound_has_later_beats(shift_ms, bpm):
    sound, _ = clicks(bpm, 8)
    shifted = np.concatenate([np.zeros(shift_ms * RATE // 1000, np.float32), sound])
    before, after = tracked(sound).beats_ms, tracked(shifted).beats_ms
    assert len(before) == len(after)
    assert np.abs(np.array(after) - np.array(before) - shift_ms).max() <= 10


@settings(max_examples=6, deadline=None)
@given(st.floats(0.02, 1.2), st.sampled_from([90, 150]))
def test_a_quieter_sound_has_the_same_beats(gain, bpm):
    sound, _ = clicks(bpm, 8)
    loud, quiet = tracked(sound), tracked(sound * np.float32(gain))
    assert np.abs(np.array(loud.beats_ms) - np.array(quiet.beats_ms)).max() <= 1
    assert abs(loud.tempo_mbpm - quiet.tempo_mbpm) <= 5


def test_a_long_sound_is_tracked_to_its_end():
    minute, _ = clicks(125, 60)
    found = track(rises(minute[None] for _ in range(5)))
    assert abs(found.tempo_mbpm - 125_000) < 20
    assert abs(len(found.beats_ms) - 625) <= 2
    assert found.beats_ms[-1] > 5 * 60_000 - 600
