"""Shipped recipes that put clips and pictures in time with music, from their text to their film."""

from itertools import pairwise

import numpy as np
import pytest

from l1.media.probing import probe
from tests.analyses.sounds import drums, write_wav
from tests.media.making import decoded, make_video, scene
from tests.recipes.library import BLUE, GREEN, GREY, RED, card, plain, rendered

SMALL = {"width: 1280": "width: 96", "height: 720": "height: 54"}


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    return write_wav(tmp_path_factory.mktemp("song") / "song.wav", drums(120, 6))


def changes(path):
    """At which seconds another colour is seen, at 25 pictures a second."""
    tones = np.array([frame.mean(axis=(0, 1)) for frame in decoded(path)])
    return (np.flatnonzero(np.abs(np.diff(tones, axis=0)).max(axis=1) > 12) + 1) / 25


def test_clips_to_the_beat_change_on_every_second_beat(tmp_path, song):
    colours = {"first": RED, "second": GREEN, "fourth": BLUE}
    clips = {n: plain(tmp_path / f"{n}.mp4", colour) for n, colour in colours.items()}
    film, _ = rendered("clips-to-the-beat", tmp_path, SMALL, song=song, **clips)
    info = probe(film)
    assert (info.video.frames, info.video.width, info.video.height) == (150, 96, 54)
    assert info.audio
    seconds = changes(film)
    assert len(seconds) >= 4
    assert np.allclose(seconds, np.round(seconds), atol=0.05)  # 120 a minute: two are a second


def test_slideshow_shows_each_picture_for_four_beats(tmp_path, song):
    cards = {"one": RED, "two": GREEN, "three": BLUE}
    pictures = {n: card(tmp_path / f"{n}.png", colour) for n, colour in cards.items()}
    small = SMALL | {"duration: 5": "duration: 2.5"}
    film, _ = rendered("slideshow", tmp_path, small, song=song, **pictures)
    assert probe(film).video.frames == 150
    assert np.allclose(changes(film), [2, 4], atol=0.05)


def test_loop_maker_ends_where_it_begins(tmp_path):
    stripe = np.full((64, 96, 3), 90, np.uint8)
    stripe[:, :24] = 180
    video = make_video(tmp_path / "a.mp4", frames=60, draw=lambda n: np.roll(stripe, n, axis=1))
    small = {"duration: 4": "duration: 2", "end: 1": "end: 0.4", "start: 1": "start: 0.4"}
    small |= {"duration: 1": "duration: 0.4", "times: 4": "times: 2"}
    film, _ = rendered("loop-maker", tmp_path, small, video=video)
    frames = [frame.astype(int) for frame in decoded(film)]
    assert len(frames) == 2 * 40
    away = [np.abs(after - before).mean() for before, after in pairwise(frames)]
    jump = np.abs(frames[29] - frames[0]).mean()
    assert away[39] <= 1.1 * max(away[29:39]) < jump / 2


def test_glitch_on_drops_breaks_on_bars_and_heals(tmp_path, song):
    video = make_video(tmp_path / "a.mp4", frames=50, draw=lambda _n: scene(96, 64, 3))
    film, _ = rendered(
        "glitch-on-drops", tmp_path, {"duration: 30": "duration: 6"}, video=video, song=song
    )
    frames = np.array(decoded(film)).astype(int)
    assert len(frames) == 150
    assert probe(film).audio
    whole = np.median(frames, axis=0)
    away = np.abs(frames - whole).mean(axis=(1, 2, 3))
    for bar in (0, 2, 4):  # seconds, of four beats each
        assert away[bar * 25 : bar * 25 + 3].max() > 4 * away[bar * 25 + 20 : bar * 25 + 40].max()


def test_lyric_card_shows_what_it_is_handed_and_glows(tmp_path, song):
    small = SMALL | {"12": "3", "radius: 6": "radius: 2", "0.13": "0.3"}
    grey = card(tmp_path / "grey.png", GREY)
    (tmp_path / "words.txt").write_text("I\n")
    film, _ = rendered(
        "lyric-card", tmp_path, small, picture=grey, song=song, words=tmp_path / "words.txt"
    )
    frames = np.array(decoded(film)).astype(int)
    assert len(frames) == 75
    assert 0 < (frames[-1] > 180).all(axis=2).sum() < frames[-1, :, :, 0].size / 3
    light = frames[:, 20:24, 44:52].mean(axis=(1, 2, 3))
    assert light.max() > light.min() + 15
