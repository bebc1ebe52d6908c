"""Every node type has an example, a picture of what it does, and a page."""

import io

import numpy as np
import pytest
from PIL import Image

from docs.nodes.__main__ import BYTES, PICTURES, draw
from docs.nodes.example import FOLDER, render, text_of
from docs.nodes.media import make
from l1 import compose
from l1.dag.recipe_yaml import read_recipe

NODES = compose.nodes()
NAMES = sorted(NODES)
PAGES = PICTURES.parent.parent / "reference" / "nodes"
ALL_BYTES = 2_500_000


def test_every_node_has_an_example_that_uses_it():
    without = [name for name in NAMES if not text_of(name)]
    assert not without, f"write docs/nodes/examples/NAME.yaml, a recipe, for {without}"
    for name in NAMES:
        assert text_of(name).startswith("# "), f"{name}: say in a first line what is shown"
        recipe = read_recipe(text_of(name).encode(), NODES)
        assert name in {step.type.lower() for step in recipe.steps}


def test_every_node_has_a_small_picture():
    without = [name for name in NAMES if not (PICTURES / f"{name}.webp").exists()]
    assert not without, f"run .venv/bin/python -m docs.nodes {' '.join(without)}"
    sizes = {path.stem: path.stat().st_size for path in PICTURES.iterdir()}
    assert set(sizes) == set(NAMES)
    assert max(sizes.values()) <= BYTES
    assert sum(sizes.values()) <= ALL_BYTES


def test_every_node_has_a_page_with_its_picture_and_example():
    for name in NAMES:
        assert (PAGES / f"{name}.md").exists(), "run .venv/bin/python docs/reference.py"
        page = (PAGES / f"{name}.md").read_text()
        assert f"](../../pictures/nodes/{name}.webp)" in page
        assert text_of(name).partition("\n")[2] in page
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(NAMES)


@pytest.mark.parametrize("name", ["blur", "beats"])
def test_a_picture_shows_what_the_node_does_today(tmp_path, name):
    drawn = draw(name, render(name, tmp_path, lambda given: make(given, tmp_path)))
    packed = io.BytesIO()
    drawn.save(packed, "WEBP", quality=82, method=6)
    now, then = Image.open(packed), Image.open(PICTURES / f"{name}.webp")
    assert now.size == then.size
    assert np.abs(np.asarray(now, int) - np.asarray(then, int)).mean() < 1
