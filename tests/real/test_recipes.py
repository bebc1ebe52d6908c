"""Every recipe that comes along makes something of real clips, photographs and songs."""

import time

import pytest

from docs.nodes.example import render_recipe
from l1 import compose
from l1.dag.recipe_yaml import read_recipe
from l1.recipes import shipped
from tests.real.media import BIKES, BUNNY, PHONE

pytestmark = pytest.mark.real

NODES = compose.nodes()
CLIPS = (BUNNY, BIKES, PHONE)
PHOTOGRAPHS = ("cat", "one", "two", "three")
PICTURES = {"my-effect", "poster", "seek-previews", "teaser"}
SECONDS = {
    "before-after": 10,
    "clips-to-the-beat": 20,
    "film-look": 5.28,
    "glitch-on-drops": 20,
    "loop-maker": 12,
    "lyric-card": 12,
    "slideshow": 20,
    "voice-over": 5.28,
    "web-ready": 5.28,
}
"""How long the result is, where that is not left to what it is made of."""


class Hands:
    """Hands real media to inputs by their kinds: each of a kind another, texts not at all."""

    def __init__(self, recipe, real):
        self.recipe, self.real = recipe, real
        self.clips, self.photographs = list(CLIPS), list(PHOTOGRAPHS)

    def __call__(self, name):
        kinds = self.recipe.inputs[name].kinds
        if "text" in kinds and self.recipe.inputs[name].optional:
            return None
        if kinds[:1] == ("video",) and self.clips:
            return self.real.clips / self.clips.pop(0)
        if kinds[:1] == ("audio",):
            return self.real("voice" if name in {"voice", "episode"} else "song")
        if kinds[:1] == ("video",) or not self.photographs:
            return None
        return self.real(self.photographs.pop(0))


@pytest.mark.parametrize("name", shipped())
def test_a_recipe_makes_something_of_real_media(tmp_path, real, name):
    recipe = read_recipe(shipped()[name], NODES)
    began = time.process_time()
    made = render_recipe(shipped()[name], tmp_path, Hands(recipe, real))
    spent = time.process_time() - began
    print(f"{name}: {made.info.duration_us / 1e6:.2f} s in {spent:.1f} s of CPU")
    assert made.info.problem == ""
    assert made.info.kind == ("image" if name in PICTURES else "video")
    if name in SECONDS:
        assert made.info.duration_us / 1e6 == pytest.approx(SECONDS[name], abs=0.06)
