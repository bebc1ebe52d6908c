from decimal import Decimal

import numpy as np
import pytest
from PIL import Image

from l1.effects.ken_burns import KEN_BURNS, KenBurnsParams, View
from l1.effects.still import STILL, StillParams
from l1.errors import Refused
from l1.media.probing import probe
from tests.effects.golden import fingerprint
from tests.effects.rendering import render, render_in_child
from tests.media.making import decoded, make_audio, make_video, scene

SHORT = Decimal("0.2")
GOLDEN = {
    "still": (STILL, StillParams(duration=SHORT), "bb0c464b7af0c4f4"),
    "ken_burns": (KEN_BURNS, KenBurnsParams(duration=SHORT), "40311ad49433ae1c"),
}


def image(tmp_path, size=(96, 64), name="a.png"):
    Image.fromarray(scene(*size, 3)).save(tmp_path / name)
    return tmp_path / name


@pytest.mark.parametrize("name", GOLDEN)
def test_each_looks_as_it_did(tmp_path, name):
    effect, params, digits = GOLDEN[name]
    progress, _ = render(effect, image(tmp_path), tmp_path / "b.mp4", params)
    info = probe(tmp_path / "b.mp4")
    assert (info.kind, info.problem, info.audio) == ("video", "", None)
    assert (info.video.width, info.video.height, info.video.frames) == (96, 64, 5)
    assert progress == [(n, 5) for n in range(1, 6)]
    assert fingerprint(tmp_path / "b.mp4") == digits


@pytest.mark.parametrize("name", GOLDEN)
async def test_a_sandboxed_child_makes_the_same_bytes(tmp_path, name):
    effect, params, _ = GOLDEN[name]
    render(effect, image(tmp_path), tmp_path / "b.mp4", params)
    output, _ = await render_in_child(
        effect, [image(tmp_path)], tmp_path / "child", {"duration": "0.2"}
    )
    assert output.read_bytes() == (tmp_path / "b.mp4").read_bytes()


@pytest.mark.parametrize("effect", [STILL, KEN_BURNS])
def test_what_is_transparent_shows_the_background(tmp_path, effect):
    Image.new("RGBA", (33, 21), (200, 30, 30, 0)).save(tmp_path / "a.png")
    params = effect.parse({"duration": "0.1", "background": "blue"})
    render(effect, tmp_path / "a.png", tmp_path / "b.mp4", params)
    shot = decoded(tmp_path / "b.mp4")[1].astype(int)
    assert shot.shape[:2] in {(22, 34), (20, 32)}
    assert np.abs(shot - (0, 0, 255)).max() < 12


@pytest.mark.parametrize("effect", [STILL, KEN_BURNS])
def test_of_an_animated_image_the_first_picture_is_shown_and_said_so(tmp_path, effect):
    shots = [Image.new("RGB", (40, 30), (60 * n, 0, 200)) for n in range(4)]
    shots[0].save(tmp_path / "a.gif", save_all=True, append_images=shots[1:], duration=100)
    params = effect.parse({"duration": "0.1"})
    _, notes = render(effect, tmp_path / "a.gif", tmp_path / "b.mp4", params)
    assert "first" in notes[0]


@pytest.mark.parametrize("effect", [STILL, KEN_BURNS])
def test_what_is_no_image_is_refused(tmp_path, effect):
    for source in (make_video(tmp_path / "a.mp4", frames=2), make_audio(tmp_path / "a.wav")):
        with pytest.raises(Refused, match="takes an image"):
            render(effect, source, tmp_path / "b")


def test_a_movement_begins_and_ends_where_it_was_told(tmp_path):
    params = KenBurnsParams(
        start=View(zoom=Decimal(4), x=Decimal(0), y=Decimal(0)),
        end=View(left=Decimal("0.7"), top=Decimal(0), right=Decimal(1), bottom=Decimal("0.3")),
        duration=SHORT,
    )
    render(KEN_BURNS, image(tmp_path), tmp_path / "b.mp4", params)
    shots = [shot.astype(int) for shot in decoded(tmp_path / "b.mp4")]
    assert np.abs(shots[0] - (200, 40, 40)).max() < 20
    assert np.abs(shots[-1] - (30, 60, 220)).max() < 20


def test_a_video_may_have_another_form_than_its_image(tmp_path):
    params = KenBurnsParams(width=40, height=60, duration=SHORT)
    render(KEN_BURNS, image(tmp_path), tmp_path / "b.mp4", params)
    info = probe(tmp_path / "b.mp4").video
    assert (info.width, info.height) == (40, 60)


def test_a_large_image_makes_no_larger_video_than_asked(tmp_path):
    source = image(tmp_path, (4000, 1000))
    render(KEN_BURNS, source, tmp_path / "b.mp4", KenBurnsParams(duration=Decimal("0.01")))
    info = probe(tmp_path / "b.mp4").video
    assert (info.width, info.height, info.frames) == (1920, 480, 1)


@pytest.mark.parametrize(
    ("view", "said"),
    [
        ({"left": 0, "top": 0, "right": 1}, "all of them"),
        ({"left": 0.5, "top": 0, "right": 0.5, "bottom": 1}, "below its `right`"),
        ({"left": 0, "top": 0, "right": 1, "bottom": 1, "zoom": 2}, "either"),
        ({"zoom": 0.5}, ">= 1"),
    ],
)
def test_a_view_that_cannot_be_meant_is_refused(view, said):
    with pytest.raises(ValueError, match=said):
        KEN_BURNS.parse({"start": view})
