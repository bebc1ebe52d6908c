"""What all looks have in common, and what each does to whole files."""

from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from l1.effects.blur import BLUR
from l1.effects.color import COLOR, ColorParams
from l1.effects.crop import CROP
from l1.effects.flip import FLIP
from l1.effects.glitch import GLITCH
from l1.effects.invert import INVERT
from l1.effects.pad import PAD
from l1.effects.pixelate import PIXELATE
from l1.effects.posterize import POSTERIZE
from l1.effects.rotate import ROTATE, RotateParams
from l1.effects.sharpen import SHARPEN
from l1.effects.vignette import VIGNETTE
from l1.errors import Refused
from l1.media.probing import probe
from l1.media.stills import read_still
from tests.effects.golden import fingerprint
from tests.effects.rendering import render, render_in_child
from tests.media.making import BLUE, RED, decoded, make_audio, make_video, packets_of, scene

LOOKS = {
    "blur": (BLUR, {}),
    "sharpen": (SHARPEN, {}),
    "pixelate": (PIXELATE, {}),
    "invert": (INVERT, {}),
    "posterize": (POSTERIZE, {}),
    "glitch": (GLITCH, {"seed": 7}),
    "vignette": (VIGNETTE, {}),
    "color": (COLOR, {"temperature": 1, "hue": 40, "curve": [[0, 0.1], [0.5, 0.6], [1, 1]]}),
    "rotate": (ROTATE, {"degrees": 30, "background": "yellow"}),
    "flip": (FLIP, {}),
    "crop": (CROP, {"left": 10, "bottom": 20}),
    "pad": (PAD, {"top": 12, "right": 8, "background": "red"}),
}
GOLDEN = {
    "blur": "cbff7d245a3d2a16",
    "sharpen": "e49baa3c011d45cd",
    "pixelate": "c4a2c8e446bc814d",
    "invert": "3742a44ef3af36fa",
    "posterize": "1d11ac4f9bff56b8",
    "glitch": "8b33b20762272f25",
    "vignette": "4832c9bd162498f1",
    "color": "c9f5100130cf5db2",
    "rotate": "335befa4b6b08b98",
    "flip": "55cb3a730eaf26d1",
    "crop": "12f8fcf3f4e18d37",
    "pad": "d1a203ce02bb6538",
}


def drawn(tmp_path, size=(40, 30)):
    """Save a picture whose every pixel is known."""
    Image.fromarray(scene(*size, 3)).save(tmp_path / "a.png")
    return tmp_path / "a.png"


def shown(tmp_path, effect, source, **params):
    """Render an image and answer its pixels, and its alpha where it has some."""
    render(effect, source, tmp_path / "b.png", effect.parse(params))
    picture = read_still(tmp_path / "b.png")
    planes = [picture.red, picture.green, picture.blue]
    return np.stack(planes if picture.alpha is None else [*planes, picture.alpha], axis=2)


@pytest.mark.parametrize("name", LOOKS)
def test_each_still_looks_as_it_did(tmp_path, name):
    effect, params = LOOKS[name]
    shown(tmp_path, effect, drawn(tmp_path), **params)
    assert fingerprint(tmp_path / "b.png") == GOLDEN[name]


@pytest.mark.parametrize("name", LOOKS)
def test_a_video_of_any_making_keeps_its_pictures_and_sound(tmp_path, name):
    effect, params = LOOKS[name]
    source = make_video(tmp_path / "a.mp4", frames=4, audio="aac", rotate=90)
    progress, _ = render(effect, source, tmp_path / "b.mp4", effect.parse(params))
    info = probe(tmp_path / "b.mp4")
    assert (info.problem, info.video.frames) == ("", 4)
    assert (info.video.width % 2, info.video.height % 2) == (0, 0)
    assert packets_of(tmp_path / "b.mp4") == packets_of(source)
    assert progress[-1] == (4, 4)


@pytest.mark.parametrize("name", LOOKS)
def test_one_pixel_and_one_picture_come_through(tmp_path, name):
    effect, params = LOOKS[name]
    if name == "crop":
        params = {}
    Image.new("RGBA", (1, 1), (200, 30, 30, 90)).save(tmp_path / "a.png")
    assert shown(tmp_path, effect, tmp_path / "a.png", **params).shape[2] == 4


NOTHING = {
    "blur": (BLUR, {"radius": 0}),
    "sharpen": (SHARPEN, {"amount": 0}),
    "pixelate": (PIXELATE, {"size": 1}),
    "invert": (INVERT, {"strength": 0}),
    "posterize": (POSTERIZE, {"levels": 256}),
    "glitch": (GLITCH, {"chance": 0}),
    "vignette": (VIGNETTE, {"amount": 0}),
    "color": (COLOR, {}),
    "rotate": (ROTATE, {"degrees": 360}),
    "crop": (CROP, {}),
    "pad": (PAD, {}),
}


@pytest.mark.parametrize("name", NOTHING)
def test_what_changes_nothing_gives_the_very_picture(tmp_path, name):
    effect, params = NOTHING[name]
    assert np.array_equal(shown(tmp_path, effect, drawn(tmp_path), **params), scene(40, 30, 3))


async def test_a_sandboxed_child_makes_the_same_bytes(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=3)
    render(GLITCH, source, tmp_path / "b.mp4", GLITCH.parse({"seed": 7}))
    output, _ = await render_in_child(GLITCH, [source], tmp_path / "child", {"seed": 7})
    assert output.read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_no_two_pictures_of_a_video_are_broken_alike(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=6, draw=lambda _: scene(96, 64, 3))
    render(GLITCH, source, tmp_path / "b.mp4", GLITCH.parse({"seed": 1, "slip": 0.5}))
    shots = [shot.astype(int) for shot in decoded(tmp_path / "b.mp4")]
    assert all(np.abs(a - b).mean() > 2 for a, b in pairwise(shots))


def test_a_right_angle_turns_the_frame(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=2)
    render(ROTATE, source, tmp_path / "b.mp4", RotateParams(degrees=Decimal(90)))
    shot = decoded(tmp_path / "b.mp4")[0].astype(int)
    assert shot.shape == (96, 64, 3)
    assert np.abs(shot[5, 60] - RED).max() < 16
    assert np.abs(shot[90, 60] - BLUE).max() < 16


def test_a_turn_to_and_fro_is_nearly_the_picture(tmp_path):
    source = drawn(tmp_path, (81, 81))
    there = shown(tmp_path, ROTATE, source, degrees=20)
    (tmp_path / "b.png").rename(tmp_path / "c.png")
    back = shown(tmp_path, ROTATE, tmp_path / "c.png", degrees=-20).astype(int)
    middle = np.s_[30:36, 35:46]
    assert np.abs(back[middle] - scene(81, 81, 3)[middle]).mean() < 6
    assert not there[0, 0].any()


def test_mirrors_and_sides(tmp_path):
    before, source = scene(40, 30, 3), drawn(tmp_path)
    assert np.array_equal(shown(tmp_path, FLIP, source), before[:, ::-1])
    assert np.array_equal(shown(tmp_path, FLIP, source, direction="both"), before[::-1, ::-1])
    cut = shown(tmp_path, CROP, source, left=3, top=4, right=5, bottom=6)
    assert np.array_equal(cut, before[4:24, 3:35])
    wide = shown(tmp_path, PAD, source, left=3, top=4, right=5, bottom=6, background="blue")
    assert np.array_equal(wide[4:34, 3:43], before)
    assert wide.shape == (40, 48, 3)
    assert (wide[0] == (0, 0, 255)).all()
    clear = shown(tmp_path, PAD, source, left=1, background="transparent")
    assert (clear[0, 0, 3], clear[0, 1, 3]) == (0, 255)


def test_colour_follows_its_parameters(tmp_path):
    source = drawn(tmp_path)
    before = scene(40, 30, 3).astype(int)
    warm = shown(tmp_path, COLOR, source, temperature=1).astype(int)
    assert warm[20, 0, 0] > before[20, 0, 0]
    assert warm[20, 0, 2] < before[20, 0, 2]
    assert np.ptp(shown(tmp_path, COLOR, source, saturation=0), axis=2).max() <= 1
    negative = shown(tmp_path, COLOR, source, curve=[[0, 1], [1, 0]])
    assert np.array_equal(negative, 255 - before)
    assert np.array_equal(negative, shown(tmp_path, INVERT, source))


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"curve": [[0, 0], [0, 1]]}, "not in order"),
        ({"red": [[0, 2]]}, "outside of 0 to 1"),
        ({"blue": [[n / 100, 0] for n in range(40)]}, "<= 32"),
        ({"saturation": 5}, "<= 4"),
    ],
)
def test_colours_that_cannot_be_meant_are_refused(params, said):
    with pytest.raises(ValueError, match=said):
        COLOR.parse(params)


def test_equal_results_have_equal_parameters():
    assert COLOR.parse({"hue": -360}) == ColorParams()
    assert ROTATE.parse({"degrees": -270, "background": "red"}) == RotateParams()


def test_too_much_is_refused(tmp_path):
    with pytest.raises(Refused, match="leave nothing of 40x30"):
        shown(tmp_path, CROP, drawn(tmp_path), left=20, right=20)
    with pytest.raises(Refused, match="8K"):
        shown(tmp_path, PAD, drawn(tmp_path), left=16000, top=16000)
    with pytest.raises(Refused, match="takes a video or an image"):
        render(BLUR, make_audio(tmp_path / "a.wav"), tmp_path / "b")
