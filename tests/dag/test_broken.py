"""Recipes with one mistake each: what is said of it, and where.

The first line of each file says it, as a comment.
"""

from pathlib import Path

import pytest

from l1.dag.recipe_yaml import read_recipe
from l1.effects.map import MAP
from l1.effects.segment_at import SEGMENT_AT
from l1.effects.source_list import SOURCE_LIST
from l1.errors import Refused
from tests.dag.formats import PINNED
from tests.dag.test_expand import MANY

CONTROL = {each.node.name: each.node for each in (MAP, SEGMENT_AT, SOURCE_LIST)}
NODES = {**PINNED, "collage": MANY}
ABOUT_LISTS = ("compound", "list", "map", "times")
FILES = sorted((Path(__file__).parent / "broken").glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_mistake_is_told_with_its_place(file):
    nodes = {**NODES, **CONTROL} if file.stem.startswith(ABOUT_LISTS) else NODES
    with pytest.raises(Refused) as caught:
        read_recipe(file.read_bytes(), nodes, file=file.name)
    expected = file.read_text().partition("\n")[0].removeprefix("# ")
    assert caught.value.message == f"{file.name}:{expected}"
    line, column = (int(number) for number in expected.split(":")[:2])
    assert (caught.value.facts["line"], caught.value.facts["column"]) == (line, column)
