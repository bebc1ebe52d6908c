from fractions import Fraction

import pytest

from l1.content.media_info import AudioInfo, MediaInfo, VideoInfo
from l1.media.lengths import frames_of, length_of, rate_of


def video(frames, seconds, rate=Fraction(25)):
    return MediaInfo(
        kind="video",
        media_type="video/mp4",
        duration_us=round(seconds * 1_000_000),
        video=VideoInfo(
            codec="h264",
            width=2,
            height=2,
            pixel_format="yuv420p",
            frames=frames,
            rate_num=rate.numerator,
            rate_den=rate.denominator,
        ),
    )


@pytest.mark.parametrize(
    ("frames", "seconds", "count"),
    [(200, 8, 200), (200, 7.96, 200), (1, 0, 1), (1, 0.04, 1), (3, 8, 200), (400, 8, 200)],
)
def test_frames_are_counted_at_the_constant_rate(frames, seconds, count):
    info = video(frames, seconds)
    assert frames_of(info) == count
    assert length_of(info) == Fraction(count, 25)


def test_a_broadcast_rate_is_exact():
    info = video(90, 3.003, Fraction(30000, 1001))
    assert (rate_of(info), length_of(info)) == (Fraction(30000, 1001), Fraction(3003, 1000))


def test_sound_is_as_long_as_it_lasts_and_a_still_has_one_picture():
    audio = AudioInfo(codec="flac", sample_rate=48000, channels=2)
    sound = MediaInfo(kind="audio", media_type="audio/flac", duration_us=1_234_567, audio=audio)
    assert (frames_of(sound), length_of(sound)) == (0, Fraction(1_234_567, 1_000_000))
    assert frames_of(video(1, 0, Fraction(0))) == 1
