"""KEY: chords and scales of which the key is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from l1.analyses.chroma import RATE
from l1.analyses.key import KEY, key_of
from tests.analyses.sounds import analysed, hiss, write_wav

CHORDS = {
    "major": ((0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7)),
    "minor": ((0, 3, 7), (5, 8, 12), (7, 11, 14), (0, 3, 7)),
}
SCALES = {"major": (0, 2, 4, 5, 7, 9, 11, 12), "minor": (0, 2, 3, 5, 7, 8, 11, 12)}


def played(*notes, seconds=0.4, cents=0, rate=RATE):
    """A chord of plucked strings; 0 is the C below the middle one."""
    at = np.arange(int(seconds * rate)) / rate
    sound = np.zeros(len(at))
    for note in notes:
        hz = 440 * 2 ** ((note - 21 + cents / 100) / 12)
        for part in range(1, 7):
            sound += np.sin(2 * np.pi * hz * part * at + note * part) / part**1.5
    return (0.1 * sound * np.exp(-2 * at)).astype(np.float32)


def cadence(tonic, mode):
    return np.concatenate([played(*(tonic + note for note in chord)) for chord in CHORDS[mode]])


def scale(tonic, mode):
    """Up, down, and to the tonic and its fifth."""
    up = SCALES[mode]
    notes = [*up, *reversed(up), 7, 0]
    return np.concatenate([played(tonic + note, seconds=0.25) for note in notes])


@pytest.mark.parametrize("mode", ["major", "minor"])
@pytest.mark.parametrize("tune", [cadence, scale])
def test_every_key_is_found(tune, mode):
    for tonic in range(12):
        found = key_of([tune(tonic, mode)[None]])
        assert (found.tonic, found.mode) == (tonic, mode)
        assert found.confidence > 500
        assert abs(found.tuning_cents) <= 3


@settings(max_examples=12, deadline=None)
@given(
    chords=st.lists(
        st.tuples(st.sampled_from([0, 2, 4, 5, 7, 9]), st.sampled_from([3, 4])),
        min_size=3,
        max_size=6,
    ),
    up=st.integers(0, 11),
    cents=st.integers(-30, 30),
)
def test_what_is_transposed_is_in_the_transposed_key(chords, up, cents):
    def tune(by, cents=0):
        parts = [
            played(root + by, root + third + by, root + 7 + by, seconds=0.8, cents=cents)
            for root, third in chords
        ]
        return np.concatenate(parts)[None]

    here, there = key_of([tune(0)]), key_of([tune(up, cents)])
    assert np.abs(np.roll(here.notes, up) - there.notes).max() < 150
    assert abs(there.tuning_cents - here.tuning_cents - cents) <= 6
    if here.confidence > 700:
        assert ((here.tonic + up) % 12, here.mode) == (there.tonic, there.mode)


def test_music_beside_concert_pitch_is_in_the_key_that_it_is_nearest_to():
    sound = np.concatenate([played(*chord, cents=35) for chord in CHORDS["major"]])
    found = key_of([sound[None]])
    assert (found.tonic, found.mode) == (0, "major")
    assert found.tuning_cents == pytest.approx(35, abs=4)


def test_the_key_of_a_file_is_the_same_at_any_rate(tmp_path):
    found = []
    for rate in (22_050, 48_000):
        chords = [played(*(9 + note for note in chord), rate=rate) for chord in CHORDS["minor"]]
        path = write_wav(tmp_path / f"{rate}.wav", np.concatenate(chords), rate=rate)
        found.append(analysed(KEY, path))
    for key in found:
        assert (key.tonic, key.mode, key.duration_ms) == (9, "minor", 1600)
    assert np.abs(np.array(found[0].notes) - found[1].notes).max() < 40


def test_silence_has_no_key_and_noise_none_to_be_sure_of():
    silent = key_of([np.zeros((1, 3 * RATE), np.float32)])
    assert (silent.tonic, silent.mode, silent.confidence) == (None, None, 0)
    assert silent.notes == (0,) * 12
    assert key_of([hiss(3, rate=RATE)[None]]).confidence < 300
    assert key_of([np.zeros((1, 0), np.float32)]).duration_ms == 0


def test_blocks_of_any_size_give_one_answer():
    sound = cadence(4, "minor")
    blocks = np.split(sound, [1, 100, 5000, 5001, 9999])
    assert key_of([block[None] for block in blocks]) == key_of([sound[None]])
