"""What docs/how-to/follow-sound.md says is so."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from l1 import compose
from l1.content.cid import Cid
from l1.content.media_info import MediaInfo
from l1.dag.bindings_said import bindings_said
from l1.dag.planner import plan
from l1.dag.recipe_yaml import read_recipe
from tests.analyses.sounds import drums, write_wav
from tests.media.making import decoded, make_video
from tests.recipes.rendering import render_recipe

PAGE = Path(__file__).parent.parent.parent / "docs" / "how-to" / "follow-sound.md"
TEXT = PAGE.read_text()
THUMP, LOGO = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
NODES = compose.nodes()


@pytest.fixture
def files(tmp_path):
    song = write_wav(tmp_path / "song.wav", drums(120, 2))
    return {"walk": make_video(tmp_path / "walk.mp4", frames=50), "song": song}


def test_a_thump_is_soft(tmp_path, files):
    made = render_recipe(THUMP.encode(), tmp_path, **files)
    sharp = [np.abs(np.diff(frame.astype(int), axis=1)).mean() for frame in decoded(made["film"])]
    assert len(sharp) == 50
    assert max(sharp[:2]) < 0.75 * min(sharp[6:20])  # the song begins with its deepest drum


def test_the_plan_says_what_the_page_says():
    cids = {name: Cid(f"bafkrei{name}") for name in ("walk", "song")}
    kinds = {"walk": ("video", "video/mp4"), "song": ("audio", "audio/flac")}
    infos = {
        cids[name]: MediaInfo(kind=kind, media_type=type_) for name, (kind, type_) in kinds.items()
    }
    made = plan(read_recipe(THUMP.encode(), NODES), cids, infos, NODES, compose.PROFILE)
    (said,) = bindings_said(made)["soft"]
    assert said in TEXT


def test_a_logo_grows_on_the_beat(tmp_path, files):
    logo = tmp_path / "logo.png"
    Image.new("RGB", (64, 48), (255, 255, 255)).save(logo)
    made = render_recipe(LOGO.encode(), tmp_path, logo=logo, **files)
    beats = [frame[31, 47].mean() for frame in decoded(made["shown"])]
    assert max(beats[:3]) > 240
    assert min(beats[8:12]) < 200


def test_every_node_that_is_named_can_follow():
    listed = TEXT[TEXT.index("## What can follow") : TEXT.index("## What can be followed")]
    for name in re.findall(r"`([A-Z_]+)`", listed):
        assert NODES[name.lower()].binds, name
