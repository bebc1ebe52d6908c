"""Each recipe that comes along is told of in docs/recipes.md, with its command and a picture."""

import re
import shlex
from pathlib import Path

import pytest
from PIL import Image

from docs.gallery.__main__ import BYTES, PICTURES
from docs.gallery.hands import HANDED, WRITERS
from l1 import compose
from l1.dag.recipe_yaml import read_recipe
from l1.recipes import shipped

GUIDE = (Path(__file__).parent.parent.parent / "docs" / "recipes.md").read_text()
LIBRARY = GUIDE[GUIDE.index("## Recipes that come along") :]
NODES = compose.nodes()


def takes(name):
    """Name what a recipe takes, and what of it has to be given."""
    inputs = read_recipe(shipped()[name], NODES).inputs
    return set(inputs), {each for each, it in inputs.items() if not it.optional}


@pytest.mark.parametrize("name", shipped())
def test_its_command_gives_all_that_it_needs(name):
    (entry,) = re.findall(rf"### {name}\n(.*?)(?=\n##|$)", LIBRARY, re.DOTALL)
    (command,) = re.findall(r"^\./artdag run .*", entry, re.MULTILINE)
    words = shlex.split(command)
    assert words[2] == name
    given = {word.partition("=")[0] for at, word in enumerate(words) if words[at - 1] == "-i"}
    known, needed = takes(name)
    assert needed <= given <= known
    assert f"](pictures/recipes/{name}.webp)" in entry


@pytest.mark.parametrize("name", shipped())
def test_its_picture_is_small_and_made_of_what_it_takes(name):
    path = PICTURES / f"{name}.webp"
    assert path.stat().st_size <= BYTES
    with Image.open(path) as picture:
        assert picture.width >= 320
    known, needed = takes(name)
    assert needed <= set(HANDED[name]) <= known
    assert set(HANDED[name].values()) <= {*WRITERS, "with-sound"}


@pytest.mark.parametrize("name", shipped())
def test_it_says_what_its_inputs_are(name):
    recipe = read_recipe(shipped()[name], NODES)
    assert recipe.description
    if name != "my-effect":
        assert all(each.description and each.kinds for each in recipe.inputs.values())
