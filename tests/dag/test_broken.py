"""Recipes with one mistake each: what is said of it, and where.

The first line of each file says it, as a comment.
"""

from pathlib import Path

import pytest

from l1.dag.recipe_yaml import read_recipe
from l1.errors import Refused
from tests.dag.formats import PINNED
from tests.dag.test_expand import MANY

NODES = {**PINNED, "collage": MANY}
FILES = sorted((Path(__file__).parent / "broken").glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_mistake_is_told_with_its_place(file):
    with pytest.raises(Refused) as caught:
        read_recipe(file.read_bytes(), NODES, file=file.name)
    expected = file.read_text().partition("\n")[0].removeprefix("# ")
    assert caught.value.message == f"{file.name}:{expected}"
    line, column = (int(number) for number in expected.split(":")[:2])
    assert (caught.value.facts["line"], caught.value.facts["column"]) == (line, column)
