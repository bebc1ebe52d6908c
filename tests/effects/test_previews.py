"""THUMBNAIL, SPRITE_SHEET, SPRITE_VTT and PREVIEW."""

from decimal import Decimal
from hashlib import sha256

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageSequence

from l1.dag.params import normalise, parse_params
from l1.effects.preview import PREVIEW
from l1.effects.sprite_sheet import SPRITE_SHEET
from l1.effects.sprite_vtt import SPRITE_VTT
from l1.effects.thumbnail import THUMBNAIL
from l1.errors import Refused
from l1.media.palettes import Paletted, palette_of
from l1.media.pictures import Picture
from l1.media.probing import probe
from l1.media.stills import read_still
from tests.effects.rendering import render, render_in_child
from tests.media.making import decoded, make_video


def made(effect, folder, path, **config):
    """Render, and answer the file and the notes."""
    _, notes = render(effect, path, folder / "out", parse_params(effect.node, config))
    return folder / "out", notes


def flat(number):
    """A picture whose grey is its number, ten steps apart."""
    return np.full((64, 96, 3), 10 * number, np.uint8)


@pytest.fixture(scope="module")
def greys(tmp_path_factory):
    """25 pictures in 2.5 seconds."""
    path = tmp_path_factory.mktemp("v") / "a.mp4"
    return make_video(path, frames=25, rate=10, draw=flat, options={"crf": "1"})


def grey_of(picture, place=(5, 5)):
    return round(int(picture.green[place]) / 10)


@pytest.mark.parametrize(("at", "number"), [(0, 0), ("0.99", 9), (1, 10), (1.05, 10), (99, 24)])
def test_a_thumbnail_is_the_picture_seen_at_that_second(tmp_path, greys, at, number):
    file, _ = made(THUMBNAIL, tmp_path, greys, at=at)
    assert grey_of(read_still(file)) == number
    assert probe(file).kind == "image"


def test_the_best_picture_shows_something(tmp_path):
    noise = np.random.default_rng(1).integers(60, 190, (64, 96, 3), np.uint8)

    def draw(number):
        return noise if number in range(14, 19) else np.full((64, 96, 3), 5 + number, np.uint8)

    file, notes = made(THUMBNAIL, tmp_path, make_video(tmp_path / "a.mp4", draw=draw))
    assert read_still(file).green.std() > 10
    assert "is taken" in notes[0]


def test_a_thumbnail_is_upright_with_square_pixels_in_the_size_asked_for(tmp_path):
    film = make_video(tmp_path / "a.mp4", frames=3, rotate=90)
    tall = read_still(made(THUMBNAIL, tmp_path, film)[0])
    assert (tall.width, tall.height) == (64, 96)
    wide = make_video(tmp_path / "b.mp4", frames=3, aspect=2)
    small = read_still(made(THUMBNAIL, tmp_path, wide, width=48)[0])
    assert (small.width, small.height) == (48, 16)


def test_a_sheet_has_the_picture_in_the_middle_of_each_interval(tmp_path, greys):
    config = {"interval": 1, "columns": 2, "width": 48}
    sheet = read_still(made(SPRITE_SHEET, tmp_path, greys, **config)[0])
    assert (sheet.width, sheet.height) == (96, 64)
    found = [grey_of(sheet, place) for place in ((5, 5), (5, 53), (37, 5))]
    assert found == [5, 15, 22]
    assert not sheet.alpha[32:, 48:].any()
    assert sheet.alpha[:32].all()


def test_the_text_names_the_same_places_and_times(tmp_path, greys):
    config = {"interval": 1, "columns": 2, "width": 48, "image": "/a/b.png"}
    file, _ = made(SPRITE_VTT, tmp_path, greys, **config)
    assert file.read_text().split("\n\n") == [
        "WEBVTT",
        "00:00:00.000 --> 00:00:01.000\n/a/b.png#xywh=0,0,48,32",
        "00:00:01.000 --> 00:00:02.000\n/a/b.png#xywh=48,0,48,32",
        "00:00:02.000 --> 00:00:02.500\n/a/b.png#xywh=0,32,48,32\n",
    ]
    assert probe(file).kind == "text"


def test_one_picture_is_one_sprite(tmp_path):
    film = make_video(tmp_path / "a.mp4", frames=1)
    sheet = read_still(made(SPRITE_SHEET, tmp_path, film)[0])
    assert (sheet.width, sheet.alpha) == (160, None)


def test_a_sheet_that_is_too_large_is_refused(tmp_path):
    film = make_video(tmp_path / "a.mp4", frames=60, rate=10)
    for effect in (SPRITE_SHEET, SPRITE_VTT):
        with pytest.raises(Refused, match="longer `interval`"):
            made(effect, tmp_path, film, interval="0.1", width=1920)


@pytest.mark.parametrize("image", ["a b.png", "a#b", "x\ny", "<b>", ""])
def test_an_address_that_would_break_the_text_is_refused(image):
    with pytest.raises(Refused, match="without spaces"):
        parse_params(SPRITE_VTT.node, {"image": image})


def test_a_preview_lasts_as_long_as_asked_and_looks_like_the_video(tmp_path):
    film = make_video(tmp_path / "a.mp4", frames=50, rate=25, options={"crf": "1"})
    file, notes = made(PREVIEW, tmp_path, film, start="0.4", duration=1, fps=10, width=96)
    assert notes == []
    info = probe(file)
    assert (info.kind, info.media_type, info.video.frames) == ("image", "image/gif", 10)
    assert info.duration_us == 1_000_000
    frames, shown = decoded(file), decoded(film)
    for number, frame in enumerate(frames):
        wanted = shown[int((Decimal("0.4") + number / Decimal(10)) * 25)]
        away = np.abs(frame.astype(int) - wanted)
        assert away.mean() < 5


def test_a_rate_that_no_gif_has_is_told(tmp_path, greys):
    file, notes = made(PREVIEW, tmp_path, greys, fps=30, width=48)
    assert "33.33" in notes[0]
    with av.open(str(file)) as gif:
        times = [frame.pts for frame in gif.decode(video=0)]
    assert set(np.diff(times)) == {3}


def test_a_preview_ends_with_the_video_and_begins_inside_it(tmp_path, greys):
    file, _ = made(PREVIEW, tmp_path, greys, start=2, width=48)
    assert probe(file).video.frames == 5
    with pytest.raises(Refused, match=r"would begin at 2\.5 s"):
        made(PREVIEW, tmp_path, greys, start="2.5")


def test_a_webp_looks_like_the_video_and_is_smaller_than_a_gif(tmp_path):
    film = make_video(tmp_path / "a.mp4", frames=50, rate=25, options={"crf": "1"})
    given = {"start": "0.4", "duration": 1, "fps": 10, "width": 96}
    gif = made(PREVIEW, tmp_path, film, **given)[0].stat().st_size
    file, notes = made(PREVIEW, tmp_path, film, **given, format="webp", quality=90)
    assert notes == []
    assert file.stat().st_size < gif
    info = probe(file)
    assert (info.kind, info.media_type, info.video.frames) == ("image", "image/webp", 10)
    assert info.duration_us == 1_000_000
    shown = decoded(film)
    with Image.open(file) as webp:
        assert (webp.n_frames, webp.info["loop"]) == (10, 0)
        for number, frame in enumerate(ImageSequence.Iterator(webp)):
            wanted = shown[int((Decimal("0.4") + number / Decimal(10)) * 25)]
            assert np.abs(np.asarray(frame.convert("RGB")).astype(int) - wanted).mean() < 6


def test_a_webp_may_stop_and_has_thousandths(tmp_path, greys):
    given = {"fps": 30, "width": 48, "format": "webp", "loop": False}
    file, notes = made(PREVIEW, tmp_path, greys, **given)
    assert "30.30" in notes[0]
    with Image.open(file) as webp:
        assert webp.info["loop"] == 1
        first = hashed(webp)
    again, _ = made(PREVIEW, tmp_path, greys, **given)
    with Image.open(again) as webp:
        assert hashed(webp) == first == "32061b28e5f0eabe"


def test_what_the_other_kind_of_file_is_about_does_not_count():
    gif = {"format": "gif", "quality": 20, "colours": 9}
    assert normalise(parse_params(PREVIEW.node, gif)) == {"colours": 9}
    webp = {"format": "webp", "quality": 20, "colours": 9, "dither": False}
    found = normalise(parse_params(PREVIEW.node, webp))
    assert found == {"format": "webp", "quality": 20}


def hashed(animation):
    frames = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(animation)]
    return sha256(b"".join(frame.tobytes() for frame in frames)).hexdigest()[:16]


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 256), st.integers(0, 2**32 - 1))
def test_a_palette_has_at_most_so_many_colours_and_stands_for_all(colours, seed):
    planes = np.random.default_rng(seed).integers(0, 256, (3, 16, 16), np.uint8)
    picture = Picture(red=planes[0], green=planes[1], blue=planes[2])
    palette = palette_of([picture], colours)
    assert 1 <= len(palette) <= colours
    numbers = Paletted(palette, dither=False)(picture)
    assert numbers.max() < len(palette)
    away = np.abs(palette[numbers].astype(int) - planes.transpose(1, 2, 0)).mean()
    assert away < (90 if colours < 16 else 40)


def test_few_colours_come_out_as_they_are():
    planes = np.repeat(np.array([0, 255], np.uint8), 32).reshape(8, 8)
    picture = Picture(red=planes, green=planes, blue=planes)
    palette = palette_of([picture], 256)
    assert palette.tolist() == [[0] * 3, [255] * 3]
    assert (palette[Paletted(palette, dither=True)(picture)][..., 0] == planes).all()


async def test_previews_are_the_same_bytes_in_the_sandbox(tmp_path):
    film = make_video(tmp_path / "a.mp4", frames=20)
    for effect, config in ((THUMBNAIL, {}), (PREVIEW, {}), (PREVIEW, {"format": "webp"})):
        folder = tmp_path / "-".join((effect.node.name, *config.values()))
        output, _ = await render_in_child(effect, [film], folder, config)
        assert output.read_bytes() == made(effect, tmp_path, film, **config)[0].read_bytes()
    ramp = np.add.outer(np.arange(32), np.arange(48)).astype(np.uint8)
    picture = Picture(red=ramp, green=2 * ramp, blue=ramp[::-1].copy())
    numbers = Paletted(palette := palette_of([picture], 30), dither=True)(picture)
    golden = sha256(palette.tobytes() + numbers.tobytes()).hexdigest()[:16]
    assert golden == "35d2d55e87200ae7"
