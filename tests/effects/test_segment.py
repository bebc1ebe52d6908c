from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.content.media_info import MediaInfo, VideoInfo
from l1.effects.segment import SEGMENT, SegmentParams, span
from l1.errors import Refused
from l1.media.lengths import frames_of, length_of
from l1.media.probing import probe
from tests.effects.rendering import render
from tests.media.hearing import heard, noise, write_sound
from tests.media.making import decoded, make_audio, make_video


def params(**given):
    return SegmentParams(**{name: Decimal(str(value)) for name, value in given.items()})


def shots_agree(found, expected):
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert np.abs(one.astype(int) - other).mean() < 4


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(30000, 1001)])
def test_a_part_has_just_its_frames_and_its_sound(tmp_path, rate):
    source = make_video(tmp_path / "a.mp4", frames=80, rate=rate, audio="aac")
    progress, _ = render(SEGMENT, source, tmp_path / "b.mp4", params(start="0.9", end=2))
    frames = [n for n in range(80) if Fraction("0.9") <= n / rate < 2]
    shots_agree(decoded(tmp_path / "b.mp4"), [decoded(source)[n] for n in frames])
    info = probe(tmp_path / "b.mp4")
    assert (info.problem, progress[-1]) == ("", (len(frames), len(frames)))
    start, stop = frames[0] / rate, (frames[-1] + 1) / rate
    part, whole = heard(tmp_path / "b.mp4"), heard(source, start=start, stop=stop)
    assert part.shape == whole.shape
    assert np.abs(part - whole)[:, 2000:-2000].max() < 0.03


@given(
    frames=st.integers(1, 300),
    rate=st.sampled_from([Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60)]),
    data=st.data(),
)
def test_parts_that_meet_have_each_frame_once(frames, rate, data):
    video = VideoInfo(
        codec="h264",
        width=2,
        height=2,
        pixel_format="yuv420p",
        frames=frames,
        rate_num=rate.numerator,
        rate_den=rate.denominator,
    )
    micros = round(frames / rate * 1_000_000)
    info = MediaInfo(kind="video", media_type="video/mp4", duration_us=micros, video=video)
    inside = st.decimals(Decimal("0.001"), str(float(frames / rate)), places=3)
    cuts = sorted({Decimal(0), *data.draw(st.lists(inside, max_size=5))})
    found = []
    for start, end in zip(cuts, [*cuts[1:], None], strict=True):
        try:
            part = span(info, SegmentParams(start=start, end=end))
        except Refused:
            continue
        found += range(part.first, part.stop)
    assert found == list(range(frames))


def test_offset_and_duration_say_the_same_as_start_and_end():
    same = SEGMENT.parse({"start": "5", "end": "7"})
    assert SEGMENT.parse({"offset": "5.0", "duration": 2, "precise": False}) == same
    assert SEGMENT.parse({"start": 5, "duration": 2}) == same
    assert SEGMENT.parse({"start": 5, "offset": 5, "end": 7, "duration": 2}) == same
    assert SEGMENT.parse({}) == SegmentParams()


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"start": 1, "offset": 2}, "`start` and `offset`"),
        ({"end": 3, "duration": 1}, "`end` and `duration`"),
        ({"start": 3, "end": 3}, "would end at 3 s, not after its start at 3 s"),
        ({"start": 3, "end": 2}, "not after its start"),
        ({"duration": 0}, "not after its start"),
        ({"start": -1}, ">= 0"),
    ],
)
def test_contradictions_are_refused(config, said):
    with pytest.raises(ValueError, match=said):
        SEGMENT.parse(config)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"start": 2}, "begin at 2 s, and the video is 2.000 s long"),
        ({"start": 1, "end": "2.05"}, "end at 2.05 s, and the video is 2.000 s long"),
        ({"start": "1.01", "end": "1.03"}, "No frame begins between 1.01 s and 1.03 s"),
        ({"start": "1.97"}, "No frame begins between 1.97 s and 2.000 s"),
    ],
)
def test_a_part_beyond_the_end_is_refused_with_the_length(tmp_path, wanted, said):
    source = make_video(tmp_path / "a.mp4", frames=50)
    with pytest.raises(Refused, match=said):
        render(SEGMENT, source, tmp_path / "b.mp4", params(**wanted))
    assert not (tmp_path / "b.mp4").exists()


def test_a_part_beyond_the_end_can_be_what_there_is(tmp_path):
    video = make_video(tmp_path / "a.mp4", frames=50)
    render(SEGMENT, video, tmp_path / "b.mp4", SegmentParams(start=1, end=9, shorten=True))
    shots_agree(decoded(tmp_path / "b.mp4"), decoded(video)[25:])
    sound = write_sound(tmp_path / "a.flac", noise(100_000))
    wanted = SegmentParams(start=1, end=9, shorten=True)
    progress, _ = render(SEGMENT, sound, tmp_path / "b.flac", wanted)
    assert heard(tmp_path / "b.flac").shape == (2, 52_000)
    assert progress[-1][0] == progress[-1][1]
    with pytest.raises(Refused, match="begin at 9 s"):
        render(SEGMENT, video, tmp_path / "c.mp4", SegmentParams(start=9, end=12, shorten=True))


def test_shortening_what_has_no_end_is_the_same():
    assert SEGMENT.parse({"start": 2, "shorten": True}) == SEGMENT.parse({"start": 2})


def test_sound_alone_is_cut_to_the_sample(tmp_path):
    sound = noise(100_000)
    source = write_sound(tmp_path / "a.flac", sound)
    render(SEGMENT, source, tmp_path / "b.flac", params(offset="0.5", duration="1.00001"))
    assert np.abs(heard(tmp_path / "b.flac") - sound[:, 24_000:72_000]).max() < 1e-6
    render(SEGMENT, source, tmp_path / "c.flac", params(start="1.5"))
    assert heard(tmp_path / "c.flac").shape == (2, 28_000)
    with pytest.raises(Refused, match=r"the audio is 2\.083 s long"):
        render(SEGMENT, source, tmp_path / "d.flac", params(end=3))


@pytest.mark.parametrize(
    "how",
    [
        {"frames": 1},
        {"size": (97, 63), "pix_fmt": "yuv444p"},
        {"rotate": 90},
        {"pix_fmt": "argb", "codec": "qtrle", "name": "a.mov"},
        {"pix_fmt": "yuv420p10le", "codec": "libx265", "options": {"x265-params": "log-level=0"}},
        {"audio": "pcm_s16le", "audio_rate": 44100, "name": "a.mkv"},
    ],
)
def test_the_whole_is_a_part(tmp_path, how):
    source = tmp_path / how.pop("name", "a.mp4")
    make_video(source, **{"frames": 12} | how)
    render(SEGMENT, source, tmp_path / "b.mp4")
    before, after = probe(source), probe(tmp_path / "b.mp4")
    assert (after.problem, after.video.frames) == ("", before.video.frames)
    assert (after.audio is None) == (before.audio is None)


def test_frames_of_different_length_are_cut_by_their_time(tmp_path):
    times = [0, 40, 80, 400, 440, 480, 520]
    source = make_video(tmp_path / "a.mkv", frames=7, times=times, rate=25)
    info = probe(source)
    render(SEGMENT, source, tmp_path / "b.mp4", params(start="0.2", end="0.4"))
    shots = decoded(tmp_path / "b.mp4")
    assert frames_of(info) == 14
    assert length_of(probe(tmp_path / "b.mp4")) == Fraction(1, 5)
    shots_agree(shots, [decoded(source)[2]] * 5)


def test_a_late_part_of_a_long_video_is_the_same_as_when_all_is_decoded(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=400, options={"g": "30", "bf": "3"})
    render(SEGMENT, source, tmp_path / "b.mp4", params(start="13.2", end="14"))
    shots_agree(decoded(tmp_path / "b.mp4"), decoded(source)[330:350])


def test_a_silent_end_is_kept_silent(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=50, audio="aac", audio_delay=-24_000)
    render(SEGMENT, source, tmp_path / "b.mp4", params(start=1))
    info = probe(tmp_path / "b.mp4")
    assert (info.problem, info.video.frames, info.audio is None) == ("", 25, False)
    assert heard(tmp_path / "b.mp4").shape == (2, 48_000)


def test_the_same_part_is_the_same_bytes(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=60, audio="aac")
    for name in ("b", "c"):
        render(SEGMENT, source, tmp_path / name, params(start="0.5", end=2))
    assert (tmp_path / "b").read_bytes() == (tmp_path / "c").read_bytes()


def test_what_has_no_length_is_refused(tmp_path):
    still = make_video(
        tmp_path / "a.png", frames=1, codec="png", pix_fmt="rgb24", container="image2"
    )
    with pytest.raises(Refused, match="SEQUENCE shows it"):
        render(SEGMENT, still, tmp_path / "b", params(end=1))
    (tmp_path / "a.txt").write_text("words")
    with pytest.raises(Refused, match="this input is text"):
        render(SEGMENT, tmp_path / "a.txt", tmp_path / "b", params(end=1))


def test_sound_of_a_second_is_not_cut_at_two(tmp_path):
    with pytest.raises(Refused, match=r"begin at 2 s, and the audio is 1\.0"):
        render(SEGMENT, make_audio(tmp_path / "a.wav"), tmp_path / "b", params(start=2))
