"""What parameters follow, as it is written in recipes: what it comes to, and what is refused."""

import msgspec
import pytest

from l1.dag.bind_params import BindParams
from l1.dag.bindings_said import bindings_said
from l1.dag.explain import explain
from l1.dag.node import Node
from l1.dag.planner import plan
from l1.dag.recipe_of_plan import recipe_of_plan
from l1.dag.recipe_yaml import read_recipe
from l1.errors import Refused
from tests.dag.nodes import CLIP, INFOS, SONG, NoParams, one
from tests.dag.nodes import NODES as PLAIN


class HopParams(NoParams):
    hop_ms: int = 50


class Engine(NoParams):
    engine: str = "numpy"


class Features(NoParams):
    features: tuple[str, ...] = ()


def heard(name, params=NoParams):
    return Node(
        name=name, version=1, summary="", params=params, accepts=(one("audio", "video"),),
        gives="data",
    )  # fmt: skip


def analyses(step, params, _steps):
    found = [
        msgspec.structs.replace(step, id=f"{step.id}.{name}", type=name.upper(), config={})
        for name in params.features
    ]
    joined = msgspec.structs.replace(step, config={}, inputs=tuple(each.id for each in found))
    return (*found, joined)


BLUR = msgspec.structs.replace(PLAIN["blur"], binds=("radius", "strength"))
ANALYZE = Node(
    name="analyze", version=1, summary="", params=Features, accepts=(one("data"),), many=True,
    gives="data", expand=analyses,
)  # fmt: skip
BIND = Node(
    name="bind", version=1, summary="", params=BindParams, accepts=(one("data", "text"),),
    fewest=0, gives="data",
)  # fmt: skip
ADDED = (
    BLUR, ANALYZE, BIND, heard("bands", HopParams), heard("energy", HopParams),
    heard("beats", Engine), heard("loudness"), heard("onsets", Engine),
)  # fmt: skip
NODES = {**PLAIN, **{node.name: node for node in ADDED}}

RECIPE = """\
name: r
inputs: {clip: video, music: %s}
steps:
%s
output: soft
"""
SOFT = "  - {id: soft, type: BLUR, inputs: [clip], config: {%s}}"
FULL = "feature: bass, range: [1, 12]"
BOUND = "radius: {bind: music, %s}" % FULL  # noqa: UP031 - braces are the recipe's own


def text(*steps, music="audio"):
    return (RECIPE % (music, "\n".join(steps))).encode()


def soft(config, *before, music="audio", given=SONG):
    """Plan a blur with this config; steps before it come first."""
    recipe = read_recipe(text(*before, SOFT % config, music=music), NODES)
    return plan(recipe, {"clip": CLIP, "music": given}, INFOS, NODES, "deterministic-1")


def nodes_of(made):
    return {step.id: step.node for step in made.steps}


def key(made):
    return made.by_id["soft"].key


def test_a_parameter_that_follows_becomes_an_analysis_a_curve_and_an_input():
    made = soft(BOUND)
    assert nodes_of(made) == {"music.bands": "bands", "soft.radius": "bind", "soft": "blur"}
    step = made.by_id["soft"]
    assert [ref.step or ref.cid for ref in step.inputs] == [CLIP, "soft.radius"]
    assert step.preimage.bound == {"radius": 1}
    assert step.params == {}
    assert made.by_id["soft.radius"].params == {"feature": "bass", "range": ["1", "12"]}
    assert [step.level for step in made.steps] == [0, 1, 2]


def test_what_does_not_follow_has_the_key_it_always_had():
    nodes = {"deterministic": plan, **PLAIN}
    plain = read_recipe(text(SOFT % "radius: 3"), PLAIN)
    before = plan(plain, {"clip": CLIP, "music": SONG}, INFOS, nodes, "deterministic-1")
    assert key(soft("radius: 3")) == key(before)
    assert b"bound" not in before.to_json()


@pytest.mark.parametrize(
    "config",
    [
        "radius: {feature: Bass, range: ['1.0', 12.00], bind: music, smooth: 0}".replace("B", "b"),
        "radius: {bind: music, feature: bass, range: [1, 12], seed: 9, curve: linear}",
        "strength: 0.5, radius: {bind: music, feature: bass, range: [1, 12]}",
    ],
)
def test_equal_meaning_has_an_equal_key(config):
    assert key(soft(config)) == key(soft(BOUND))


def test_a_bind_step_is_the_same_as_its_words_beside_the_parameter():
    kick = "  - {id: kick, type: BIND, inputs: [music], config: {%s}}" % FULL  # noqa: UP031
    made = soft("radius: {bind: kick}", kick)
    assert key(made) == key(soft(BOUND))
    assert nodes_of(made) == {"music.bands": "bands", "kick": "bind", "soft": "blur"}


@pytest.mark.parametrize(
    "other",
    ["feature: mid, range: [1, 12]", "feature: bass, range: [1, 13]", FULL + ", attack: 0.1"],
)
def test_another_meaning_has_another_key(other):
    config = "radius: {bind: music, %s}" % other  # noqa: UP031
    assert key(soft(config)) != key(soft(BOUND))
    assert key(soft(BOUND)) != key(soft("radius: 2"))


def test_several_parameters_share_an_analysis_and_each_has_its_curve():
    made = soft(BOUND + ", strength: {bind: music, feature: mid, range: [0, 1]}")
    assert [step.id for step in made.steps] == [
        "music.bands", "soft.radius", "soft.strength", "soft",
    ]  # fmt: skip
    assert made.by_id["soft"].preimage.bound == {"radius": 1, "strength": 2}
    turned = soft("strength: {bind: music, feature: mid, range: [0, 1]}, " + BOUND)
    assert key(turned) == key(made)


def test_a_curve_may_be_ranged_again():
    kick = "  - {id: kick, type: BIND, inputs: [music], config: {feature: beat}}"
    made = soft("radius: {bind: kick, range: [1, 9]}", kick)
    assert [ref.step for ref in made.by_id["soft.radius"].inputs] == ["kick"]
    assert nodes_of(made)["music.beats"] == "beats"


def test_what_an_analysis_has_found_already_is_used():
    found = "  - {id: found, type: ANALYZE, inputs: [music], config: {features: [beats, bands]}}"
    made = soft("radius: {bind: found, %s}" % FULL, found)  # noqa: UP031
    assert [ref.step for ref in made.by_id["soft.radius"].inputs] == ["found.bands"]
    without = "  - {id: found, type: ANALYZE, inputs: [music], config: {features: [beats]}}"
    made = soft("radius: {bind: found, %s}" % FULL, without)  # noqa: UP031
    assert [ref.step for ref in made.by_id["soft.radius"].inputs] == ["music.bands"]
    fine = "  - {id: fine, type: BANDS, inputs: [music], config: {hop_ms: 5}}"
    made = soft("radius: {bind: fine, %s}" % FULL, fine)  # noqa: UP031
    assert [ref.step for ref in made.by_id["soft.radius"].inputs] == ["fine"]


def test_an_input_that_is_an_analysis_is_taken_as_it_is():
    recipe = read_recipe(text(SOFT % BOUND, music="data"), NODES)
    assert [one.id for one in recipe.steps] == ["soft"]
    with pytest.raises(Refused, match="takes data"):
        soft(BOUND, music="data")


def test_an_lfo_listens_to_nothing():
    made = soft("radius: {feature: lfo, period: 2, range: [1, 5]}")
    assert nodes_of(made) == {"soft.radius": "bind", "soft": "blur"}
    named = soft("radius: {bind: music, feature: lfo, period: 2, range: [1, 5]}")
    assert key(named) == key(made)
    counted = soft("radius: {bind: music, feature: lfo, beats: 4, range: [1, 5]}")
    assert nodes_of(counted)["music.beats"] == "beats"


def test_a_parameter_that_follows_what_is_left_out_keeps_its_default():
    recipe = read_recipe(text(SOFT % BOUND, music="{type: audio, optional: true}"), NODES)
    made = plan(recipe, {"clip": CLIP}, INFOS, NODES, "deterministic-1")
    assert key(made) == key(soft(""))


def test_a_node_of_a_graph_may_name_a_source():
    graph = """
name: r
nodes:
  film: {type: SOURCE, config: {input: true, name: clip, type: video}}
  song: {type: SOURCE, config: {input: true, name: music, type: audio}}
  soft: {type: EFFECT, inputs: film, config: {effect: blur, params: {%s}}}
output: soft
"""
    recipe = read_recipe((graph % BOUND.replace("music", "song")).encode(), NODES)
    made = plan(recipe, {"clip": CLIP, "music": SONG}, INFOS, NODES, "deterministic-1")
    assert key(made) == key(soft(BOUND))


def test_a_plan_comes_back_as_it_was():
    made = soft(BOUND)
    again = recipe_of_plan(made, NODES)
    assert plan(again, made.inputs, INFOS, NODES, "deterministic-1") == made


@pytest.mark.parametrize(
    ("bound", "message"),
    [
        ({"radius": 2}, "follows input 3, and there is none"),
        ({"radius": 0}, "follows a curve; bafkreiclip is audio and video"),
        ({"mode": 1}, r"is no number, so it cannot follow sound; these can: radius, strength"),
    ],
)
def test_a_plan_that_binds_what_cannot_be_is_refused(bound, message):
    made = soft(BOUND)
    again = recipe_of_plan(made, NODES)
    broken = msgspec.structs.replace(
        again,
        steps=tuple(
            msgspec.structs.replace(step, bound=bound) if step.id == "soft" else step
            for step in again.steps
        ),
    )
    with pytest.raises(Refused, match=message):
        plan(broken, made.inputs, INFOS, NODES, "deterministic-1")


def test_a_plan_says_in_words_what_follows_what():
    kick = "  - {id: kick, type: BIND, inputs: [music], config: {feature: beat}}"
    made = soft(BOUND + ", strength: {bind: kick, range: [0.5, 0]}", kick)
    assert bindings_said(made) == {
        "soft": ("radius <- bass of music 1..12", "strength <- kick 0.5..0")
    }
    assert bindings_said(soft("radius: {feature: lfo, period: 2, range: [1, 5]}"))["soft"] == (
        "radius <- lfo of 2 s 1..5",
    )
    counted = soft("radius: {bind: music, feature: lfo, beats: 4, range: [1, 5]}")
    assert bindings_said(counted)["soft"] == ("radius <- lfo of 4 beats of music 1..5",)


def test_a_change_of_what_is_followed_is_told():
    before = {step.id: step.preimage for step in soft("radius: 3").steps}
    told = {one.step.id: one for one in explain(soft(BOUND), set(), before)}
    assert "what radius follows changed" in told["soft"].reason
    other = soft("strength: {bind: music, feature: bass, range: [0, 1]}")
    told = {one.step.id: one for one in explain(other, set(), before)}
    assert set(told["soft"].changed) == {"bound.strength", "inputs.1", "params.radius"}


def test_without_the_node_that_makes_curves_nothing_follows():
    nodes = {name: node for name, node in NODES.items() if name != "bind"}
    with pytest.raises(Refused, match="there is no node BIND"):
        read_recipe(text(SOFT % BOUND), nodes)


def test_media_serve_as_music_too():
    made = soft("radius: {bind: clip, %s}" % FULL)  # noqa: UP031
    assert nodes_of(made)["clip.bands"] == "bands"


def test_a_compound_binds_what_it_is_handed():
    recipe = """
name: r
inputs: {clip: video, music: audio}
compounds:
  softened:
    inputs: [film, sound]
    params: {top: 9}
    steps:
      - {id: kick, type: BIND, inputs: [sound], config: {feature: bass, range: [1, $top]}}
      - {id: soft, type: BLUR, inputs: [film], config: {radius: {bind: kick}}}
    output: soft
steps:
  - {id: soft, type: COMPOUND, inputs: [clip, music], config: {compound: softened, top: 12}}
output: soft
"""
    read = read_recipe(recipe.encode(), NODES)
    made = plan(read, {"clip": CLIP, "music": SONG}, INFOS, NODES, "deterministic-1")
    assert key(made) == key(soft(BOUND))
