"""Decoding to pictures and encoding them again, through whole files."""

import hashlib
import re
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.errors import Refused
from l1.media.decoding import open_clip
from l1.media.encoding import VideoShape, encode_segment, write_video
from l1.media.engine import engine_fingerprint
from l1.media.mapping import map_video
from l1.media.pictures import Picture, from_frame, to_frame
from l1.media.probing import probe
from tests.media.making import BLUE, GREY, RED, decoded, make_audio, make_video, packets_of


def unchanged(source, output):
    seen = []
    map_video(
        source, output, lambda picture: picture, total=1, progress=lambda *at: seen.append(at)
    )
    return seen


def near(pixel, colour, by=12):
    return np.abs(pixel.astype(int) - colour).max() <= by


def test_a_rendered_video_keeps_frames_rate_colours_and_sound(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=130, audio="aac")
    seen = unchanged(source, tmp_path / "b.mp4")
    info, before = probe(tmp_path / "b.mp4"), probe(source)
    assert info.problem == ""
    assert (info.video.frames, info.duration_us) == (130, before.duration_us)
    assert [done for done, _ in seen] == list(range(1, 131))
    assert packets_of(tmp_path / "b.mp4") == packets_of(source)
    shot = decoded(tmp_path / "b.mp4")[99]
    assert near(shot[10, 10], RED)
    assert near(shot[10, 80], BLUE)
    assert near(shot[40, 40], GREY, 4)


def test_each_frame_stays_in_its_place(tmp_path):
    source = make_video(tmp_path / "a.mkv", frames=60, rate=Fraction(30000, 1001))
    unchanged(source, tmp_path / "b.mp4")
    for before, after in zip(decoded(source), decoded(tmp_path / "b.mp4"), strict=True):
        assert np.abs(before.astype(int) - after).mean() < 6


def test_three_runs_and_another_process_give_the_same_bytes(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=70, audio="aac")
    names = set()
    for turn in range(3):
        unchanged(source, tmp_path / f"{turn}.mp4")
        names.add(hashlib.sha256((tmp_path / f"{turn}.mp4").read_bytes()).hexdigest())
    script = (
        "import sys; from pathlib import Path; from l1.media.mapping import map_video\n"
        "map_video(Path(sys.argv[1]), Path(sys.argv[2]), lambda p: p, total=1,"
        " progress=lambda d, t: None)"
    )
    subprocess.run([sys.executable, "-c", script, source, tmp_path / "c.mp4"], check=True)
    names.add(hashlib.sha256((tmp_path / "c.mp4").read_bytes()).hexdigest())
    assert len(names) == 1


@pytest.mark.parametrize("flags", ["0", "0x13DB"])
def test_a_processor_with_less_simd_gives_the_same_video(tmp_path, flags):
    source = make_video(tmp_path / "a.mp4", frames=30)
    unchanged(source, tmp_path / "b.mp4")
    script = (
        "import ctypes, sys; from pathlib import Path\n"
        "from l1.media import engine; from l1.media.mapping import map_video\n"
        "engine.hold_cpu_class()\n"
        "lib = engine._bundled('libavutil')\n"
        "if lib: ctypes.CDLL(str(lib)).av_force_cpu_flags(int(sys.argv[3], 0))\n"
        "map_video(Path(sys.argv[1]), Path(sys.argv[2]), lambda p: p, total=1,"
        " progress=lambda d, t: None)"
    )
    subprocess.run([sys.executable, "-c", script, source, tmp_path / "c.mp4", flags], check=True)
    assert (tmp_path / "b.mp4").read_bytes() == (tmp_path / "c.mp4").read_bytes()


def test_a_segment_is_the_same_bytes_whoever_encodes_it_and_when(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=120)
    unchanged(source, tmp_path / "b.mp4")
    with open_clip(source) as clip:
        pictures = list(clip.pictures)
    shape = VideoShape(width=96, height=64, rate=Fraction(25))
    last = [bytes(p) for p in encode_segment(pictures[100:], shape=shape, start=100)]
    first = [bytes(p) for p in encode_segment(pictures[:50], shape=shape, start=0)]
    whole = packets_of(tmp_path / "b.mp4", "video")
    assert shape.segment_frames == 50
    assert [units_of(packet) for packet in whole[:50]] == [bare(packet) for packet in first]
    assert [units_of(packet) for packet in whole[100:]] == [bare(packet) for packet in last]


def units_of(packet):
    """The units of a packet as MP4 holds them, each behind its length."""
    units = []
    while packet:
        size = int.from_bytes(packet[:4], "big")
        units.append(packet[4 : 4 + size])
        packet = packet[4 + size :]
    return units


def bare(packet):
    """The units of a packet as the encoder gives them, each behind a start code."""
    return [unit for unit in re.split(rb"\x00?\x00\x00\x01", packet) if unit]


def test_every_segment_begins_with_a_key_frame(tmp_path):
    unchanged(make_video(tmp_path / "a.mp4", frames=120), tmp_path / "b.mp4")
    with av.open(str(tmp_path / "b.mp4")) as container:
        packets = [p for p in container.demux(video=0) if p.size]
    assert [n for n, packet in enumerate(packets) if packet.is_keyframe] == [0, 50, 100]
    assert all(a.dts < b.dts for a, b in pairwise(packets))


def test_a_video_without_sound_works(tmp_path):
    unchanged(make_video(tmp_path / "a.mp4"), tmp_path / "b.mp4")
    assert probe(tmp_path / "b.mp4").audio is None


@pytest.mark.parametrize(
    ("name", "codec", "kept"),
    [
        ("a.mkv", "libopus", "opus"),
        ("a.mkv", "flac", "flac"),
        ("a.avi", "libmp3lame", "mp3"),
        ("a.mov", "pcm_s16le", "aac"),
        ("a.ts", "mp2", "aac"),
        ("a.ts", "aac", "aac"),
    ],
)
def test_sound_is_copied_where_mp4_holds_it_and_else_encoded(tmp_path, name, codec, kept):
    source = make_video(tmp_path / name, audio=codec, frames=50)
    unchanged(source, tmp_path / "b.mp4")
    info = probe(tmp_path / "b.mp4")
    assert (info.video.frames, info.audio.codec, info.problem) == (50, kept, "")
    if codec in {"libopus", "flac", "libmp3lame"}:
        assert packets_of(tmp_path / "b.mp4") == packets_of(source)


def test_sound_without_its_head_is_encoded_as_far_as_it_can_be_heard(tmp_path):
    source = make_video(tmp_path / "a.mkv", audio="flac", frames=50)
    data = bytearray(source.read_bytes())
    place = data.rindex(b"\x63\xa2", 0, data.index(b"fLaC"))
    data[place : place + 2] = b"\x53\x6e"  # What described the codec is the track's name now.
    source.write_bytes(data)
    unchanged(source, tmp_path / "b.mp4")
    info = probe(tmp_path / "b.mp4")
    assert (info.video.frames, info.audio.codec, info.problem) == (50, "aac", "")


def test_sound_that_changes_its_form_in_the_middle_is_encoded_throughout(tmp_path):
    halves = [
        make_video(
            tmp_path / f"{rate}.ts", audio="mp2", audio_rate=rate, frames=50, codec="mpeg2video"
        )
        for rate in (48000, 32000)
    ]
    (tmp_path / "a.ts").write_bytes(b"".join(half.read_bytes() for half in halves))
    unchanged(tmp_path / "a.ts", tmp_path / "b.mp4")
    assert probe(tmp_path / "b.mp4").audio.sample_rate == 48000


def test_a_variable_rate_becomes_constant(tmp_path):
    times = [0, 40, 80, 400, 440, 480, 1000]
    source = make_video(tmp_path / "v.mkv", frames=7, times=times, rate=25)
    with open_clip(source) as clip:
        rate, pictures = clip.rate, list(clip.pictures)
    assert len(pictures) == round(rate) + 1
    held = [np.array_equal(a.red, b.red) for a, b in pairwise(pictures)]
    assert held.count(False) == 6


@pytest.mark.parametrize("size", [(97, 64), (96, 65), (33, 21)])
def test_odd_sizes_are_padded_to_even(tmp_path, size):
    source = make_video(tmp_path / "a.mkv", size=size, codec="ffv1", pix_fmt="bgr0", frames=3)
    unchanged(source, tmp_path / "b.mp4")
    video = probe(tmp_path / "b.mp4").video
    assert (video.width, video.height) == (size[0] + size[0] % 2, size[1] + size[1] % 2)


def test_rotation_is_carried_out(tmp_path):
    source = make_video(tmp_path / "a.mp4", rotate=-90, frames=3)
    unchanged(source, tmp_path / "b.mp4")
    video = probe(tmp_path / "b.mp4").video
    assert (video.width, video.height, video.rotation) == (64, 96, 0)
    shot = decoded(tmp_path / "b.mp4")[0]
    assert near(shot[10, 55], RED)
    assert near(shot[85, 55], BLUE)


def test_ten_bits_become_eight(tmp_path):
    source = make_video(tmp_path / "a.mkv", codec="ffv1", pix_fmt="yuv420p10le", frames=3)
    unchanged(source, tmp_path / "b.mp4")
    assert probe(tmp_path / "b.mp4").video.pixel_format == "yuv420p"
    assert near(decoded(tmp_path / "b.mp4")[0][40, 40], GREY, 4)


def test_transparency_of_a_video_is_laid_over_black(tmp_path):
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "bgra"
        shot = np.full((64, 64, 4), 255, np.uint8)
        shot[:, :32, 3], shot[:, 32:, 3] = 0, 128
        out.mux(stream.encode(av.VideoFrame.from_ndarray(shot, "bgra")))
        out.mux(stream.encode(None))
    unchanged(path, tmp_path / "b.mp4")
    shot = decoded(tmp_path / "b.mp4")[0]
    assert near(shot[32, 10], (0, 0, 0), 4)
    assert near(shot[32, 54], (128, 128, 128), 4)


def test_a_damaged_middle_loses_frames_but_not_the_video(tmp_path):
    source = make_video(tmp_path / "a.mkv", frames=100, options={"g": "10"})
    data = bytearray(source.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 300] = bytes(300)
    source.write_bytes(data)
    unchanged(source, tmp_path / "b.mp4")
    assert probe(tmp_path / "b.mp4").video.frames >= 80


def test_what_holds_no_picture_is_refused(tmp_path):
    with pytest.raises(Refused, match="no video"):
        unchanged(make_audio(tmp_path / "a.wav"), tmp_path / "b.mp4")
    with pytest.raises(Refused, match="no picture"):
        write_video(tmp_path / "b.mp4", [], rate=Fraction(25))


def test_the_engine_names_what_decides_the_bytes():
    named = engine_fingerprint()
    assert named["x264"].isdigit()
    assert {"av", "cpu_class", "libavcodec", "libswscale", "numpy", "recipe"} <= named.keys()
    assert named == engine_fingerprint()


@given(
    width=st.integers(1, 9),
    height=st.integers(1, 9),
    alpha=st.booleans(),
    seed=st.integers(0, 9999),
)
def test_a_picture_survives_the_way_through_a_frame(width, height, alpha, seed):
    dice = np.random.default_rng(seed)
    planes = dice.integers(0, 256, (4, height, width), np.uint8)
    picture = Picture(
        red=planes[0], green=planes[1], blue=planes[2], alpha=planes[3] if alpha else None
    )
    back = from_frame(to_frame(picture))
    assert np.array_equal(back.red, picture.red)
    assert np.array_equal(back.blue, picture.blue)
    assert (back.alpha is not None) == alpha
    assert np.array_equal(picture.turned(90).turned(270).green, picture.green)
    assert picture.even().width % 2 == picture.even().height % 2 == 0
