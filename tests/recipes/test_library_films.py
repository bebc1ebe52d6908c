"""Shipped recipes that show, compose and hand on a video, from their text to their result."""

from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from l1.media.listening import hear
from l1.media.loudness import loudness_of
from l1.media.probing import probe
from l1.media.webp import describe_webp
from tests.media.hearing import heard
from tests.media.making import decoded, make_video
from tests.recipes.library import BLUE, GREY, RED, card, plain, rendered, sound
from tests.recipes.test_shipped import CLIP, planned, shipped

RATE = 48_000
SMALL = {"width: 1280": "width: 96", "height: 720": "height: 54"}
AT = np.arange(2 * RATE) / RATE


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return make_video(tmp_path_factory.mktemp("film") / "film.mp4", frames=50, audio="aac")


def lufs(path):
    """How loud a file is, in LUFS."""
    found = loudness_of(hear(path)).integrated
    assert found is not None
    return found / 100


def picture(path):
    with Image.open(path) as image:
        return np.asarray(image).astype(int)


def test_podcast_audiogram_shows_the_cover_and_a_line_that_moves(tmp_path):
    voice = 0.05 * np.sin(2 * np.pi * 300 * AT) * (AT < 1.4)
    small = SMALL | {"width: 400, height: 400": "width: 30, height: 30", "[80, 80]": "[6, 6]"}
    small |= {"radius: 40": "radius: 4", "[540, 80]": "[40, 6]", "height: 200": "height: 16"}
    small |= {
        "left: 540, top: 80, right: 60, bottom: 240": "left: 40, top: 6, right: 6, bottom: 18"
    }
    small |= {"top: 500, bottom: 20": "top: 36, bottom: 2"}
    title = tmp_path / "title.txt"
    title.write_text("T\n")
    film, made = rendered(
        "podcast-audiogram",
        tmp_path,
        small,
        episode=sound(tmp_path / "voice.flac", voice),
        cover=card(tmp_path / "cover.png", (40, 90, 220), (60, 60)),
        title=title,
    )
    info = probe(film)
    assert (info.video.frames, info.audio.codec) == (50, "aac")
    frames = np.array(decoded(film)).astype(int)
    assert np.allclose(frames[:, 12, 20].mean(axis=0), (40, 90, 220), atol=25)
    moving = np.abs(frames[10] - frames[48]).max(axis=2)
    assert moving[36:52].max() > 60
    assert moving[:34].max() < 30
    assert lufs(made["spoken"]) == pytest.approx(-16, abs=0.5)


def test_film_look_is_rendered_in_one_pass(tmp_path, film):
    plan = planned(shipped()["film-look"], video=CLIP)
    assert [step.fused for step in plan.steps] == [False, True, True, True, True]
    made, _ = rendered("film-look", tmp_path, {"size: 0.035": "size: 0.2"}, video=film)
    info = probe(made)
    assert (info.video.frames, bool(info.audio)) == (50, True)
    frame = decoded(made)[10].astype(int)
    before = decoded(film)[10].astype(int)
    assert frame[2, 2].mean() < 0.8 * before[2, 2].mean()


def test_before_after_shows_one_on_each_side_of_the_line(tmp_path):
    before = plain(tmp_path / "before.mp4", RED, frames=13)
    after = plain(tmp_path / "after.mp4", BLUE, frames=13, audio="aac")
    small = SMALL | {
        "[160, 1120]": "[12, 84]",
        "right: 1274": "right: 94",
        "period: 8": "period: 0.96",
    }
    film, _ = rendered("before-after", tmp_path, small, before=before, after=after)
    assert probe(film).audio
    frames = np.array(decoded(film)).astype(int)
    assert len(frames) == 13
    for number, line in ((0, 84), (6, 48), (12, 12)):
        row = frames[number, 40]
        assert np.allclose(row[line // 2], RED, atol=20)
        assert np.allclose(row[(line + 98) // 2], BLUE, atol=20)


def test_web_ready_is_as_loud_as_others_small_and_plays_everywhere(tmp_path, film):
    made, _ = rendered("web-ready", tmp_path, {"max_width: 1280": "max_width: 48"}, video=film)
    info = probe(made)
    assert (info.video.codec, info.audio.codec) == ("h264", "aac")
    assert (info.video.width, info.video.height, info.video.frames) == (48, 32, 50)
    assert lufs(made) == pytest.approx(-14, abs=1)


def test_green_screen_keeps_the_actor_alone(tmp_path):
    picture = np.full((64, 96, 3), (20, 180, 40), np.uint8)
    picture[16:48, 32:64] = (210, 160, 130)
    actor = make_video(tmp_path / "actor.mp4", frames=5, draw=lambda _number: picture)
    film, _ = rendered(
        "green-screen", tmp_path, actor=actor, background=plain(tmp_path / "b.mp4", BLUE, frames=5)
    )
    frame = decoded(film)[2].astype(int)
    assert np.allclose(frame[8, 8], BLUE, atol=30)
    assert np.allclose(frame[32, 48], (210, 160, 130), atol=40)


def test_poster_is_a_picture_with_a_title(tmp_path, film):
    (tmp_path / "title.txt").write_text("Go")
    for name, files in {"own": {"title": tmp_path / "title.txt"}, "none": {}}.items():
        (tmp_path / name).mkdir()
        made, _ = rendered("poster", tmp_path / name, SMALL, video=film, **files)
        assert probe(made).kind == "image"
    own, none = (picture(tmp_path / name / "picture") for name in ("own", "none"))
    assert own.shape[:2] == (54, 96)
    assert (own[40:] > 230).all(axis=2).sum() < (none[40:] > 230).all(axis=2).sum()


def test_seek_previews_has_a_picture_for_each_second(tmp_path, film):
    made, _ = rendered("seek-previews", tmp_path, {"width: 200": "width: 48"}, video=film)
    with Image.open(made) as sheet:
        assert sheet.size == (2 * 48, 32)


def test_teaser_is_a_small_moving_picture(tmp_path, film):
    small = {"duration: 1,": "duration: 0.4,", "0.2}": "0.1}", "width: 480": "width: 48"}
    made, steps = rendered("teaser", tmp_path, small, video=film)
    info = describe_webp(made)
    assert (info.video.width, info.video.height) == (48, 32)
    assert info.duration_us / 1e6 == pytest.approx(4 * 0.4 - 3 * 0.1, abs=0.1)
    assert len({file.read_bytes() for name, file in steps.items() if "glimpses" in name}) == 4


def test_voice_over_makes_room_for_the_voice(tmp_path):
    voice = 0.3 * np.sin(2 * np.pi * 300 * AT) * (AT < 0.8)
    music = 0.3 * np.sin(2 * np.pi * 1000 * AT)
    film, made = rendered(
        "voice-over",
        tmp_path,
        {"release: 1}": "release: 0.2}"},
        video=plain(tmp_path / "a.mp4", GREY, frames=48),
        music=sound(tmp_path / "music.flac", music),
        voice=sound(tmp_path / "voice.flac", voice),
    )
    assert probe(film).video.frames == 48
    level = heard(made["level"])[0]
    speaking, silent = (
        np.abs(np.fft.rfft(level[start : start + RATE // 4]))
        for start in (RATE // 3, RATE * 3 // 2)
    )
    assert speaking[75] > 5 * silent[75]  # the voice, 300 Hz
    assert speaking[250] < 0.5 * silent[250]  # the music, 1 kHz
    with av.open(str(film)) as container:
        assert container.streams.video[0].average_rate == Fraction(25)
