"""The recipe `audio-reactive`, from its text to its film."""

import numpy as np
import pytest

from l1.content.curve import Curve
from l1.dag.bindings_said import bindings_said
from l1.media.probing import probe
from l1.recipes import shipped
from tests.analyses.sounds import drums, write_wav
from tests.media.making import decoded, make_video
from tests.recipes.rendering import render_recipe
from tests.recipes.test_shipped import CLIP, SONG, planned

TEXT = shipped()["audio-reactive"]


def test_each_sound_is_heard_once_whatever_follows_it():
    made = planned(TEXT, video=CLIP, audio=SONG)
    nodes = [step.node for step in made.steps]
    assert sorted(nodes) == sorted(
        ["bands", "beats", "energy", *["bind"] * 5, "color", "vignette", "glitch", "mux"]
    )
    assert bindings_said(made) == {
        "coloured": (
            "saturation <- energy of audio 0.5..1.7",
            "temperature <- lfo of 16 beats of audio -0.25..0.25",
        ),
        "lit": ("amount <- bass of audio 0.85..0",),
        "broken": ("part <- beat of audio 0..0.02", "slip <- downbeat of audio 0..0.12"),
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    song = write_wav(folder / "song.wav", drums(120, 5))

    def grey(_number):
        return np.full((64, 96, 3), 170, np.uint8)

    video = make_video(folder / "video.mp4", frames=125, draw=grey)
    return render_recipe(TEXT, folder, video=video, audio=song)


def test_the_film_has_the_pictures_of_the_video_and_the_music(made):
    info = probe(made["film"])
    assert (info.kind, info.problem, info.video.frames) == ("video", "", 125)
    assert info.audio


def test_the_corners_light_up_with_the_bass(made):
    curve = Curve.read(made["lit.amount"].read_bytes())
    corners = np.array([frame[:6, :6].mean() for frame in decoded(made["lit"])])
    dark = np.array([curve.millionths_at(n / curve.rate * 4) for n in range(125)])
    assert np.corrcoef(corners, dark)[0, 1] < -0.95
    assert corners.max() > 2 * corners.min()
