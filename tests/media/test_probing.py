import random
import subprocess
import sys
import zlib
from fractions import Fraction

import av
import pytest
from PIL import Image

from l1.content.canonical import canonical_struct
from l1.errors import Refused
from l1.media.listening import hear
from l1.media.probing import probe
from l1.media.stills import read_still
from tests.media.corpus import mutants, originals
from tests.media.making import make_audio, make_video, scene, tone


@pytest.fixture
def clip(tmp_path):
    return make_video(tmp_path / "clip.mp4", audio="aac")


def chunk(name, data):
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


def png_of(width, height, rows=None):
    """A black PNG of any size, a few kilobytes on disk.

    Zeros are packed once and written many times, or a bomb would take seconds.
    """
    length = (1 + width * 3) * (height if rows is None else rows)
    packer = zlib.compressobj(9, wbits=-15)
    many = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    last = packer.compress(bytes(length % 2**20)) + packer.flush()
    checksum = (length % 65521 << 16 | 1).to_bytes(4, "big")  # Adler-32 of zeros
    pixels = b"\x78\xda" + many * (length // 2**20) + last + checksum
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    body = chunk(b"IHDR", header) + chunk(b"IDAT", pixels)
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def test_a_video_is_described_by_its_packets(clip):
    info = probe(clip)
    assert (info.kind, info.media_type, info.problem) == ("video", "video/mp4", "")
    assert (info.video.codec, info.video.width, info.video.height) == ("h264", 96, 64)
    assert (info.video.frames, info.video.rate_num, info.video.rate_den) == (30, 25, 1)
    assert info.duration_us == 1_200_000
    assert (info.audio.codec, info.audio.sample_rate, info.audio.channels) == ("aac", 48000, 2)
    canonical_struct(info)


def test_a_rate_of_television_stays_a_fraction(tmp_path):
    info = probe(make_video(tmp_path / "tv.mkv", rate=Fraction(30000, 1001)))
    assert (info.video.rate_num, info.video.rate_den) == (30000, 1001)
    assert info.media_type == "video/x-matroska"


@pytest.mark.parametrize(
    ("name", "codec", "media_type"),
    [
        ("a.wav", "pcm_s16le", "audio/wav"),
        ("a.flac", "flac", "audio/flac"),
        ("a.mp3", "libmp3lame", "audio/mpeg"),
        ("a.ogg", "libopus", "audio/ogg"),
        ("a.m4a", "aac", "audio/mp4"),
        ("a.aac", "aac", "audio/aac"),
        ("a.aiff", "pcm_s16be", "audio/aiff"),
    ],
)
def test_audio_is_described(tmp_path, name, codec, media_type):
    rate = 48000 if codec == "libopus" else 44100
    path = make_audio(
        tmp_path / name, codec=codec, rate=rate, container="adts" if name == "a.aac" else None
    )
    info = probe(path)
    assert (info.kind, info.media_type, info.problem, info.video) == (
        "audio",
        media_type,
        "",
        None,
    )
    assert abs(info.duration_us - 1_000_000) < 80_000


def test_music_with_cover_art_in_front_is_audio(tmp_path):
    path = tmp_path / "song.mp4"
    with av.open(str(path), "w") as out:
        cover = out.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        sound = out.add_stream("aac", rate=44100)
        out.start_encoding()
        picture = av.VideoFrame.from_ndarray(scene(64, 64, 0), "rgb24")
        out.mux(cover.encode(picture.reformat(format="yuvj420p")))
        out.mux(cover.encode(None))
        for packet in tone(sound, 1):
            out.mux(packet)
    info = probe(path)
    assert (info.kind, info.video, info.problem) == ("audio", None, "")


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.bmp", "a.gif", "a.tiff", "a.avif"])
def test_images_are_described(tmp_path, name):
    path = tmp_path / name
    Image.new("RGB", (50, 31), (9, 99, 200)).save(path)
    info = probe(path)
    assert (info.kind, info.problem, info.duration_us) == ("image", "", 0)
    assert (info.video.width, info.video.height, info.video.frames) == (50, 31, 1)
    assert info.media_type == f"image/{path.suffix[1:].replace('jpg', 'jpeg')}"


@pytest.mark.parametrize("name", ["a.gif", "a.png"])
def test_an_animated_image_is_an_image_with_frames(tmp_path, name):
    path = tmp_path / name
    shots = [Image.new("RGB", (40, 30), (60 * n, 0, 0)) for n in range(4)]
    shots[0].save(path, save_all=True, append_images=shots[1:], duration=100)
    info = probe(path)
    assert (info.kind, info.video.frames, info.problem) == ("image", 4, "")


def test_an_animated_webp_can_be_shown_and_not_worked_on(tmp_path):
    path = tmp_path / "a.webp"
    shots = [Image.new("RGB", (40, 30), (60 * n, 0, 0)) for n in range(4)]
    shots[0].save(path, save_all=True, append_images=shots[1:], duration=100)
    info = probe(path)
    assert (info.kind, info.media_type, info.problem) == ("image", "image/webp", "")
    assert (info.video.width, info.video.height, info.video.frames) == (40, 30, 4)
    assert info.duration_us == 400_000
    with pytest.raises(Refused, match="convert it"):
        read_still(path)
    whole = path.read_bytes()
    for length in (21, 30, 60, len(whole) - 20):
        path.write_bytes(whole[:length])
        assert "damaged or cut short" in probe(path).problem
    path.write_bytes(whole[:24] + b"\xff\xff\xff\xff\xff\xff" + whole[30:])
    assert "more than the" in probe(path).problem


def test_a_name_is_not_believed(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(png_of(20, 10))
    info = probe(path)
    assert (info.kind, info.media_type, info.problem) == ("image", "image/png", "")


def test_rotation_is_told_clockwise(tmp_path):
    info = probe(make_video(tmp_path / "r.mp4", rotate=-90))
    assert (info.video.rotation, info.video.width) == (90, 96)


def test_an_empty_file_is_a_problem(tmp_path):
    (tmp_path / "none").touch()
    info = probe(tmp_path / "none")
    assert (info.kind, "empty" in info.problem) == ("data", True)


def test_text_is_text_and_noise_is_data(tmp_path):
    (tmp_path / "t").write_text("name: Ünïcode\nsteps: []\n")
    assert probe(tmp_path / "t").kind == "text"
    (tmp_path / "n").write_bytes(random.Random(1).randbytes(5000))
    info = probe(tmp_path / "n")
    assert (info.kind, info.problem) == ("data", "")


@pytest.mark.parametrize("name", ["list.m3u8", "film.mp4"])
@pytest.mark.parametrize("start", ["#EXTM3U\n#EXTINF:1,\n", "\ufeff\nffconcat version 1.0\nfile "])
def test_a_playlist_is_never_opened(tmp_path, clip, name, start):
    path = tmp_path / "in" / name
    path.parent.mkdir()
    path.write_text(f"{start}{clip}\n")
    info = probe(path)
    assert info.kind == "data"
    assert "upload the media itself" in info.problem


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("options", [{}, {"movflags": "faststart"}])
def test_a_truncated_video_is_a_problem(tmp_path, share, options):
    whole = make_video(tmp_path / "whole.mp4", audio="aac", frames=60)
    data = whole.read_bytes()
    if options:
        data = faststart(whole, tmp_path / "fast.mp4")
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: int(len(data) * share)])
    info = probe(cut)
    assert info.kind == "data"
    assert "upload" in info.problem


def faststart(path, to):
    with (
        av.open(str(path)) as source,
        av.open(str(to), "w", options={"movflags": "faststart"}) as out,
    ):
        copies = {s.index: out.add_stream_from_template(s, opaque=True) for s in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = copies[packet.stream_index]
                out.mux(packet)
    return to.read_bytes()


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.bmp", "a.tiff"])
def test_a_truncated_image_is_a_problem(tmp_path, name):
    path = tmp_path / name
    noise = Image.frombytes("RGB", (80, 60), random.Random(2).randbytes(80 * 60 * 3))
    noise.save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    info = probe(path)
    assert info.kind == "data"
    assert "upload" in info.problem


def test_a_truncated_wav_is_a_problem(tmp_path):
    path = make_audio(tmp_path / "a.wav")
    path.write_bytes(path.read_bytes()[:50_000])
    assert "cut short" in probe(path).problem


def test_a_codec_outside_the_list_is_named(tmp_path):
    info = probe(make_video(tmp_path / "s.mkv", codec="snow", options={"strict": "-2"}))
    assert info.kind == "data"
    assert "snow is not supported" in info.problem


def test_too_many_frames_a_second_are_refused(tmp_path):
    info = probe(make_video(tmp_path / "fast.mp4", rate=500))
    assert "240" in info.problem


def test_a_png_bomb_costs_next_to_no_memory(tmp_path):
    path = tmp_path / "bomb.png"
    path.write_bytes(png_of(16000, 16000))
    assert path.stat().st_size < 2_000_000
    script = (
        "import resource, sys; from pathlib import Path; from l1.media.probing import probe\n"
        "probe(Path(sys.argv[1])); peak = lambda: resource.getrusage(0).ru_maxrss\n"
        "before = peak(); info = probe(Path(sys.argv[2]))\n"
        "print(peak() - before, info.kind, info.problem)"
    )
    small = tmp_path / "small.png"
    small.write_bytes(png_of(16, 16))
    run = [sys.executable, "-c", script, str(small), str(path)]
    grown, kind, problem = subprocess.check_output(run, text=True).split(" ", 2)
    scale = 1024 if sys.platform == "linux" else 1
    assert int(grown) * scale < 64 * 2**20
    assert kind == "data"
    assert "16000x16000" in problem
    assert "scale it down" in problem


def test_a_broadcast_that_grows_a_picture_on_its_way_is_probed_and_heard(tmp_path):
    film = make_video(tmp_path / "film.ts", frames=5, codec="mpeg2video", audio="mp2")
    sound = make_audio(tmp_path / "sound.ts", codec="mp2", seconds=12, rate=48000)
    parts = [sound.read_bytes(), film.read_bytes(), sound.read_bytes(), sound.read_bytes()]
    (tmp_path / "a.ts").write_bytes(b"".join(parts))
    info = probe(tmp_path / "a.ts")
    assert (info.kind, info.problem) == ("audio", "")
    assert sum(block.shape[1] for block in hear(tmp_path / "a.ts")) >= 12 * 48000


def test_a_lying_png_header_is_a_problem(tmp_path):
    path = tmp_path / "liar.png"
    path.write_bytes(png_of(4000, 4000, rows=1))
    assert probe(path).problem


def test_every_original_of_the_corpus_is_whole(tmp_path):
    for path in originals(tmp_path):
        assert not probe(path).problem, path.name


def test_a_damaged_file_never_crashes_a_probe(tmp_path):
    probed = 0
    for mutant in mutants(list(originals(tmp_path)), each=1):
        path = tmp_path / "mutant"
        path.write_bytes(mutant.data)
        try:
            canonical_struct(probe(path))
        except Refused:
            pytest.fail(f"a probe answers with a problem, it does not raise: {mutant.name}")
        probed += 1
    assert probed > 100
