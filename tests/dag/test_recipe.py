"""A recipe as a value, and how a run's inputs are matched to it."""

import pytest

from l1.dag.bad_recipe import BadRecipe
from l1.dag.recipe import Recipe, RecipeInput, RecipeStep
from l1.dag.recipe_check import check
from l1.dag.recipe_yaml import read_recipe
from l1.dag.resolve import contents_of
from l1.errors import Refused
from tests.dag.nodes import BEAT_SYNC, CAT, CLIP, NODES, SONG

SYNC = read_recipe(BEAT_SYNC)
MIXED = Recipe(
    name="mixed",
    inputs={
        "fixed": RecipeInput(default=CAT),
        "video": RecipeInput(kinds=("video",)),
        "extra": RecipeInput(optional=True),
    },
    steps=(RecipeStep(id="s", type="SEQUENCE", inputs=("fixed", "video", "extra")),),
    output="s",
)


def test_an_effect_s_name_alone_is_a_recipe():
    recipe = Recipe.of_effect("dog")
    assert list(recipe.inputs) == ["input"]
    assert recipe.steps == (
        RecipeStep(id="dog", type="EFFECT", config={"effect": "dog"}, inputs=("input",)),
    )
    check(recipe, NODES)


def test_an_effect_called_input_is_a_recipe_too():
    check(Recipe.of_effect("input"))


def test_an_effect_can_be_given_parameters():
    recipe = Recipe.of_effect("blur", {"radius": 3})
    assert recipe.steps[0].config == {"effect": "blur", "params": {"radius": 3}}


def test_an_unknown_effect_is_refused_when_checked():
    with pytest.raises(BadRecipe, match="there is no effect 'dogg'; did you mean 'dog'"):
        check(Recipe.of_effect("dogg"), NODES)


def test_inputs_are_matched_by_name_or_in_order():
    assert SYNC.bind({"audio": SONG, "video": CLIP}) == {"video": CLIP, "audio": SONG}
    assert SYNC.bind([CLIP, SONG]) == {"video": CLIP, "audio": SONG}


def test_fixed_inputs_fill_in_and_can_be_replaced():
    assert MIXED.bind([CLIP]) == {"fixed": CAT, "video": CLIP}
    assert MIXED.bind({"video": CLIP, "fixed": SONG}) == {"fixed": SONG, "video": CLIP}
    assert MIXED.bind([CLIP, SONG, CAT]) == {"video": CLIP, "extra": SONG, "fixed": CAT}


def test_a_missing_input_is_named():
    with pytest.raises(Refused) as caught:
        SYNC.bind({"video": CLIP})
    assert caught.value.code == "missing_input"
    assert caught.value.facts["inputs"] == ["audio"]
    assert caught.value.message == (
        "recipe 'beat-sync' needs the input 'audio' (audio): give a CID or content hash for it"
    )


def test_an_unknown_input_is_answered_with_the_nearest():
    with pytest.raises(Refused, match="no input 'vidoe'; did you mean 'video'") as caught:
        SYNC.bind({"vidoe": CLIP})
    assert caught.value.code == "unknown_input"


def test_too_many_inputs_are_refused():
    with pytest.raises(Refused, match="takes 2 inputs, 3 were given"):
        SYNC.bind([CLIP, SONG, CAT])


def test_all_content_a_run_reads_is_known_before_planning():
    recipe = Recipe(
        name="r",
        inputs={"v": RecipeInput()},
        steps=(
            RecipeStep(id="fixed", type="SOURCE", config={"cid": CAT}),
            RecipeStep(id="given", type="source", inputs=("v",)),
            RecipeStep(id="o", type="SEQUENCE", inputs=("fixed", "given")),
        ),
        output="o",
    )
    assert contents_of(recipe, recipe.bind([CLIP])) == {CAT, CLIP}


def test_an_effect_s_parameters_stand_in_one_place():
    def step(config):
        return Recipe(
            name="r",
            inputs={"v": RecipeInput()},
            steps=(RecipeStep(id="b", type="EFFECT", config=config, inputs=("v",)),),
            output="b",
        )

    check(step({"effect": "blur", "radius": 3, "params": {"mask": True}}), NODES)
    with pytest.raises(BadRecipe, match=r"steps.0.config.*'radius' is given twice"):
        check(step({"effect": "blur", "radius": 3, "params": {"radius": 4}}), NODES)
    with pytest.raises(BadRecipe, match="`params` is a map"):
        check(step({"effect": "blur", "params": [1]}), NODES)
