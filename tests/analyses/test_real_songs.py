"""Real songs: tempi as they were recorded, and beats at least as good as librosa's."""

import os
import tempfile

import numpy as np
import pytest

from l1.analyses.beats import BEATS
from tests.analyses.songs import INSTALL, f_measure, songs, tempo_error
from tests.analyses.sounds import analysed

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not songs(), reason=f"the songs are not installed: {INSTALL}"),
]


@pytest.fixture(scope="module", autouse=True)
def compiled():
    """Keep what librosa compiles until the end."""
    with tempfile.TemporaryDirectory(prefix="numba-") as folder, pytest.MonkeyPatch.context() as m:
        m.setitem(os.environ, "NUMBA_CACHE_DIR", folder)
        yield


@pytest.fixture(scope="module")
def ours():
    return {song: analysed(BEATS, song.sound) for song in songs()}


def test_the_tempo_of_every_song_is_exact(ours):
    wrong = {
        song.name: tempo_error(found.tempo_mbpm / 1000, song.bpm) for song, found in ours.items()
    }
    assert max(wrong.values()) <= 0.001, wrong


def test_beats_are_at_least_as_good_as_those_of_librosa(ours):
    theirs = {song: analysed(BEATS, song.sound, engine="librosa") for song in ours}
    good, peer = _mean_f(ours), _mean_f(theirs)
    print(f"mean F: ours {good:.3f}, librosa {peer:.3f}")
    assert good >= peer
    assert good >= 0.9


def _mean_f(found):
    return np.mean(
        [
            f_measure(np.array(beats.beats_ms) / 1000, song.bpm, beats.duration_ms / 1000)
            for song, beats in found.items()
        ]
    )
