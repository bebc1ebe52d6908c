"""Numbers that stand in lists of parameters, and follow something."""

from decimal import Decimal
from typing import Annotated

import pytest

from l1.dag.node import Node, Params, fraction
from l1.dag.planner import plan
from l1.dag.recipe_of_plan import recipe_of_plan
from l1.dag.recipe_schema import recipe_schema
from l1.dag.recipe_yaml import read_recipe
from l1.errors import Refused
from tests.dag.nodes import CLIP, INFOS, MEDIA, SONG
from tests.dag.schema_checking import fits
from tests.dag.test_binding import NODES, text
from tests.dag.test_recipe_schema import loaded


class Mark(Params):
    at: tuple[int | str, int | str] = (0, 0)
    size: Annotated[Decimal, fraction("Size", ge="0", le="2")] = Decimal(1)
    name: str = ""


class MarksParams(Params):
    marks: tuple[Mark, ...] = ()


MARKS = Node(
    name="marks", version=1, summary="", params=MarksParams, accepts=(MEDIA,),
    binds=("marks[].at[]", "marks[].size"),
)  # fmt: skip
WITH_MARKS = {**NODES, "marks": MARKS}


def marked(config):
    step = "  - {id: soft, type: MARKS, inputs: [clip], config: {marks: [%s]}}" % config  # noqa: UP031
    recipe = read_recipe(text(step), WITH_MARKS)
    return plan(recipe, {"clip": CLIP, "music": SONG}, INFOS, WITH_MARKS, "deterministic-1")


def test_a_number_in_a_list_is_named_by_its_path():
    curve = "{bind: music, feature: bass, range: [0, 2]}"
    made = marked("{name: a}, {at: [5, %s], size: %s}" % (curve, curve))  # noqa: UP031
    step = made.by_id["soft"]
    assert step.preimage.bound == {"marks.1.at.1": 1, "marks.1.size": 2}
    assert step.params == {"marks": [{"name": "a"}, {"at": [5, 0]}]}
    assert [ref.step for ref in step.inputs[1:]] == ["soft.marks.1.at.1", "soft.marks.1.size"]
    assert made.by_id["soft.marks.1.size"].key == made.by_id["soft.marks.1.at.1"].key
    again = recipe_of_plan(made, WITH_MARKS)
    assert plan(again, made.inputs, INFOS, WITH_MARKS, "deterministic-1") == made


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            "{size: {bind: music, feature: bass, range: [0, 3]}}",
            "4:105: steps.0.config.marks.0.size.range: marks.marks.0.size: Expected a number <= 2",
        ),
        (
            "{}, {at: [{bind: musik, feature: bass, range: [0, 3]}, 0]}",
            "4:79: steps.0.config.marks.1.at.0.bind: there is no 'musik'",
        ),
        (
            "{name: {bind: music}}",
            "4:61: steps.0.config.marks: marks.marks.0.name is no number",
        ),
    ],
)
def test_a_mistake_in_a_list_is_told_with_its_place(config, message):
    with pytest.raises(Refused) as caught:
        marked(config)
    assert caught.value.message.startswith(f"recipe.yaml:{message}")


def test_the_schema_knows_numbers_in_lists():
    schema = recipe_schema(WITH_MARKS)
    step = "  - {id: soft, type: MARKS, inputs: [clip], config: {marks: [%s]}}"
    curve = "{bind: music, feature: bass, range: [0, 2]}"
    fitting = "{at: [5, %s], size: %s}" % (curve, curve)  # noqa: UP031
    assert fits(loaded(text(step % fitting)), schema, schema)
    assert not fits(loaded(text(step % "{name: {bind: music}}")), schema, schema)
