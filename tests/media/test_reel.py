import random
from fractions import Fraction

import numpy as np
import pytest

from l1.errors import Refused
from l1.media.decoding import open_clip
from l1.media.reel import KEPT_BYTES, open_reel
from l1.media.scenes import scenes_of
from l1.media.timeline import timeline_of
from tests.media.making import make_audio, make_video

SHORT = {"g": "12", "bf": "2"}
JITTER = [40 * n + (n * 7) % 11 for n in range(20)] + [40 * n for n in range(28, 60)]
FILES = {
    "many-keys.mp4": {"options": SHORT, "frames": 90},
    "one-key.mp4": {"options": {"g": "500"}, "frames": 90},
    "cues.mkv": {"options": SHORT, "frames": 90},
    "no-index.ts": {"options": SHORT, "frames": 60, "container": "mpegts"},
    "no-times.avi": {"codec": "mpeg4", "options": SHORT, "frames": 60, "container": "avi"},
    "uneven.mkv": {"options": SHORT, "times": JITTER, "frames": len(JITTER)},
    "turned.mp4": {"options": SHORT, "rotate": -90, "size": (97, 64), "pix_fmt": "yuv444p"},
    "one-frame.mp4": {"frames": 1},
}


def pictures(path):
    with open_clip(path) as clip:
        return [np.stack([shot.red, shot.green, shot.blue]) for shot in clip.pictures]


def shown(reel, number):
    shot = reel.at(number)
    return np.stack([shot.red, shot.green, shot.blue])


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kept", [KEPT_BYTES, 50_000, 1])
def test_pictures_in_any_order_are_those_of_walking_through(tmp_path, name, kept):
    path = make_video(tmp_path / name, **FILES[name])
    walked = pictures(path)
    with open_reel(path, kept_bytes=kept) as reel:
        assert reel.frames == len(walked)
        draw = random.Random(5)
        jumps = [draw.randrange(reel.frames) for _ in range(40)]
        for number in [*range(reel.frames), *jumps, *reversed(range(reel.frames))]:
            assert np.array_equal(shown(reel, number), walked[number]), number
        assert np.array_equal(shown(reel, reel.frames + 9), walked[-1])


def test_only_the_way_from_a_key_frame_is_decoded(tmp_path):
    path = make_video(tmp_path / "v.mp4", frames=240, options=SHORT)
    with open_reel(path, kept_bytes=1) as reel:
        for number in (200, 10, 230, 5):
            before = reel.decoded
            reel.at(number)
            assert reel.decoded - before <= 14


def test_a_short_piece_that_repeats_is_decoded_once(tmp_path):
    path = make_video(tmp_path / "v.mp4", frames=60, options={"g": "500"})
    with open_reel(path) as reel:
        for number in list(range(40, 50)) * 20:
            reel.at(number)
        assert reel.decoded <= 60


def test_a_timeline_counts_what_decoding_shows(tmp_path):
    path = make_video(tmp_path / "v.mkv", times=JITTER, frames=len(JITTER))
    timeline = timeline_of(path)
    assert len(timeline.shown) == len(pictures(path))
    assert timeline.exact
    tv = timeline_of(make_video(tmp_path / "tv.mp4", rate=Fraction(30000, 1001)))
    assert (tv.rate, len(tv.shown)) == (Fraction(30000, 1001), 30)


def test_sound_alone_is_refused(tmp_path):
    with pytest.raises(Refused, match="no video"):
        timeline_of(make_audio(tmp_path / "a.wav"))


def test_scenes_begin_where_the_picture_changes_at_once(tmp_path):
    def shade(number):
        level = 40 if number < 17 else 200 if number < 41 else 90
        return np.full((64, 96, 3), level + number % 7, np.uint8)

    path = make_video(tmp_path / "v.mp4", frames=60, draw=shade)
    told = []
    assert scenes_of(path, told.append) == (17, 41)
    assert told[-1] == 60


def test_motion_is_no_scene(tmp_path):
    path = make_video(tmp_path / "v.mp4", frames=60)
    assert scenes_of(path, lambda _done: None) == ()
