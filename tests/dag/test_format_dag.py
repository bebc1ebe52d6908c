"""Recipes of a registry and a dag."""

import msgspec
import pytest

from l1.dag.planner import plan
from l1.dag.recipe import Recipe, RecipeInput, RecipeStep
from l1.dag.recipe_yaml import read_recipe
from l1.errors import Refused
from tests.dag.formats import (
    CODE,
    KNOWN,
    MY_EFFECT,
    OTHER,
    PICTURE,
    PICTURE_HASH,
    PINNED,
    WITH_DAG,
    WITH_NODES,
    WITH_STEPS,
)
from tests.dag.nodes import CAT, CLIP, SONG


def refusal(text, nodes=PINNED):
    with pytest.raises(Refused) as caught:
        read_recipe(text.encode(), nodes)
    return caught.value


def planned(text, **inputs):
    return plan(read_recipe(text.encode(), PINNED), inputs, KNOWN, PINNED, "deterministic-1")


def test_the_documented_recipe_is_read():
    assert read_recipe(MY_EFFECT.encode(), PINNED) == Recipe(
        name="my-effect",
        version="1.0",
        description="Apply effect to user image",
        inputs={"input_image": RecipeInput()},
        steps=(
            RecipeStep(
                id="apply_dog", type="EFFECT", config={"effect": "dog"}, inputs=("input_image",)
            ),
        ),
        output="apply_dog",
        effects={"dog": CODE},
    )


def test_it_means_what_the_effect_s_name_alone_means():
    by_name = plan(Recipe.of_effect("dog"), {"input": CAT}, KNOWN, PINNED, "deterministic-1")
    assert planned(MY_EFFECT, input_image=CAT).run_key == by_name.run_key


def test_an_effect_pinned_to_other_code_is_refused_naming_both():
    error = refusal(MY_EFFECT.replace(CODE, OTHER))
    assert error.message == (
        f"recipe.yaml:8:13: registry.effects.dog.hash: the recipe is for the effect 'dog' with "
        f"hash {OTHER}; the one installed has {CODE}: install that version, or write its hash here"
    )
    assert error.code == "other_effect"


def test_an_effect_that_changed_since_the_recipe_was_read_is_refused():
    recipe = read_recipe(MY_EFFECT.encode(), PINNED)
    newer = {**PINNED, "dog": msgspec.structs.replace(PINNED["dog"], code=OTHER)}
    with pytest.raises(Refused, match=OTHER) as caught:
        plan(recipe, {"input_image": CAT}, KNOWN, newer, "deterministic-1")
    assert caught.value.code == "other_effect"


def test_a_placeholder_is_called_one():
    error = refusal(MY_EFFECT.replace(CODE, "abc123..."))
    assert error.message.startswith(
        "recipe.yaml:8:13: registry.effects.dog.hash: 'abc123...' is no hash of an effect's code: "
        "give the 64 hex digits"
    )
    error = refusal(WITH_DAG.replace(f"{{cid: {PICTURE}, url", '{hash: "abc123...", url'))
    assert error.message.startswith(
        "recipe.yaml:4:18: registry.assets.sign.hash: 'abc123...' names no content"
    )


def test_an_effect_may_be_named_without_a_pin():
    for written in (
        f'\n      hash: "{CODE}"',
        f" {CODE.upper()}",
        "",
        " {url: https://example.org}",
    ):
        text = MY_EFFECT.replace(f'\n      hash: "{CODE}"', written)
        assert planned(text, input_image=CAT) == planned(MY_EFFECT, input_image=CAT)


@pytest.mark.parametrize("text", [WITH_DAG, WITH_NODES, WITH_STEPS])
def test_one_recipe_has_equal_keys_in_each_format(text):
    first = planned(WITH_STEPS, song=SONG, **{"The clip": CLIP})
    other = planned(text, song=SONG, **{"The clip": CLIP})
    assert [s.key for s in other.steps] == [s.key for s in first.steps]
    assert (other.plan_id, other.run_key) == (first.plan_id, first.run_key)
    assert read_recipe(text.encode()).inputs["sign"].default == PICTURE


@pytest.mark.parametrize("name", [PICTURE, PICTURE_HASH, PICTURE_HASH.upper()])
def test_an_asset_is_named_by_hash_or_cid_in_a_map_or_alone(name):
    for written in (f"{{hash: {name}}}", f"{{cid: {name}}}", f"'{name}'"):
        text = WITH_DAG.replace(f'{{cid: {PICTURE}, url: "https://example.org/sign.png"}}', written)
        default = read_recipe(text.encode(), PINNED).inputs["sign"].default
        assert default == (name if name == PICTURE else PICTURE_HASH)


def test_slots_may_stand_in_any_order():
    swapped = WITH_DAG.replace("{audio: song, video: all}", "{video: [all], audio: [song]}")
    swapped = swapped.replace("{mark: mark, media: [soft]}", "{media: soft, mark: mark}")
    given = {"song": SONG, "The clip": CLIP}
    assert planned(swapped, **given) == planned(WITH_DAG, **given)


def test_a_source_without_a_name_is_called_as_its_node_is():
    text = MY_EFFECT.replace('        name: "input_image"\n', "")
    assert list(read_recipe(text.encode(), PINNED).inputs) == ["user_image"]


def test_a_source_says_more_of_its_input():
    text = MY_EFFECT.replace(
        "        input: true ",
        f"        type: [image, video]\n        description: Yours\n        optional: true\n"
        f"        default: {PICTURE}\n        input: true ",
    )
    assert read_recipe(text.encode()).inputs["input_image"] == RecipeInput(
        kinds=("image", "video"), description="Yours", optional=True, default=PICTURE
    )


def test_content_can_be_fixed_in_a_source():
    text = MY_EFFECT.replace("input: true ", f"cid: {PICTURE} ")
    assert read_recipe(text.encode()).inputs["input_image"].default == PICTURE


def test_a_missing_input_is_named():
    with pytest.raises(Refused, match="needs the input 'input_image'") as caught:
        planned(MY_EFFECT)
    assert caught.value.code == "missing_input"
