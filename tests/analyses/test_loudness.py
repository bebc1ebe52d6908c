"""LOUDNESS, SILENCE and SCENES of files of which is known what they hold."""

from decimal import Decimal

import numpy as np
import pytest

from l1.analyses.loudness import LOUDNESS
from l1.analyses.scenes import SCENES
from l1.analyses.silence import SILENCE
from l1.content.features import Features, Loudness, Scenes, Silence
from l1.errors import Refused
from tests.analyses.sounds import analysed, tone, write_wav
from tests.media.making import make_video

RATE = 48_000


def test_loudness_is_found_in_hundredths(tmp_path):
    level = 10 ** (-20 / 20)
    both = [tone(1000, 4, rate=RATE, gain=level)] * 2
    found = analysed(LOUDNESS, write_wav(tmp_path / "a.wav", *both, rate=RATE))
    assert (found.duration_ms, found.hop_ms, len(found.momentary_clufs)) == (4000, 100, 40)
    assert found.integrated_clufs == pytest.approx(-2000, abs=5)
    assert found.true_peak_cdb == pytest.approx(-2000, abs=5)
    assert found.range_clu <= 2


def test_one_channel_counts_as_two(tmp_path):
    sound = tone(1000, 2, rate=RATE)
    one = analysed(LOUDNESS, write_wav(tmp_path / "a.wav", sound, rate=RATE))
    two = analysed(LOUDNESS, write_wav(tmp_path / "b.wav", sound, sound, rate=RATE))
    assert one == two


def test_silence_has_a_document_without_loudness(tmp_path):
    found = analysed(LOUDNESS, write_wav(tmp_path / "a.wav", np.zeros(RATE, np.float32), rate=RATE))
    assert found == Loudness(
        duration_ms=1000, hop_ms=100, range_clu=0, momentary_clufs=(-7000,) * 10
    )
    assert Features.read(Features(loudness=found).to_json()).loudness == found


def test_silence_is_found_to_the_millisecond(tmp_path):
    parts = [(0, 1), (1, 0.75), (0, 0.25), (1, 0.5), (0, 2)]
    sound = np.concatenate([gain * tone(440, s, rate=RATE) for gain, s in parts])
    path = write_wav(tmp_path / "a.wav", sound, rate=RATE)
    found = analysed(SILENCE, path)
    assert found.duration_ms == 4500
    assert (found.starts_ms, found.ends_ms) == ((0, 2500), (1000, 4500))
    assert analysed(SILENCE, path, least=Decimal("0.2")).starts_ms == (0, 1750, 2500)
    assert analysed(SILENCE, path, threshold=Decimal(-5)).ends_ms == (4500,)


def test_a_sound_that_is_never_silent_has_no_silence(tmp_path):
    path = write_wav(tmp_path / "a.wav", np.full(RATE, 0.5, np.float32), rate=RATE)
    assert analysed(SILENCE, path) == Silence(duration_ms=1000, starts_ms=(), ends_ms=())


def test_spans_of_silence_are_apart_and_in_order():
    with pytest.raises(ValueError, match="rising"):
        Silence(duration_ms=9, starts_ms=(0, 3), ends_ms=(4, 5))
    with pytest.raises(ValueError, match="one length"):
        Silence(duration_ms=9, starts_ms=(0, 3), ends_ms=(4,))


def test_scenes_are_told_by_picture_and_by_time(tmp_path):
    def draw(number):
        return np.full((64, 96, 3), 30 if number < 10 else 200, np.uint8)

    found = analysed(SCENES, make_video(tmp_path / "a.mp4", frames=25, draw=draw))
    assert found == Scenes(duration_ms=1000, frames=25, cuts=(10,), cuts_ms=(400,))
    still = analysed(SCENES, make_video(tmp_path / "b.mp4", frames=1))
    assert still == Scenes(duration_ms=40, frames=1, cuts=(), cuts_ms=())


@pytest.mark.parametrize("analysis", [LOUDNESS, SILENCE])
def test_what_has_no_sound_is_refused(tmp_path, analysis):
    with pytest.raises(Refused, match="no sound"):
        analysed(analysis, make_video(tmp_path / "a.mp4", frames=5))
