import random
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from l1.errors import Refused
from l1.media.listening import hear
from tests.media.hearing import (
    heard,
    lag,
    loudness,
    noise,
    sine,
    strongest,
    write_frames,
    write_sound,
)
from tests.media.making import make_video, scene

SECOND = 48_000
WHOLE = 3 * SECOND + 777


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.flac", "flac"),
        ("a.wav", "pcm_s16le"),
        ("b.wav", "pcm_f32le"),
        ("c.wav", "pcm_u8"),
        ("a.mov", "pcm_s24be"),
        ("a.m4a", "aac"),
        ("b.m4a", "alac"),
        ("a.mkv", "libopus"),
        ("a.ogg", "libopus"),
        ("a.mp4", "libopus"),
        ("a.mp3", "libmp3lame"),
    ],
)
def test_sound_comes_back_in_its_place_and_length_from_any_codec(tmp_path, name, codec):
    sound = noise(WHOLE)
    back = heard(write_sound(tmp_path / name, sound, codec=codec))
    assert back.shape == sound.shape
    assert lag(sound, back) == 0
    assert back.dtype == np.float32


@pytest.mark.parametrize("name", ["a.aac", "a.ts", "a.flv", "a.mkv"])
def test_where_no_delay_is_told_the_sound_is_all_there(tmp_path, name):
    sound = noise(WHOLE)
    back = heard(write_sound(tmp_path / name, sound, codec="aac"))
    assert 0 <= back.shape[1] - WHOLE <= 2048
    assert lag(sound, back) in {0, 1024}


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 96_000])
@pytest.mark.parametrize("wanted", [22_050, 48_000])
def test_any_rate_becomes_the_one_that_is_wanted(tmp_path, rate, wanted):
    sound = sine(1000, rate * 2, rate=rate)
    path = write_sound(tmp_path / "a.wav", sound, codec="pcm_s16le", rate=rate)
    back = heard(path, rate=wanted)
    assert back.shape[1] == 2 * wanted
    assert abs(strongest(back, wanted) - 1000) < 1
    assert np.allclose(loudness(back), 0.5 / 2**0.5, rtol=0.01)
    middle, at = back[0, wanted // 2 : wanted], np.arange(wanted // 2, wanted)
    assert np.abs(middle - 0.5 * np.sin(2 * np.pi * 1000 * at / wanted)).max() < 0.002


PLACES = {
    "FL": (1, 0),
    "FR": (0, 1),
    "FC": (0.7071, 0.7071),
    "LFE": (0, 0),
    "SL": (0.7071, 0),
    "SR": (0, 0.7071),
}


@pytest.mark.parametrize("place", PLACES)
def test_surround_is_mixed_down_by_place_and_never_clips(tmp_path, place):
    sound = np.zeros((6, 96_000), np.float32)
    sound[list(PLACES).index(place)] = sine(440, 96_000, rate=96_000)[0]
    path = write_sound(
        tmp_path / "a.wav", sound, codec="pcm_s24le", rate=96_000, layout="5.1(side)"
    )
    full = 1 + 2 * 0.7071
    expected = np.array(PLACES[place]) * 0.5 / 2**0.5 / full
    assert np.allclose(loudness(heard(path)), expected, atol=0.001)
    mono = loudness(heard(path, channels=1))
    assert np.allclose(mono, expected.sum() / 2, atol=0.001)


def test_one_channel_becomes_two_equal_ones_and_back(tmp_path):
    sound = noise(8000)[:1]
    path = write_sound(tmp_path / "a.wav", sound, codec="pcm_f32le", rate=8000, layout="mono")
    two, one = heard(path, rate=8000), heard(path, rate=8000, channels=1)
    assert np.array_equal(two, np.repeat(sound, 2, axis=0))
    assert np.array_equal(one, sound)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sound")
    return {
        codec: write_sound(folder / name, noise(2 * rate + 111), codec=codec, rate=rate)
        for name, codec, rate in [
            ("a.flac", "flac", 48_000),
            ("a.m4a", "aac", 44_100),
            ("a.mp3", "libmp3lame", 32_000),
            ("a.mkv", "libopus", 48_000),
        ]
    }


@settings(max_examples=12, deadline=None)
@given(
    codec=st.sampled_from(["flac", "aac", "libmp3lame", "libopus"]),
    rate=st.sampled_from([22_050, 44_100, 48_000]),
    cuts=st.lists(st.fractions(0, 2, max_denominator=1001), max_size=4),
)
def test_parts_that_meet_make_the_whole_to_the_last_bit(files, codec, rate, cuts):
    bounds = [Fraction(0), *sorted(cuts), None]
    parts = [
        heard(files[codec], rate=rate, start=start, stop=stop) for start, stop in pairwise(bounds)
    ]
    assert np.array_equal(np.concatenate(parts, axis=1), heard(files[codec], rate=rate))


def test_a_part_has_the_samples_between_its_moments(files):
    whole = heard(files["flac"])
    part = heard(files["flac"], start=Fraction(1, 3), stop=Fraction(1, 2))
    assert np.array_equal(part, whole[:, 16_000:24_000])
    assert heard(files["flac"], start=Fraction(5)).shape[1] == 0
    assert heard(files["flac"], start=Fraction(1), stop=Fraction(1)).shape[1] == 0
    assert heard(files["flac"], stop=Fraction(9)).shape == whole.shape
    early = heard(files["flac"], start=Fraction(-1, 2), stop=Fraction(1, 10))
    assert not early[:, :24_000].any()
    assert np.array_equal(early[:, 24_000:], whole[:, :4800])


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
@pytest.mark.parametrize("late", [0, 9664])
def test_sound_that_starts_after_the_picture_is_heard_that_late(tmp_path, name, late):
    sound = noise(SECOND)
    path = tmp_path / name
    _film(path, sound, late=late)
    back = heard(path)
    delay = lag(sound, back, most=12_000)
    # AAC delays by 1024 samples: MP4 tells so, Matroska does in milliseconds, MPEG-TS does not.
    assert abs(delay - late) <= {"a.mp4": 0, "a.mkv": 48, "a.ts": 1024}[name]
    assert not back[:, : max(0, late - 1100)].any()


def _film(path, sound, *, late=0, codec="aac", frames=50, first=0):
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25, options={"bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        track = out.add_stream(codec, rate=48_000)
        track.codec_context.layout = "stereo"
        out.start_encoding()
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(scene(96, 64, number), "rgb24")
            frame = frame.reformat(format="yuv420p")
            frame.pts, frame.time_base = first + number, Fraction(1, 25)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        write_frames(out, track, sound, start=late)
    return path


def test_sound_before_the_first_picture_is_left_out(tmp_path):
    sound = noise(2 * SECOND)
    path = _film(tmp_path / "a.mkv", sound, codec="flac", first=25)
    assert np.abs(heard(path) - sound[:, SECOND:]).max() < 1e-4


def test_a_gap_is_silence_and_what_follows_stays_in_its_place(tmp_path):
    sound = noise(SECOND)
    with av.open(str(tmp_path / "a.mkv"), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=48_000)
        stream.codec_context.layout = "stereo"
        write_pieces(out, stream, [(sound, 0), (sound, 3 * SECOND)])
    back = heard(tmp_path / "a.mkv")
    assert back.shape[1] == 4 * SECOND
    assert not back[:, SECOND : 3 * SECOND].any()
    for at in (0, 3 * SECOND):
        assert np.abs(back[:, at : at + SECOND] - sound).max() < 1e-4
    late = heard(tmp_path / "a.mkv", rate=44_100, start=Fraction(2))
    assert np.array_equal(late, heard(tmp_path / "a.mkv", rate=44_100)[:, 88_200:])


def write_pieces(out, stream, pieces):
    """Write packets of PCM at the places that are named, each (sound, number of its start)."""
    for sound, start in pieces:
        numbers = (sound.T * 32_767).astype("<i2")
        for at in range(0, len(numbers), 960):
            packet = av.Packet(numbers[at : at + 960].tobytes())
            packet.stream, packet.time_base = stream, Fraction(1, 48_000)
            packet.pts = packet.dts = start + at
            packet.duration = 960
            out.mux(packet)


def test_one_wrong_timestamp_moves_nothing(tmp_path):
    sound = noise(SECOND)
    pieces = [(sound[:, at : at + 960], at) for at in range(0, SECOND, 960)]
    pieces[20] = (pieces[20][0], pieces[20][1] + 500)
    with av.open(str(tmp_path / "a.mkv"), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=48_000)
        stream.codec_context.layout = "stereo"
        write_pieces(out, stream, pieces)
    assert np.abs(heard(tmp_path / "a.mkv") - sound).max() < 1e-4


@pytest.mark.parametrize(("name", "codec"), [("a.m4a", "aac"), ("a.flac", "flac")])
def test_a_damaged_packet_loses_only_itself(tmp_path, name, codec):
    sound = noise(10 * SECOND)
    path = write_sound(tmp_path / name, sound, codec=codec)
    clean = heard(path)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 60] = random.Random(1).randbytes(60)
    path.write_bytes(data)
    back = heard(path)
    assert back.shape == clean.shape
    wrong = np.flatnonzero(np.abs(back - clean).max(axis=0) > 1e-3)
    assert len(wrong) > 0
    assert wrong[-1] - wrong[0] < 5 * 4608


def test_a_form_that_changes_in_the_middle_is_followed(tmp_path):
    halves = [
        make_video(tmp_path / f"{rate}.ts", audio="mp2", audio_rate=rate, codec="mpeg2video")
        for rate in (48_000, 32_000)
    ]
    whole = tmp_path / "a.ts"
    whole.write_bytes(b"".join(half.read_bytes() for half in halves))
    back = heard(whole)
    assert np.allclose(loudness(back[:, 4800:43_200]), 0.3 / 2**0.5, rtol=0.05)
    assert 1 <= back.shape[1] / SECOND < 2.6


def test_wild_numbers_become_sound_again(tmp_path):
    sound = noise(4800)
    sound[0, 100:110] = np.nan
    sound[1, 200:210] = np.inf
    back = heard(write_sound(tmp_path / "a.wav", sound, codec="pcm_f32le"))
    assert np.isfinite(back).all()
    assert not back[0, 100:110].any()
    assert np.array_equal(back[0, 300:], sound[0, 300:])


def test_what_holds_no_sound_is_refused(tmp_path):
    with pytest.raises(Refused, match="no sound"):
        next(hear(make_video(tmp_path / "a.mp4", frames=3)))
