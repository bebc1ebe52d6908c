"""Loudness, beside what the standards name and what FFmpeg's own meter says."""

from fractions import Fraction

import av
import numpy as np
import pytest

from l1.media.loudness import QUIETEST, loudness_of
from l1.media.weighting import ROW, KWeighting
from tests.analyses.songs import INSTALL, songs
from tests.media.hearing import heard, in_blocks, noise, sine

SECOND = 48_000


def metered(sound):
    """What FFmpeg's ebur128 says at the end: integrated, range, true peak."""
    graph = av.filter.Graph()
    base = Fraction(1, SECOND)
    source = graph.add_abuffer(sample_rate=SECOND, format="fltp", layout="stereo", time_base=base)
    meter = graph.add("ebur128", "metadata=1:peak=true")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), "fltp", "stereo")
    frame.sample_rate, frame.pts, frame.time_base = SECOND, 0, base
    source.push(frame)
    source.push(None)
    said = {}
    while True:
        try:
            said = dict(sink.pull().metadata) or said
        except (av.BlockingIOError, av.EOFError):
            break
    peaks = [float(said[f"lavfi.r128.true_peaks_ch{n}"]) for n in (0, 1)]
    return float(said["lavfi.r128.I"]), float(said["lavfi.r128.LRA"]), max(peaks)


def song(seed, seconds=12):
    """Noise whose level walks, with a deep and a high tone, and peaks between samples."""
    rng = np.random.default_rng(seed)
    length = seconds * SECOND
    levels = np.repeat(rng.uniform(0.01, 0.3, seconds * 2), SECOND // 2)
    return (
        noise(length, seed=seed, level=0.5) * levels
        + sine(60, length, level=0.1)
        + sine(11_000, length, level=0.2 * rng.random())
    ).astype(np.float32)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_agrees_with_the_meter_of_ffmpeg(seed):
    sound = song(seed)
    found = loudness_of(in_blocks(sound))
    integrated, range_, peak = metered(sound)
    assert found.integrated / 100 == pytest.approx(integrated, abs=0.02)
    assert found.range / 100 == pytest.approx(range_, abs=0.1)
    assert 10 ** (found.true_peak / 2000) == pytest.approx(peak, rel=0.02)


def test_a_sine_of_one_kilohertz_at_minus_23_is_minus_23():
    """EBU Tech 3341, case 1: stereo, -23 dBFS on both sides reads -23 LUFS."""
    found = loudness_of(in_blocks(sine(1000, 20 * SECOND, level=10 ** (-23 / 20))))
    assert found.integrated == pytest.approx(-2300, abs=5)
    assert found.range == 0
    assert set(found.momentary[10:]) <= set(range(-2302, -2297))


def test_what_is_far_below_the_rest_does_not_count():
    """EBU Tech 3341, case 3: -36, -23 and -36 read -23."""
    levels = [(-36, 4), (-23, 20), (-36, 4)]
    parts = [sine(1000, s * SECOND, level=10 ** (db / 20)) for db, s in levels]
    found = loudness_of(in_blocks(np.concatenate(parts, axis=1)))
    assert found.integrated == pytest.approx(-2300, abs=10)


def test_a_range_is_the_difference_of_two_levels():
    """EBU Tech 3342, case 1: 20 s at -20 and 20 s at -30 have a range of 10 LU."""
    parts = [sine(1000, 20 * SECOND, level=10 ** (db / 20)) for db in (-20, -30)]
    assert loudness_of(in_blocks(np.concatenate(parts, axis=1))).range == pytest.approx(1000, 50)


def test_a_peak_between_samples_is_found():
    at = np.arange(SECOND)
    wave = 0.5 * np.sin(np.pi / 2 * at + np.pi / 4)
    found = loudness_of([np.stack([wave, wave]).astype(np.float32)])
    assert np.abs(wave).max() < 0.36
    assert found.true_peak == pytest.approx(-602, abs=20)


def test_silence_and_what_is_too_short_have_no_loudness():
    silent = loudness_of([np.zeros((2, 2 * SECOND), np.float32)])
    assert (silent.integrated, silent.range, silent.true_peak) == (None, 0, None)
    assert set(silent.momentary) == {QUIETEST}
    short = loudness_of([sine(1000, 0.3 * SECOND)])
    assert (short.integrated, len(short.momentary), len(short.peaks)) == (None, 3, 300)
    assert loudness_of([]).samples == 0


@pytest.mark.parametrize("size", [997, 48_000, 300_000])
def test_blocks_of_any_size_measure_alike(size):
    sound = song(5, seconds=7)
    whole, cut = loudness_of([sound]), loudness_of(in_blocks(sound, size))
    assert (whole.integrated, whole.range) == (cut.integrated, cut.range)
    assert whole.momentary == cut.momentary
    assert np.array_equal(whole.peaks, cut.peaks)


def test_rows_side_by_side_are_the_recursion_sample_by_sample():
    wave = np.random.default_rng(1).standard_normal((2, 4 * ROW))
    weighted = KWeighting(2)
    found = np.concatenate([weighted(wave[:, :ROW]), weighted(wave[:, ROW:])], axis=1)
    expected = wave
    for over, under in (
        (
            (1.53512485958697, -2.69169618940638, 1.19839281085285),
            (-1.69065929318241, 0.73248077421585),
        ),
        ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621)),
    ):
        out = np.zeros_like(expected)
        for n in range(expected.shape[1]):
            out[:, n] = sum(over[k] * expected[:, n - k] for k in range(3) if n >= k)
            out[:, n] -= sum(under[k - 1] * out[:, n - k] for k in (1, 2) if n >= k)
        expected = out
    assert np.abs(found - expected).max() < 1e-9


@pytest.mark.real
@pytest.mark.skipif(not songs(), reason=f"the songs are not installed: {INSTALL}")
def test_it_agrees_with_the_meter_of_ffmpeg_about_real_songs():
    for song in songs():
        sound = heard(song.sound)
        found, (integrated, range_, peak) = loudness_of(in_blocks(sound)), metered(sound)
        print(f"{song.name}: {found.integrated / 100} LUFS, FFmpeg {integrated}")
        assert found.integrated / 100 == pytest.approx(integrated, abs=0.1)
        assert found.range / 100 == pytest.approx(range_, abs=0.2)
        assert 10 ** (found.true_peak / 2000) == pytest.approx(peak, rel=0.02)
