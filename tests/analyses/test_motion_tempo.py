"""MOTION_TEMPO: videos that pulse as fast as is known."""

from fractions import Fraction

import numpy as np
import pytest

from l1.analyses.motion_tempo import MOTION_TEMPO
from tests.analyses.sounds import analysed
from tests.media.making import make_video

SIZE = (96, 64)
Y, X = np.mgrid[: SIZE[1], : SIZE[0]]
GROUNDS = np.random.default_rng(5).integers(0, 90, (4, SIZE[1], SIZE[0]))


def film(path, radius, *, rate=25, seconds=12, cuts=()):
    """A disc on a ground that does not move; another ground from each cut on."""

    def draw(number):
        inside = np.hypot(X - SIZE[0] / 2, Y - SIZE[1] / 2) < radius(number / rate)
        ground = GROUNDS[sum(number >= cut for cut in cuts)]
        return (
            np.where(inside, 220, ground + 60 * (sum(number >= cut for cut in cuts) % 2))
            .astype(np.uint8)[..., None]
            .repeat(3, 2)
        )

    return make_video(path, frames=int(seconds * rate), size=SIZE, rate=rate, draw=draw)


def beating(bpm):
    """It jumps open on each beat and closes again."""
    return lambda second: 10 + 14 * np.exp(-6 * (float(second) * bpm / 60 % 1))


@pytest.mark.parametrize(
    ("bpm", "rate", "seconds"),
    [(30, 25, 12), (75, 12, 9), (97, Fraction(30000, 1001), 8), (120, 25, 8), (200, 60, 5)],
)
def test_a_pulse_is_found(tmp_path, bpm, rate, seconds):
    path = film(tmp_path / "v.mp4", beating(bpm), rate=rate, seconds=seconds)
    found = analysed(MOTION_TEMPO, path)
    assert found.tempo_mbpm / 1000 == pytest.approx(bpm, rel=0.005)
    assert found.confidence > 700
    assert found.duration_ms == pytest.approx(1000 * seconds, abs=100)


def test_what_jumps_and_then_stands_still_pulses(tmp_path):
    path = film(tmp_path / "v.mp4", lambda second: 10 + 5 * (int(second * 1.5) % 2), seconds=9)
    found = analysed(MOTION_TEMPO, path)
    assert found.tempo_mbpm / 1000 == pytest.approx(90, rel=0.005)


def test_cuts_are_no_motion(tmp_path):
    cuts = (31, 95, 170)
    found = analysed(MOTION_TEMPO, film(tmp_path / "v.mp4", beating(100), seconds=9, cuts=cuts))
    assert found.tempo_mbpm / 1000 == pytest.approx(100, rel=0.005)
    still = analysed(MOTION_TEMPO, film(tmp_path / "s.mp4", lambda _: 20, seconds=9, cuts=cuts))
    assert (still.tempo_mbpm, still.confidence) == (0, 0)


@pytest.mark.parametrize("seconds", [0.04, 0.2, 5])
def test_what_moves_by_chance_or_hardly_lasts_has_no_pulse(tmp_path, seconds):
    chance = np.random.default_rng(4)
    path = film(tmp_path / "v.mp4", lambda _: 10 + 14 * chance.random(), seconds=seconds)
    found = analysed(MOTION_TEMPO, path)
    assert (found.tempo_mbpm, found.confidence) == (0, 0)
    assert found.duration_ms == 1000 * seconds
