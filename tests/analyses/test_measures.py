"""Onsets, energy, bands and waveform of sounds that are known."""

import numpy as np
import pytest

from l1.analyses.bands import BANDS
from l1.analyses.energy import ENERGY
from l1.analyses.onsets import ONSETS
from l1.analyses.waveform import WAVEFORM
from l1.content.features import Energy, Onsets
from l1.errors import Refused
from tests.analyses.sounds import RATE, analysed, clicks, hiss, tone, write_wav
from tests.media.making import make_video


def test_every_click_is_an_onset_wherever_it_falls(tmp_path):
    times = np.cumsum(np.random.default_rng(5).uniform(0.12, 0.9, 20))
    sound, one = 0.001 * hiss(times[-1] + 1), clicks(60, 0.1)[0]
    for at in times:
        sound[round(at * RATE) : round(at * RATE) + len(one)] += one
    found = analysed(ONSETS, write_wav(tmp_path / "a.wav", sound))
    assert len(found.onsets_ms) == len(times)
    assert np.abs(np.array(found.onsets_ms) - 1000 * times).max() <= 12
    assert max(found.strengths) == 1000


def test_silence_has_no_onsets(tmp_path):
    found = analysed(ONSETS, write_wav(tmp_path / "a.wav", 0 * tone(440, 3)))
    assert found == Onsets(duration_ms=3000, onsets_ms=(), strengths=())


def test_energy_is_measured_beside_the_loudest_piece(tmp_path):
    sound = np.concatenate([tone(440, 1, gain=0.5), 0 * tone(440, 1), tone(440, 1, gain=0.05)])
    found = analysed(ENERGY, write_wav(tmp_path / "a.wav", sound), hop_ms=100)
    assert (found.duration_ms, found.hop_ms, len(found.values)) == (3000, 100, 30)
    assert all(value >= 990 for value in found.values[1:9])
    assert all(value <= 5 for value in found.values[11:19])
    assert all(abs(value - 100) <= 2 for value in found.values[21:29])


def test_silence_has_no_energy(tmp_path):
    path = write_wav(tmp_path / "a.wav", 0 * tone(440, 0.12))
    assert analysed(ENERGY, path) == Energy(duration_ms=120, hop_ms=50, values=(0, 0, 0))
    assert analysed(BANDS, path).bass == (0, 0, 0)
    assert analysed(WAVEFORM, path).high == (0, 0, 0)


@pytest.mark.parametrize(("hz", "band"), [(60, "bass"), (700, "mid"), (5000, "treble")])
@pytest.mark.parametrize("hop_ms", [7, 50, 400])
def test_each_band_hears_its_own_part(tmp_path, hz, band, hop_ms):
    sound = np.concatenate([0 * tone(hz, 1), tone(hz, 1)])
    found = analysed(BANDS, write_wav(tmp_path / "a.wav", sound), hop_ms=hop_ms)
    half = 1000 // hop_ms
    for name in ("bass", "mid", "treble"):
        values = getattr(found, name)
        assert len(values) == -(-2000 // hop_ms)
        assert max(values[: half - 10], default=0) <= 5
        if name == band:
            assert min(values[half + 10 : -10], default=1000) >= 900
        else:
            assert max(values[half + 10 : -10], default=0) <= 100


def test_a_waveform_has_the_lowest_and_highest_sample(tmp_path):
    sound = np.zeros(48_000, np.float32)
    sound[10_000], sound[30_000] = 0.5, -0.25
    found = analysed(WAVEFORM, write_wav(tmp_path / "a.wav", sound, rate=48_000), hop_ms=20)
    assert (found.duration_ms, len(found.low)) == (1000, 50)
    assert (found.high[10], found.low[31]) == (500, -250)
    assert sum(map(abs, found.high + found.low)) == 750


@pytest.mark.parametrize("analysis", [ENERGY, BANDS, WAVEFORM])
def test_a_video_without_sound_is_refused(tmp_path, analysis):
    with pytest.raises(Refused, match="no sound"):
        analysed(analysis, make_video(tmp_path / "a.mp4", frames=5))


@pytest.mark.parametrize("analysis", [ENERGY, BANDS, WAVEFORM])
def test_the_sound_of_a_video_is_measured_on_the_clock_of_its_pictures(tmp_path, analysis):
    found = analysed(analysis, make_video(tmp_path / "a.mp4", frames=50, audio="aac"))
    assert abs(found.duration_ms - 2000) <= 60
