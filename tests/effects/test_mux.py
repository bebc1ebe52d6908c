from fractions import Fraction

import av
import numpy as np
import pytest

from l1.dag.params import parse_params
from l1.dag.recipe import RecipeStep
from l1.effects.mux import MUX, expand
from l1.errors import Refused
from l1.media.probing import probe
from tests.effects.rendering import render, render_in_child
from tests.media.hearing import heard, lag, noise, write_sound
from tests.media.making import decoded, make_audio, make_video, packets_of

SECOND = 48_000


def mux(folder, *paths, **config):
    """Mux, and answer the path of the result and the notes."""
    _, notes = render(MUX, paths, folder / "muxed", parse_params(MUX.node, config))
    info = probe(folder / "muxed")
    assert (info.problem, info.kind, info.media_type) == ("", "video", "video/mp4")
    return folder / "muxed", notes


def frames(path):
    return probe(path).video.frames


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Two seconds with a sound of its own."""
    return make_video(tmp_path_factory.mktemp("film") / "a.mp4", frames=50, audio="aac")


@pytest.mark.parametrize(
    ("name", "codec", "kept"),
    [
        ("a.m4a", "aac", "aac"),
        ("a.mp3", "libmp3lame", "mp3"),
        ("a.ogg", "libopus", "opus"),
        ("a.flac", None, "flac"),
        ("a.aac", "aac", "aac"),
        ("a.wav", "pcm_s16le", "aac"),
        ("a.mkv", "ac3", "ac3"),
    ],
)
def test_pictures_and_sound_are_copied_where_mp4_holds_them(tmp_path, film, name, codec, kept):
    sound = write_sound(tmp_path / name, noise(2 * SECOND), codec=codec)
    path, notes = mux(tmp_path, film, sound)
    assert packets_of(path, "video") == packets_of(film, "video")
    assert (probe(path).audio.codec, notes) == (kept, [])
    if codec != "pcm_s16le":
        header = 7 if name == "a.aac" else 0
        assert packets_of(path) == [packet[header:] for packet in packets_of(sound)]
    # Matroska tells times in milliseconds.
    assert abs(lag(heard(sound), heard(path))) <= (48 if name == "a.mkv" else 0)
    assert frames(path) == 50


@pytest.mark.parametrize("rate", [8_000, 11_025, 12_000, 16_000])
def test_mp3_of_low_rates_is_copied_only_where_mp4_holds_it(tmp_path, film, rate):
    sound = tmp_path / "low.mp3"
    with av.open(str(sound), "w") as out:
        stream = out.add_stream("libmp3lame", rate=rate)
        stream.codec_context.layout = "mono"
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, 2 * rate), np.float32), format="fltp", layout="mono"
        )
        frame.sample_rate = rate
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    made, _ = mux(tmp_path, film, sound)
    assert probe(made).audio.codec == ("mp3" if rate >= 16_000 else "aac")


def test_sound_is_encoded_where_that_is_wanted(tmp_path, film):
    sound = write_sound(tmp_path / "a.flac", noise(2 * SECOND))
    assert probe(mux(tmp_path, film, sound)[0]).audio.codec == "flac"
    assert probe(mux(tmp_path, film, sound, sound="aac")[0]).audio.codec == "aac"


def test_a_longer_sound_is_cut_where_the_last_picture_ends(tmp_path, film):
    sound = write_sound(tmp_path / "a.m4a", noise(5 * SECOND), codec="aac")
    path, _ = mux(tmp_path, film, sound)
    assert packets_of(path, "video") == packets_of(film, "video")
    back = heard(path)
    assert back.shape[1] == 2 * SECOND
    assert lag(heard(sound), back) == 0
    whole, _ = mux(tmp_path, film, sound, shortest=False)
    assert packets_of(whole) == packets_of(sound)
    assert heard(whole).shape[1] == 5 * SECOND


def test_sound_that_outlasts_the_picture_by_a_hair_is_copied(tmp_path, film):
    sound = write_sound(tmp_path / "a.m4a", noise(2 * SECOND + 1500), codec="aac")
    path, _ = mux(tmp_path, film, sound)
    assert packets_of(path) == packets_of(sound)


def test_a_longer_video_ends_with_the_picture_that_is_shown_then(tmp_path, film):
    sound = write_sound(tmp_path / "a.flac", noise(SECOND + 100))
    path, notes = mux(tmp_path, film, sound)
    assert frames(path) == 26
    assert "encoded anew" in notes[0]
    assert heard(path).shape[1] == SECOND + 100
    for before, after in zip(decoded(film), decoded(path), strict=False):
        assert np.abs(before.astype(int) - after).mean() < 6
    whole, notes = mux(tmp_path, film, sound, shortest=False)
    assert packets_of(whole, "video") == packets_of(film, "video")
    assert heard(whole).shape[1] == SECOND + 100
    assert notes == []


@pytest.mark.parametrize("offset", ["0.5", "-0.5", "0.123", "-1.7"])
@pytest.mark.parametrize("shortest", [True, False])
def test_an_offset_moves_the_sound_to_the_sample(tmp_path, film, offset, shortest):
    sound = write_sound(tmp_path / "a.flac", noise(3 * SECOND))
    path, _ = mux(tmp_path, film, sound, offset=offset, shortest=shortest)
    moved, back, before = round(float(offset) * SECOND), heard(path), heard(sound)
    assert back.shape[1] == (
        min(2 * SECOND, 3 * SECOND + moved) if shortest else 3 * SECOND + moved
    )
    if moved > 0:
        assert np.abs(back[:, : moved - 2048]).max(initial=0) == 0
        assert lag(before, back[:, moved:]) == 0
    else:
        assert lag(before[:, -moved:], back) == 0
    assert frames(path) == (50 if not shortest or 3 * SECOND + moved >= 2 * SECOND else 33)


def written(inputs, **config):
    step = RecipeStep(id="muxed", type="MUX", config=config, inputs=inputs)
    (one,) = expand(step, parse_params(MUX.node, config), {})
    return one


def test_the_inputs_may_be_named_by_number_and_mean_the_same():
    plain = written(("film", "song"), offset="1")
    assert plain.inputs == ("film", "song")
    assert written(("song", "film"), video_stream=1, audio_stream=0, offset="1") == plain
    assert written(("film", "song"), video_stream=0, audio_stream=1, offset="1") == plain
    assert written(("film",), audio_stream=0).inputs == ("film", "film")
    with pytest.raises(Refused, match="no input 1"):
        written(("film",))
    with pytest.raises(Refused, match="input 2 of MUX is neither seen nor heard"):
        written(("film", "song", "other"))


def test_a_video_may_lend_itself_its_own_sound(tmp_path, film):
    own, _ = mux(tmp_path, film, film)
    assert packets_of(own) == packets_of(film)


def test_the_sound_of_a_video_begins_with_its_first_picture(tmp_path, film):
    late = make_video(tmp_path / "late.mp4", frames=50, audio="aac", audio_delay=9664)
    path, _ = mux(tmp_path, film, late, shortest=False)
    assert packets_of(path) == packets_of(late)
    # MP4 tells a late start in milliseconds.
    assert np.abs(heard(path)[:, : 9664 - 1072]).max() == 0
    assert np.abs(heard(path)[:, 9664:12_000]).max() > 0.2


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("a.mkv", {}),
        ("a.mp4", {"rotate": 90}),
        ("a.mp4", {"codec": "mpeg4"}),
        ("a.mp4", {"pix_fmt": "yuv444p"}),
        ("a.gif", {"codec": "gif", "pix_fmt": "rgb8"}),
        ("a.mkv", {"times": [n * 40 + n % 3 for n in range(25)]}),
        ("a.mkv", {"codec": "ffv1", "size": (97, 65), "pix_fmt": "bgr0"}),
    ],
)
def test_other_pictures_are_encoded_anew(tmp_path, name, how):
    film = make_video(tmp_path / name, frames=25, **how)
    sound = write_sound(tmp_path / "a.flac", noise(SECOND))
    if name == "a.gif":
        with pytest.raises(Refused, match="is image"):
            mux(tmp_path, film, sound)
        return
    path, notes = mux(tmp_path, film, sound)
    video = probe(path).video
    assert (video.codec, video.pixel_format, video.rotation) == ("h264", "yuv420p", 0)
    assert 24 <= video.frames <= 26
    assert "encoded anew" in notes[0]
    assert packets_of(path) == packets_of(sound)


def test_a_video_of_one_frame_is_enough(tmp_path):
    film = make_video(tmp_path / "a.mp4", frames=1)
    sound = write_sound(tmp_path / "a.flac", noise(SECOND))
    path, _ = mux(tmp_path, film, sound)
    assert frames(path) == 1
    assert heard(path).shape[1] == SECOND // 25
    held, _ = mux(tmp_path, film, sound, shortest=False)
    assert heard(held).shape[1] == SECOND


def test_pictures_that_do_not_start_at_zero_are_moved_there_with_the_sound(tmp_path):
    first = make_video(tmp_path / "a.mp4", frames=25)
    late = tmp_path / "late.mp4"
    with av.open(str(first)) as source, av.open(str(late), "w") as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                packet.pts += int(3 / packet.time_base)
                packet.dts += int(3 / packet.time_base)
                out.mux(packet)
    sound = write_sound(tmp_path / "a.flac", noise(SECOND))
    path, _ = mux(tmp_path, late, sound)
    with av.open(str(path)) as container:
        pictures = list(container.decode(video=0))
    assert pictures[0].pts == 0
    assert len(pictures) == 25
    assert lag(heard(sound), heard(path)) == 0
    assert packets_of(path, "video") == packets_of(first, "video")


async def test_muxing_gives_the_same_bytes_each_time_and_in_the_sandbox(tmp_path, film):
    for number, length in enumerate((SECOND, 2 * SECOND, 3 * SECOND)):
        sound = write_sound(tmp_path / "a.flac", noise(length))
        here = mux(tmp_path, film, sound)[0].read_bytes()
        output, _ = await render_in_child(MUX, [film, sound], tmp_path / f"out{number}")
        assert output.read_bytes() == here


@pytest.mark.parametrize("config", [{}, {"offset": "-0.5"}])
def test_sound_that_goes_on_alone_tells_how_far_it_is(tmp_path, config):
    one = make_video(tmp_path / "a.mp4", frames=1)
    sound = write_sound(tmp_path / "b.wav", noise(10 * SECOND), codec="pcm_s16le")
    params = parse_params(MUX.node, {"shortest": False, **config})
    progress, _ = render(MUX, [one, sound], tmp_path / "muxed", params)
    done, (total,) = [each for each, _ in progress], {total for _, total in progress}
    assert total > 200
    assert done == sorted(done)
    assert total - done[-1] <= 1
    assert len({*done}) > 3


def test_what_cannot_be_muxed_is_refused(tmp_path, film):
    silent = make_video(tmp_path / "silent.mp4", frames=5)
    sound = make_audio(tmp_path / "a.wav")
    with pytest.raises(Refused, match="second input of MUX has no sound"):
        mux(tmp_path, film, silent)
    with pytest.raises(Refused, match="this input is audio"):
        mux(tmp_path, sound, sound)
    for offset in ("-1.1", "-30", "2", "500"):
        with pytest.raises(Refused, match="choose another offset"):
            mux(tmp_path, film, sound, offset=offset)
    with pytest.raises(Refused, match="video_stream"):
        parse_params(MUX.node, {"video_stream": 64})


def test_an_offset_past_the_end_is_heard_when_both_are_kept_whole(tmp_path, film):
    sound = make_audio(tmp_path / "a.wav", rate=48_000)
    path, _ = mux(tmp_path, film, sound, offset=3, shortest=False)
    length = round(4 * SECOND)
    assert abs(heard(path).shape[1] - length) < 1024
    assert Fraction(probe(path).duration_us, 10**6) == 2
