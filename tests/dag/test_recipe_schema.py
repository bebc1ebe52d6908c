"""The JSON Schema of recipes: takes what is read, and what it refuses is refused."""

import json
from pathlib import Path

import pytest
import yaml

from l1.dag.recipe_schema import recipe_schema
from tests.dag.formats import MY_EFFECT, PINNED, WITH_DAG, WITH_NODES, WITH_STEPS
from tests.dag.nodes import BEAT_SYNC
from tests.dag.schema_checking import fits
from tests.dag.test_format_nodes import DECLARED, LISTED, MAPPED

SCHEMA = recipe_schema(PINNED)
BROKEN = Path(__file__).parent / "broken"
SEEN = [
    "misspelt_key",
    "misspelt_steps",
    "misspelt_parameter",
    "parameter_out_of_range",
    "unknown_type",
    "parameter_of_another_type",
    "enum_value",
    "unknown_kind",
    "missing_name",
    "missing_output",
    "missing_type",
    "flag_is_a_word",
    "step_is_a_word",
    "default_is_no_content",
    "unknown_effect",
    "effect_without_a_name",
    "effect_hash_is_a_placeholder",
    "asset_hash_is_a_placeholder",
    "source_path",
    "registry_of_recipes",
    "dag_is_empty",
    "dag_without_nodes",
    "a_list",
]


def loaded(text):
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def fitting(text):
    return fits(loaded(text), SCHEMA, SCHEMA)


@pytest.mark.parametrize(
    "text", [MY_EFFECT, WITH_DAG, WITH_NODES, WITH_STEPS, BEAT_SYNC, LISTED, MAPPED, DECLARED]
)
def test_recipes_of_each_format_fit(text):
    assert fitting(text)


def test_an_effect_by_others_is_named_by_its_content():
    cid = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
    step = (
        "name: a\ninputs: [b]\nsteps: [{id: c, type: EFFECT, inputs: [b], config: %s}]\noutput: c"
    )
    assert fitting(step % f"{{cid: {cid}, amount: 2}}")
    assert fitting(step % f"{{effect: glow, hash: {'a' * 64}, params: {{amount: 2}}}}")
    assert not fitting(step % "{effect: glow, amount: 2}")
    assert not fitting(step % "{cid: here}")


@pytest.mark.parametrize("name", SEEN)
def test_what_is_wrong_with_one_value_by_itself_is_seen(name):
    assert not fitting((BROKEN / f"{name}.yaml").read_bytes())


def test_parameters_are_described_with_range_and_default():
    radius = SCHEMA["$defs"]["BlurParams"]["properties"]["radius"]
    assert radius == {
        "type": "integer",
        "minimum": 1,
        "maximum": 50,
        "default": 2,
        "description": "Pixels",
    }
    strength = SCHEMA["$defs"]["BlurParams"]["properties"]["strength"]
    assert strength == {
        "type": ["number", "string"],
        "minimum": 0.0,
        "maximum": 1.0,
        "default": 0.5,
        "description": "How much",
    }


def test_fractions_in_lists_are_numbers_too():
    gains = SCHEMA["$defs"]["MixParams"]["properties"]["gains"]
    assert gains["items"] == {"type": ["number", "string"]}


def test_node_types_are_taken_in_any_case_and_by_their_second_names():
    for type_ in ("Blur", "blur", "EFFECT", "Concat", "TRIM"):
        config = {"EFFECT": "{effect: blur, radius: 3}", "TRIM": "{start: 1}"}.get(type_, "{}")
        step = f"{{id: s, type: {type_}, inputs: [v], config: {config}}}"
        assert fitting(f"name: n\ninputs: [v]\nsteps: [{step}]\noutput: s")


def test_it_is_json():
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
