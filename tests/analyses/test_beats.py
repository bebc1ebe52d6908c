"""Beats of real files."""

import subprocess
import sys

import numpy as np
import pytest

from l1.analyses.beats import BEATS
from l1.analyses.onsets import ONSETS
from l1.analyses.tempo import TEMPO
from l1.content.canonical import canonical_struct
from l1.content.features import Beats, Features, Tempo
from l1.errors import Refused
from tests.analyses.sounds import analysed, clicks, drums, tone, write_wav
from tests.media.making import make_video


@pytest.mark.parametrize(("rate", "channels"), [(22_050, 1), (44_100, 2), (48_000, 2)])
def test_beats_are_found_in_a_file_of_any_form(tmp_path, rate, channels):
    sound, times = clicks(128, 10, rate=rate, offset=0.25)
    path = write_wav(tmp_path / "a.wav", *[sound] * channels, rate=rate)
    found = analysed(BEATS, path)
    assert found.duration_ms == 10_000
    assert len(found.beats_ms) == len(times)
    assert np.abs(np.array(found.beats_ms) - times * 1000).max() <= 10
    assert analysed(TEMPO, path) == Tempo(tempo_mbpm=found.tempo_mbpm, confidence=found.confidence)


def test_beats_on_one_side_alone_are_beats(tmp_path):
    sound, times = clicks(100, 10, rate=44_100)
    path = write_wav(tmp_path / "a.wav", 0 * sound, sound, rate=44_100)
    assert len(analysed(BEATS, path).beats_ms) == len(times)


def test_what_is_found_can_be_recorded_and_read_again(tmp_path):
    found = analysed(BEATS, write_wav(tmp_path / "a.wav", drums(120, 8)))
    document = Features(beats=found)
    assert Features.read(canonical_struct(document)) == document
    assert set(found.downbeats_ms) <= set(found.beats_ms)


def test_a_sound_too_short_for_a_beat_has_none(tmp_path):
    found = analysed(BEATS, write_wav(tmp_path / "a.wav", tone(440, 0.2)))
    assert found == Beats(duration_ms=200, tempo_mbpm=0, confidence=0, beats_ms=(), downbeats_ms=())


@pytest.mark.parametrize("analysis", [BEATS, TEMPO, ONSETS])
def test_a_video_without_sound_is_refused(tmp_path, analysis):
    with pytest.raises(Refused, match="no sound"):
        analysed(analysis, make_video(tmp_path / "a.mp4", frames=5))


def test_librosa_that_is_not_installed_is_refused_with_the_line_that_installs_it(tmp_path):
    path = write_wav(tmp_path / "a.wav", clicks(120, 4)[0])
    without = (
        "import sys, pathlib; sys.modules['librosa'] = None\n"
        "import importlib.util as u; found = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'librosa' else found(name, *a)\n"
        "from l1.analyses.beats import BEATS\n"
        f"BEATS.analyse(pathlib.Path({str(path)!r}), BEATS.params(engine='librosa'), print)"
    )
    done = subprocess.run(
        [sys.executable, "-c", without], check=False, capture_output=True, text=True
    )
    assert f"{sys.executable} -m pip install librosa==0.11.0" in done.stderr
    assert "l1.errors.Refused" in done.stderr
