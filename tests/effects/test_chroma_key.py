from decimal import Decimal

import numpy as np
import pytest
from PIL import Image

from l1.effects.chroma_key import CHROMA_KEY, ChromaKeyParams
from l1.effects.generate import GENERATE, GenerateParams
from l1.errors import Refused
from l1.media.probing import probe
from l1.media.stills import read_still
from tests.effects.golden import fingerprint
from tests.effects.rendering import render, render_in_child
from tests.media.making import decoded, make_audio, make_video, packets_of

SCREEN, SKIN = (60, 180, 75), (224, 172, 105)


def screened(_=0):
    picture = np.full((64, 96, 3), SCREEN, np.uint8)
    picture[16:48, 32:64] = SKIN
    return picture


def key(paths, output, **given):
    render(CHROMA_KEY, paths, output, ChromaKeyParams(colour="#3cb44b", **given))
    info = probe(output)
    assert info.problem == ""
    return info


def test_an_image_is_left_transparent_where_the_screen_was(tmp_path):
    Image.fromarray(screened()).save(tmp_path / "a.png")
    key([tmp_path / "a.png"], tmp_path / "b.png")
    found = read_still(tmp_path / "b.png")
    assert set(found.alpha[16:48, 32:64].ravel()) == {255}
    assert (found.alpha == 255).sum() == 32 * 32
    assert not found.alpha[:16].any()
    assert (found.red[20, 40], found.green[20, 40], found.blue[20, 40]) == SKIN


@pytest.mark.parametrize(
    ("background", "expected"), [("#00000000", (0, 0, 0)), ("#1e3cdc", (30, 60, 220))]
)
def test_a_video_is_laid_over_black_or_a_colour(tmp_path, background, expected):
    clip = make_video(tmp_path / "a.mp4", frames=6, draw=screened, audio="aac")
    info = key([clip], tmp_path / "b.mp4", background=background)
    assert (info.video.frames, packets_of(tmp_path / "b.mp4")) == (6, packets_of(clip))
    shot = decoded(tmp_path / "b.mp4")[5].astype(int)
    assert np.abs(shot[5, 5] - expected).max() < 8
    assert np.abs(shot[30, 48] - SKIN).max() < 12


def test_a_second_video_is_seen_where_the_screen_was(tmp_path):
    clip = make_video(tmp_path / "a.mp4", frames=10, draw=screened)
    behind = make_video(
        tmp_path / "b.mp4", frames=10, rate=50, size=(50, 80),
        draw=lambda n: np.full((80, 50, 3), 20 * n, "u1"),
    )  # fmt: skip
    info = key([clip, behind], tmp_path / "c.mp4")
    assert (info.video.frames, info.video.width, info.video.height) == (10, 96, 64)
    found = [int(shot[5, 5, 0]) for shot in decoded(tmp_path / "c.mp4")]
    assert np.abs(np.subtract(found, [0, 40, 80, 120, 160, *[180] * 5])).max() < 8


def test_parameters_have_one_form_and_grey_is_no_key():
    assert CHROMA_KEY.parse({"colour": "#0F0"}) == ChromaKeyParams()
    with pytest.raises(ValueError, match="too grey to be taken out"):
        CHROMA_KEY.parse({"colour": "#808080"})
    with pytest.raises(ValueError, match="<= 2"):
        CHROMA_KEY.parse({"similarity": "3"})


async def test_it_looks_as_it_did_also_in_a_sandboxed_child(tmp_path):
    small = {"width": 96, "height": 64, "duration": Decimal("0.2")}
    clips = [tmp_path / "a.mp4", tmp_path / "b.mp4"]
    for clip, pattern in zip(clips, ("bars", "gradient"), strict=True):
        render(GENERATE, [], clip, GenerateParams(pattern=pattern, **small))
    params = {"colour": "#00ff00", "smoothness": "0.5"}
    render(CHROMA_KEY, clips, tmp_path / "c.mp4", ChromaKeyParams(smoothness=Decimal("0.5")))
    made, _ = await render_in_child(CHROMA_KEY, clips, tmp_path / "d", params)
    assert made.read_bytes() == (tmp_path / "c.mp4").read_bytes()
    assert fingerprint(made) == "1943682ffceceaf9"


def test_sound_is_refused(tmp_path):
    sound = make_audio(tmp_path / "a.wav")
    with pytest.raises(Refused, match="CHROMA_KEY takes videos and images, and input 1 is audio"):
        render(CHROMA_KEY, [sound], tmp_path / "b.mp4")
