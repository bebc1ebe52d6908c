"""Recipes that name an effect by its content."""

import pytest

from l1.content.cid import Cid
from l1.content.media_info import MediaInfo
from l1.dag.effect_file import read_effect
from l1.dag.foreign import ForeignParams, codes_of, contents_by_name, with_effects
from l1.dag.node import Node, Params
from l1.dag.planner import plan
from l1.dag.recipe_of_plan import recipe_of_plan
from l1.dag.recipe_yaml import read_recipe
from l1.dag.resolve import contents_of, with_cids
from l1.errors import Refused

ONE = Cid("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku")
OTHER = Cid("bafkreiekgmp53zydf4z2ohq3fysx3aawny2i4ah4wf4rj5el3nl2drrqa4")
FILM = Cid("bafkreigfdabae25kgs55enn6utvpbhcswh7th4tsx6tuj7tk7ywzfx7wsq")
HASH = "a" * 64
ANY = frozenset({"video", "audio", "image", "text", "data"})
NODES = {
    "foreign": Node(
        name="foreign", version=1, summary="", params=ForeignParams, accepts=(ANY,), many=True
    ),
    "dog": Node(
        name="dog", version=1, summary="", params=Params, accepts=(ANY,), gives=ANY, code="d" * 64
    ),
}
GLOW = read_effect(
    b'"""\n@effect glow\n@param amount float (@range 0 4, @default 1)\n"""\n'
    b"def process_frame(frame, params, state): ..."
)
INFOS = {
    FILM: MediaInfo(kind="video", media_type="video/mp4"),
    ONE: MediaInfo(kind="text", media_type="text/plain"),
    OTHER: MediaInfo(kind="text", media_type="text/plain"),
}


def written(config, *, inputs="[film]", more=""):
    return f"""
name: lit
inputs: {{film: video}}
steps:
  - {{id: lit, type: EFFECT, config: {config}, inputs: {inputs}}}
output: lit
{more}"""


def registered(registry, config):
    return f"""
name: lit
registry: {{effects: {registry}}}
dag:
  nodes:
    - {{id: film, type: SOURCE, config: {{input: true, type: video}}}}
    - {{id: lit, type: EFFECT, config: {config}, inputs: [film]}}
  output: lit
"""


def read(text, nodes=NODES):
    return read_recipe(text.encode(), nodes)


def planned(text, file=GLOW):
    recipe = with_cids(read(text), {HASH: ONE})
    codes = codes_of(recipe)
    nodes = with_effects(NODES, dict.fromkeys(codes, file))
    return plan(recipe, {"film": FILM}, INFOS, nodes, "test")


def refusal(call, *given):
    with pytest.raises(Refused) as refused:
        call(*given)
    return refused.value.message


def test_the_code_is_among_what_a_run_reads_and_the_last_input_of_the_step():
    recipe = read(written(f"{{effect: glow, cid: {ONE}, amount: 2}}"))
    assert contents_of(recipe, {"film": FILM}) == {FILM, ONE}
    (step,) = planned(written(f"{{effect: glow, cid: {ONE}, amount: 2}}")).steps
    assert (step.node, [ref.cid for ref in step.inputs]) == ("foreign", [FILM, ONE])
    assert step.params == {"params": {"amount": "2"}}


def test_all_ways_of_naming_the_same_code_have_one_key():
    texts = [
        written(f"{{effect: glow, cid: {ONE}, amount: 2}}"),
        written(f"{{effect: anything, cid: {ONE}, params: {{amount: 2.0}}}}"),
        written(f"{{cid: {ONE}, amount: '2'}}"),
        written(f"{{effect: glow, hash: {HASH}, amount: 2}}"),
        registered(f"{{glow: {HASH}}}", "{effect: glow, amount: 2}"),
        registered(f"{{glow: {{hash: {HASH}}}}}", "{effect: glow, amount: 2}"),
        registered(f"{{glow: {{cid: {ONE}}}}}", "{effect: glow, amount: 2}"),
    ]
    assert len({planned(text).steps[0].key for text in texts}) == 1


def test_other_code_and_other_parameters_have_other_keys_and_a_default_has_none():
    keys = [
        planned(written(config)).steps[0].key
        for config in (
            f"{{cid: {ONE}}}",
            f"{{cid: {ONE}, amount: 1}}",
            f"{{cid: {OTHER}}}",
            f"{{cid: {ONE}, amount: 3}}",
        )
    ]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_parameters_are_checked_where_they_are_written():
    text = written(f"{{cid: {ONE}, amount: 5}}")
    nodes = with_effects(NODES, {"lit.code": GLOW})
    assert "Expected a number <= 4" in refusal(read, text, nodes)
    with pytest.raises(Refused) as refused:
        read(text, nodes)
    assert refused.value.facts["line"] == 5
    message = refusal(read, written(f"{{cid: {ONE}, amuont: 5}}"), nodes)
    assert "glow has no parameter 'amuont'; did you mean 'amount'" in message
    assert "takes 1 input, 2 given" in refusal(
        read, written(f"{{cid: {ONE}}}", inputs="[film, film]"), nodes
    )


def test_the_hash_of_an_installed_effect_is_a_pin():
    same = written(f"{{effect: dog, hash: {'d' * 64}}}")
    assert planned(same).steps[0].key == planned(written("{effect: dog}")).steps[0].key
    message = refusal(read, written(f"{{effect: dog, hash: {HASH}}}"))
    assert HASH in message
    assert "d" * 64 in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (written(f"{{cid: {ONE}, hash: {HASH}}}"), "not by both"),
        (written("{cid: here}"), "names no content"),
        (written(f"{{cid: {ONE}, a: 1, params: {{a: 1}}}}"), "'a' is given twice"),
        (written("{effect: glow}"), "there is no effect 'glow'"),
        (registered(f"{{glow: {HASH}}}", "{effect: dog}"), "there is no effect 'glow'"),
    ],
)
def test_what_names_no_effect_is_refused(text, said):
    assert said in refusal(read, text)


def test_a_plan_that_comes_back_means_the_same():
    made = planned(written(f"{{cid: {ONE}, amount: 2}}"))
    again = recipe_of_plan(made, NODES)
    assert set(codes_of(again).values()) == {ONE}
    assert plan(again, {}, INFOS, NODES, "test").steps[0].key == made.steps[0].key


def test_code_may_be_an_input_and_is_then_what_the_run_is_given():
    text = """
name: lit
inputs: {film: video, code: text}
steps:
  - {id: lit, type: FOREIGN, inputs: [film, code], config: {params: {amount: 2}}}
output: lit
"""
    recipe = read(text)
    assert codes_of(recipe) == {}
    assert contents_by_name(recipe, {"code": ONE}) == {"code": ONE}
