"""Steps that stand for several."""

import msgspec
import pytest

from l1.dag.bad_recipe import BadRecipe
from l1.dag.expand import expand
from l1.dag.node import Node, Params
from l1.dag.planner import plan
from l1.dag.recipe import Recipe, RecipeInput, RecipeStep
from l1.dag.recipe_of_plan import recipe_of_plan
from l1.dag.recipe_yaml import read_recipe
from l1.errors import Refused
from tests.dag.nodes import CLIP, INFOS, NODES, SONG, NoParams, one


class CollageParams(Params):
    copies: int = 2


def collage(step, params, steps):
    """As many blurred copies of the first input, in a sequence: all the ways a part is named."""
    if params.copies < 1:
        raise Refused("at least one copy", field="copies")
    parts = tuple(
        RecipeStep(
            id=f"{step.id}.{i}", type="blur", config={"radius": i % 50 + 1}, inputs=step.inputs
        )
        for i in range(params.copies)
    )
    joined = RecipeStep(id=step.id, type="COLLAGE", inputs=tuple(part.id for part in parts))
    return (*parts, joined)


MANY = Node(
    name="collage",
    version=1,
    summary="",
    params=CollageParams,
    accepts=(one("video", "image"),),
    many=True,
    expand=collage,
)
LED = Node(name="led", version=1, summary="", params=NoParams, accepts=(one("video"),))
HERE = {**NODES, "collage": MANY}


def recipe(*steps, inputs=("v",), output=None, optional=()):
    known = {name: RecipeInput(optional=name in optional) for name in inputs}
    return Recipe(name="r", inputs=known, steps=steps, output=output or steps[-1].id)


def step(id_, type_, *inputs, **config):
    return RecipeStep(id=id_, type=type_, inputs=inputs, config=config)


def planned(made, nodes=HERE, **inputs):
    return plan(made, inputs or {"v": CLIP}, INFOS, nodes, "deterministic-1")


def test_a_step_is_written_out_as_its_parts_and_the_last_keeps_its_name():
    made = planned(recipe(step("c", "COLLAGE", "v"), step("d", "DOG", "c")))
    assert [(s.id, s.node, s.level) for s in made.steps] == [
        ("c.0", "blur", 0),
        ("c.1", "blur", 0),
        ("c", "collage", 1),
        ("d", "dog", 2),
    ]
    assert made.by_id["c"].params == {}
    assert made.by_id["c.1"].params == {}
    assert made.by_id["c.0"].params == {"radius": 1}


def test_a_step_of_an_effect_is_written_out_as_the_node_s_own_is():
    by_effect = planned(recipe(step("c", "EFFECT", "v", effect="collage", params={"copies": 3})))
    by_type = planned(recipe(step("c", "Collage", "v", copies="3")))
    assert by_effect == by_type
    assert len(by_type.steps) == 4


def test_parts_that_another_step_has_too_are_one_piece_of_work():
    made = planned(recipe(step("c", "COLLAGE", "v"), step("b", "BLUR", "v", radius=1), output="c"))
    assert made.by_id["b"].key == made.by_id["c.0"].key


def test_what_another_step_is_can_be_seen_as_its_node_wants_it():
    seen = {}

    def look(step, _params, steps):
        seen.update(steps)
        return (step,)

    nodes = {**NODES, "led": msgspec.structs.replace(LED, expand=look)}
    source, blur = step("s", "source", input="v"), step("b", "EFFECT", "s", effect="blur", mask="1")
    expand(recipe(source, blur, step("l", "LED", "b")), nodes)
    assert seen["s"] == source
    assert seen["b"] == step("b", "BLUR", "s", mask=True)


def test_inputs_that_are_left_out_are_left_out_before():
    nodes = {**NODES, "led": msgspec.structs.replace(LED, many=True, expand=collage_of_inputs)}
    steps = (step("m", "SOURCE", "w"), step("l", "LED", "v", "m", "w"))
    made = planned(recipe(*steps, inputs=("v", "w"), optional=("w",)), nodes, v=CLIP)
    assert [s.id for s in made.steps] == ["l.0", "l"]


def collage_of_inputs(step, _params, _steps):
    parts = [
        RecipeStep(id=f"{step.id}.{i}", type="DOG", inputs=(name,))
        for i, name in enumerate(step.inputs)
    ]
    return (*parts, RecipeStep(id=step.id, type="LED", inputs=tuple(p.id for p in parts)))


def test_a_plan_that_comes_back_is_not_written_out_again():
    made = planned(recipe(step("c", "COLLAGE", "v")))
    again = recipe_of_plan(made, HERE)
    assert planned(again) == made


def test_a_recipe_is_kept_as_it_was_written():
    kept = recipe(step("c", "COLLAGE", "v"))
    assert b"expanded" not in msgspec.json.encode(kept)
    again = msgspec.json.decode(msgspec.json.encode(kept), type=Recipe)
    assert planned(again) == planned(kept)


def test_a_step_called_as_a_part_is_refused():
    with pytest.raises(BadRecipe, match=r"steps.1.id: 'c' has a part 'c.0', and something else"):
        planned(recipe(step("c.0", "DOG", "v"), step("c", "COLLAGE", "v")))
    with pytest.raises(BadRecipe, match=r"'c' has a part 'c.1'"):
        planned(recipe(step("c", "COLLAGE", "v"), inputs=("v", "c.1")), v=CLIP, **{"c.1": SONG})


def test_what_cannot_be_written_out_is_refused_where_it_is_written():
    text = """\
name: r
inputs: [v]
steps:
  - id: c
    type: EFFECT
    inputs: [v]
    config:
      effect: collage
      params: {copies: %s}
output: c
"""
    with pytest.raises(Refused) as caught:
        read_recipe((text % 0).encode(), HERE)
    assert (
        caught.value.message == "recipe.yaml:9:24: steps.0.config.params.copies: at least one copy"
    )
    with pytest.raises(Refused) as caught:
        read_recipe((text % 10_000).encode(), HERE)
    assert caught.value.message == (
        "recipe.yaml:4:5: steps.0: more than 10000 steps once nodes are written out"
    )


def test_a_part_s_node_that_is_not_installed_is_named():
    without = {name: node for name, node in HERE.items() if name != "blur"}
    with pytest.raises(BadRecipe, match=r"steps.0.type: there is no node type 'blur'"):
        planned(recipe(step("c", "COLLAGE", "v")), without)


@pytest.mark.parametrize(("alias", "name"), [("TRIM", "SEGMENT"), ("concat", "SEQUENCE")])
def test_a_second_name_of_a_node_type_is_the_same_work(alias, name):
    config = {"start": 1} if name == "SEGMENT" else {}
    one = planned(recipe(step("s", alias, "v", **config)))
    other = planned(recipe(step("s", name, "v", **config)))
    assert one == other


def test_a_second_name_is_suggested():
    with pytest.raises(BadRecipe, match="did you mean 'CONCAT'"):
        planned(recipe(step("s", "CONCATE", "v")))
