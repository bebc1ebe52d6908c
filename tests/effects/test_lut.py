from decimal import Decimal
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from l1.effects.lut import LUT, LutParams
from l1.errors import Refused
from l1.media.cube import read_cube, through
from l1.media.pictures import Picture
from l1.media.probing import probe
from l1.media.stills import read_still
from tests.effects.golden import fingerprint
from tests.effects.rendering import render, render_in_child
from tests.media.making import make_audio, make_video, packets_of, scene


def cube_of(side, change=lambda r, g, b: (r, g, b)):
    """Write a table; red changes fastest."""
    tones = [n / (side - 1) for n in range(side)]
    rows = (change(r, g, b) for b, g, r in product(tones, tones, tones))
    lines = "\n".join(f"{r:.9f} {g:.9f} {b:.9f}" for r, g, b in rows)
    return f'# made\nTITLE "a b"\nLUT_3D_SIZE {side}\n{lines}\n'


SWAP = cube_of(5, lambda r, g, b: (b, r * 0.5, g))


def dice(size=(20, 30)):
    red, green, blue = np.random.default_rng(2).integers(0, 256, (3, *size), np.uint8)
    return Picture(red=red, green=green, blue=blue)


def saved(tmp_path, text=SWAP):
    (tmp_path / "a.cube").write_text(text)
    Image.fromarray(scene(40, 30, 3)).save(tmp_path / "a.png")
    return [tmp_path / "a.png", tmp_path / "a.cube"]


@given(side=st.integers(2, 18))
def test_the_table_that_changes_nothing_changes_nothing(side):
    picture = dice()
    made = through(read_cube(cube_of(side)))(picture)
    for plane in ("red", "green", "blue"):
        found = getattr(made, plane).astype(int) - getattr(picture, plane)
        assert np.abs(found).max() <= 1


def test_colours_come_from_the_table():
    picture = dice()
    made = through(read_cube(SWAP))(picture)
    assert np.abs(made.red.astype(int) - picture.blue).max() <= 1
    assert np.abs(made.green - picture.red / 2).max() <= 1.5
    assert np.abs(made.blue.astype(int) - picture.green).max() <= 1


def test_grey_stays_grey_in_a_table_that_keeps_grey():
    plane = np.arange(256, dtype=np.uint8)[None]
    table = read_cube(cube_of(4, lambda r, g, b: ((r + g + b) / 3,) * 3))
    made = through(table)(Picture(red=plane, green=plane, blue=plane))
    assert np.array_equal(made.red, made.green)
    assert np.array_equal(made.red, made.blue)


def test_a_table_of_one_dimension_takes_each_colour_by_itself():
    text = "LUT_1D_SIZE 3\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 1 1 0.5\n1 0 0\n0.5 0 0.5\n0 0 1\n"
    picture = dice()
    made = through(read_cube(text))(picture)
    assert np.abs(made.red.astype(int) + picture.red - 255).max() <= 1
    assert not made.green.any()
    assert np.abs(made.blue - np.minimum(picture.blue * 2.0, 255)).max() <= 1.5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no LUT_3D_SIZE"),
        ("LUT_3D_SIZE 1\n0 0 0", "from 2 to 65"),
        ("LUT_3D_SIZE 9999999999999\n0 0 0", "from 2 to 65"),
        ("LUT_3D_SIZE 2\n0 0 0", "has 1 colours, and its size asks for 8"),
        ("LUT_3D_SIZE 2\n0 0", "Line 2"),
        ("LUT_1D_SIZE 2\n0 0 0\n0 0 -nan", "'-nan' where a number"),
        ("LUT_1D_SIZE 2\n0 0 0\n0 0 x", "'x' where a number"),
        ("LUT_1D_SIZE 2\nLUT_1D_SIZE 2\n", "Line 2"),
        ("LUT_1D_SIZE 2\nDOMAIN_MIN 1 1 1\n0 0 0\n1 1 1", "not below"),
        ("LUT_1D_SIZE 2\nDOMAIN_MIN 1\n0 0 0\n1 1 1", "not three"),
    ],
)
def test_what_is_no_table_is_refused(text, said):
    with pytest.raises(Refused, match=said):
        read_cube(text)


def test_an_image_looks_as_it_did_and_half_the_strength_is_half_way(tmp_path):
    render(LUT, saved(tmp_path), tmp_path / "b.png")
    assert fingerprint(tmp_path / "b.png") == "5969501a7a8aea60"
    render(LUT, saved(tmp_path), tmp_path / "c.png", LutParams(strength=Decimal("0.5")))
    whole, half = (read_still(tmp_path / name).red.astype(int) for name in ("b.png", "c.png"))
    assert np.abs(half - (whole + scene(40, 30, 3)[..., 0]) / 2).max() <= 1


async def test_a_video_keeps_its_sound_and_a_child_makes_the_same_bytes(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=3, audio="aac")
    paths = [source, saved(tmp_path)[1]]
    render(LUT, paths, tmp_path / "b.mp4")
    assert packets_of(tmp_path / "b.mp4") == packets_of(source)
    assert probe(tmp_path / "b.mp4").video.frames == 3
    output, _ = await render_in_child(LUT, paths, tmp_path / "child")
    assert output.read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_what_is_no_text_and_what_is_no_picture_are_refused(tmp_path):
    image, table = saved(tmp_path)
    table.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Refused, match="not text"):
        render(LUT, [image, table], tmp_path / "b")
    paths = [make_audio(tmp_path / "a.wav"), saved(tmp_path)[1]]
    with pytest.raises(Refused, match="this input is audio"):
        render(LUT, paths, tmp_path / "b")
