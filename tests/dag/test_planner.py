"""Planning: from a recipe and its inputs to steps under their keys."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.dag.plan import Plan, Ref
from l1.dag.planner import plan
from l1.dag.recipe import Recipe, RecipeInput, RecipeStep
from l1.dag.recipe_of_plan import recipe_of_plan
from l1.dag.recipe_yaml import read_recipe
from l1.errors import Refused, Unavailable
from tests.dag.nodes import BEAT_SYNC, BROKEN, CAT, CLIP, INFOS, NODES, POEM, SONG

PROFILE = "deterministic-1"


def planned(recipe, nodes=NODES, cluster_key="", **inputs):
    return plan(recipe, inputs, INFOS, nodes, PROFILE, cluster_key)


def replanned(made, cluster_key=""):
    again = recipe_of_plan(made, NODES)
    return plan(again, made.inputs, INFOS, NODES, PROFILE, cluster_key)


def recipe(*steps, inputs=("v",), output=None):
    return Recipe(
        name="r",
        inputs={name: RecipeInput() for name in inputs},
        steps=steps,
        output=output or steps[-1].id,
    )


def step(id_, type_, *inputs, **config):
    return RecipeStep(id=id_, type=type_, inputs=inputs, config=config)


def refusal(*args, **kwargs):
    with pytest.raises(Refused) as caught:
        planned(*args, **kwargs)
    return caught.value


def test_the_documented_recipe_is_planned():
    made = planned(read_recipe(BEAT_SYNC), video=CLIP, audio=SONG)
    analyze, sync = made.steps
    assert (analyze.node, analyze.level, analyze.params) == (
        "analyze",
        0,
        {"features": ["beats", "energy"]},
    )
    assert (sync.node, sync.version, sync.level, sync.timeout_s) == ("beat_sync", 2, 1, 60)
    assert sync.params == {}
    assert made.output == "sync_video"
    assert made.contents == {CLIP, SONG}


def test_a_node_led_by_an_analysis_is_handed_what_was_analysed():
    sync = planned(read_recipe(BEAT_SYNC), video=CLIP, audio=SONG).by_id["sync_video"]
    assert sync.inputs == (Ref(cid=CLIP), Ref(step="analyze_audio"), Ref(cid=SONG))
    assert sync.follows == ("analyze_audio",)


def test_an_effect_s_name_alone_is_planned():
    (dog,) = planned(Recipe.of_effect("dog"), input=CAT).steps
    assert dog.preimage.plain() == {
        "key_version": 1,
        "node": "dog",
        "version": 1,
        "params": {},
        "inputs": (CAT,),
        "profile": PROFILE,
    }


def test_an_effect_and_its_node_type_are_the_same_work():
    (by_effect,) = planned(recipe(step("b", "EFFECT", "v", effect="blur", radius=3)), v=CLIP).steps
    (in_params,) = planned(
        recipe(step("b", "effect", "v", effect="blur", params={"radius": 3})), v=CLIP
    ).steps
    (by_type,) = planned(recipe(step("b", "Blur", "v", radius="3")), v=CLIP).steps
    assert by_effect.key == in_params.key == by_type.key


def test_sources_become_the_content_they_stand_for():
    made = planned(
        recipe(
            step("a", "SOURCE", input="v"),
            step("b", "SOURCE", cid=CAT),
            step("c", "SOURCE", "v"),
            step("out", "SEQUENCE", "a", "b", "c", "v"),
        ),
        v=CLIP,
    )
    assert [ref.cid for ref in made.by_id["out"].inputs] == [CLIP, CAT, CLIP, CLIP]
    assert len(made.steps) == 1


def test_swapping_inputs_changes_the_key():
    for type_ in ("SEQUENCE",):
        one = planned(recipe(step("s", type_, "a", "b"), inputs=("a", "b")), a=CLIP, b=CAT)
        other = planned(recipe(step("s", type_, "b", "a"), inputs=("a", "b")), a=CLIP, b=CAT)
        assert one.steps[0].key != other.steps[0].key
        assert one.run_key != other.run_key


def test_a_new_version_of_a_node_changes_every_key_that_follows():
    chain = recipe(step("a", "DOG", "v"), step("b", "BLUR", "a"), step("c", "DOG", "v"))
    newer = dict(NODES) | {"blur": msgspec.structs.replace(NODES["blur"], version=4)}
    chain = recipe(*chain.steps[:2], step("d", "IDENTITY", "b"), output="d")
    old, new = planned(chain, v=CLIP), planned(chain, newer, v=CLIP)
    same = {id_ for id_ in "abd" if old.by_id[id_].key == new.by_id[id_].key}
    assert same == {"a"}


def test_a_cluster_key_separates_all_keys():
    made = [planned(Recipe.of_effect("dog"), cluster_key=key, input=CAT) for key in ("", "x", "y")]
    assert len({one.run_key for one in made}) == 3


# Refusals


def test_a_missing_input_is_named():
    assert refusal(read_recipe(BEAT_SYNC), video=CLIP).code == "missing_input"


def test_an_input_of_the_wrong_kind_is_named():
    error = refusal(read_recipe(BEAT_SYNC), video=POEM, audio=SONG)
    assert error.message == "input 'video' takes video; bafkreipoem is text"


def test_a_video_with_sound_serves_as_audio():
    assert planned(read_recipe(BEAT_SYNC), video=CLIP, audio=CLIP).output == "sync_video"


def test_an_unusable_input_is_refused_with_what_the_probe_said():
    error = refusal(Recipe.of_effect("dog"), input=BROKEN)
    assert error.message == (
        "input 'input': bafkreibroken: it cannot be used: no frame could be decoded"
    )


def test_content_that_is_not_probed_yet_can_be_planned_later():
    with pytest.raises(Unavailable, match="not been probed yet"):
        planned(Recipe.of_effect("dog"), input="bafkreinew")


def test_a_node_refuses_kinds_it_does_not_accept():
    error = refusal(Recipe.of_effect("dog"), input=SONG)
    assert error.message == "step 'dog': input 1 of dog takes image or video; bafkreisong is audio"
    chain = recipe(step("a", "ANALYZE", "v"), step("b", "BLUR", "a"))
    assert refusal(chain, v=CLIP).message == (
        "step 'b': input 1 of blur takes image or video; step 'a' is data"
    )


@pytest.mark.parametrize(
    ("type_", "inputs", "said"),
    [
        ("MUX", ("v",), "mux takes 2 inputs, 1 given"),
        ("BLUR", (), "blur takes 1 input, 0 given"),
        ("BLUR", ("v", "v"), "blur takes 1 input, 2 given"),
        ("SEQUENCE", (), "sequence takes 1 input or more, 0 given"),
        ("WATERMARK", (), "watermark takes 1 to 2 inputs, 0 given"),
    ],
)
def test_a_wrong_number_of_inputs_is_named(type_, inputs, said):
    assert said in refusal(recipe(step("s", type_, *inputs)), v=CLIP).message


def test_a_bad_parameter_is_named_with_its_step():
    error = refusal(recipe(step("soft", "BLUR", "v", radius=0)), v=CLIP)
    assert error.message == (
        "steps.0.config.radius: blur.radius: Expected `int` >= 1 (a whole number from 1 to 50; default 2)"
    )


def test_an_unknown_type_is_answered_with_the_nearest():
    assert "did you mean 'BLUR'?" in refusal(recipe(step("s", "BLURR", "v")), v=CLIP).message


def test_the_output_must_be_a_step_that_works():
    error = refusal(recipe(step("s", "SOURCE", "v")), v=CLIP)
    assert "output: 's' is an input" in error.message


def test_optional_inputs_may_be_left_out_at_the_end():
    inputs = {"v": RecipeInput(), "mark": RecipeInput(optional=True)}

    def made(*names, type_="WATERMARK"):
        steps = (step("m", "SOURCE", "mark"), step("w", type_, *names))
        return planned(Recipe(name="r", inputs=inputs, steps=steps, output="w"), v=CLIP)

    assert made("v", "mark").steps[0].inputs == (Ref(cid=CLIP),)
    assert made("v", "m").steps[0].inputs == (Ref(cid=CLIP),)
    assert made("mark", "v", type_="SEQUENCE").steps[0].inputs == (Ref(cid=CLIP),)
    with pytest.raises(Refused, match="comes last"):
        made("mark", "v")


# Plans that somebody hands in


def test_keys_that_are_handed_in_are_made_anew():
    honest = planned(read_recipe(BEAT_SYNC), video=CLIP, audio=SONG)
    forged = msgspec.structs.replace(
        honest, steps=tuple(msgspec.structs.replace(s, key="0" * 64) for s in honest.steps)
    )
    assert replanned(forged) == honest


def test_a_plan_from_another_cluster_gets_our_keys():
    theirs = planned(Recipe.of_effect("dog"), cluster_key="theirs", input=CAT)
    ours = planned(Recipe.of_effect("dog"), cluster_key="ours", input=CAT)
    assert replanned(theirs, "ours") == ours


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"node": "dogg"}, "there is no node 'dogg'; did you mean 'dog'?"),
        ({"version": 9}, "planned for version 9 of dog; version 1 is installed: plan again"),
        ({"params": {"x": 1}}, "dog has no parameter 'x'"),
    ],
)
def test_a_plan_that_does_not_fit_what_is_installed_is_refused(fields, said):
    honest = planned(Recipe.of_effect("dog"), input=CAT)
    (only,) = honest.steps
    preimage = msgspec.structs.replace(only.preimage, **fields)
    changed = msgspec.structs.replace(
        honest, steps=(msgspec.structs.replace(only, preimage=preimage),)
    )
    with pytest.raises(Refused) as caught:
        replanned(changed)
    assert said in caught.value.message


def test_a_plan_of_too_many_steps_is_refused():
    honest = planned(Recipe.of_effect("dog"), input=CAT)
    with pytest.raises(Refused, match="the most is 10000"):
        replanned(msgspec.structs.replace(honest, steps=honest.steps * 10_001))


# Equal meaning, equal keys


@st.composite
def recipes(draw):
    """Any recipe of up to eight steps over two inputs, every reference pointing backward."""
    steps = []
    for index in range(draw(st.integers(1, 8))):
        names = st.sampled_from(["a", "b", *(f"s{i}" for i in range(index))])
        type_ = draw(st.sampled_from(["BLUR", "SEQUENCE", "DOG"]))
        count = draw(st.integers(1, 3)) if type_ == "SEQUENCE" else 1
        config = {"radius": draw(st.integers(1, 4))} if type_ == "BLUR" else {}
        steps.append(step(f"s{index}", type_, *(draw(names) for _ in range(count)), **config))
    return recipe(*steps, inputs=("a", "b"))


def renamed(one, names):
    def steps():
        for part in one.steps:
            inputs = tuple(names.get(name, name) for name in part.inputs)
            yield RecipeStep(id=names[part.id], type=part.type, config=part.config, inputs=inputs)

    return Recipe(name="x", inputs=one.inputs, steps=tuple(steps()), output=names[one.output])


@given(recipes(), st.randoms(use_true_random=False))
def test_renaming_and_reordering_steps_changes_no_key(one, random):
    ids = [part.id for part in one.steps]
    names = dict(zip(ids, random.sample([f"n{i}" for i in range(20)], len(ids)), strict=True))
    other = renamed(one, names)
    shuffled = list(other.steps)
    random.shuffle(shuffled)
    other = Recipe(name="y", inputs=one.inputs, steps=tuple(shuffled), output=other.output)
    first, second = planned(one, a=CLIP, b=CAT), planned(other, a=CLIP, b=CAT)
    assert {names[s.id]: s.key for s in first.steps} == {s.id: s.key for s in second.steps}
    assert first.plan_id == second.plan_id
    assert first.run_key == second.run_key


@given(recipes())
def test_following_ready_steps_runs_the_levels_in_order(one):
    made = planned(one, a=CLIP, b=CAT)
    done: set[str] = set()
    for level, group in enumerate(made.levels):
        ready = {s.id for s in made.steps if s.id not in done and all(n in done for n in s.follows)}
        assert ready == {s.id for s in group}
        assert {s.level for s in group} == {level}
        done |= ready
    assert done == {s.id for s in made.steps}


@given(recipes())
def test_a_plan_comes_back_as_it_was_written(one):
    made = planned(one, a=CLIP, b=CAT)
    again = Plan.from_json(made.to_json())
    assert again == made
    assert again.to_json() == made.to_json()
    assert replanned(again) == made


def test_comments_and_spelling_of_the_yaml_change_nothing():
    respelled = b"""
# a comment
output: 'two'
steps:
- config: {features: [beats, "energy"]}   # flow style
  inputs: audio
  type: analyze
  id: one
- {type: Beat_Sync, id: two, inputs: [video, one]}
inputs: {audio: audio, video: {type: video}}
name: another
"""
    first = planned(read_recipe(BEAT_SYNC), video=CLIP, audio=SONG)
    second = planned(read_recipe(respelled), video=CLIP, audio=SONG)
    assert [s.key for s in first.steps] == [s.key for s in second.steps]
    assert (first.plan_id, first.run_key) == (second.plan_id, second.run_key)
