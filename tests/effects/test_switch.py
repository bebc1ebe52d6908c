import pytest

from l1.content.cid import Cid
from l1.dag.plan import prune
from l1.dag.planner import plan
from l1.dag.recipe import Recipe, RecipeInput, RecipeStep
from l1.effects.dog import DOG
from l1.effects.identity import IDENTITY
from l1.effects.switch import SWITCH, SwitchParams
from l1.errors import Refused
from l1.media.probing import probe
from tests.effects.rendering import render, render_in_child
from tests.media.making import make_audio, make_video

NODES = {each.node.name: each.node for each in (DOG, IDENTITY, SWITCH)}


def planned(source, last):
    recipe = Recipe(
        name="r",
        inputs={"v": RecipeInput()},
        steps=(RecipeStep(id="d", type="DOG", inputs=("v",)), last),
        output="s",
    )
    cid = Cid("a" * 64)
    made = plan(recipe, {"v": cid}, {cid: probe(source)}, NODES, "deterministic-1", "")
    return prune(made, frozenset()).needed


def test_what_is_not_chosen_is_not_made_and_leaves_no_trace_in_the_key(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=2)
    keys = [
        planned(source, RecipeStep(id="s", type="SWITCH", inputs=inputs, config={"select": select}))
        for inputs, select in ((("v", "d"), 0), (("d", "v", "d"), 1))
    ]
    plain = planned(source, RecipeStep(id="s", type="IDENTITY", inputs=("v",)))
    assert len({steps[-1].key for steps in (*keys, plain)}) == 1
    assert all(len(steps) == len(plain) == 1 for steps in keys)
    both = planned(
        source, RecipeStep(id="s", type="SWITCH", inputs=("v", "d"), config={"select": 1})
    )
    assert len(both) == 2


def test_an_input_that_is_not_there_is_refused(tmp_path):
    source = make_video(tmp_path / "a.mp4", frames=2)
    step = RecipeStep(id="s", type="SWITCH", inputs=("v", "d"), config={"select": 2})
    with pytest.raises(Refused, match=r"SWITCH has no input 2.*it has 2"):
        planned(source, step)


async def test_the_chosen_input_comes_out_byte_for_byte(tmp_path):
    inputs = [make_video(tmp_path / "a.mp4", frames=2), make_audio(tmp_path / "b.wav")]
    render(SWITCH, inputs, tmp_path / "c", SwitchParams(select=1))
    assert (tmp_path / "c").read_bytes() == inputs[1].read_bytes()
    made, _ = await render_in_child(SWITCH, inputs, tmp_path / "d", {"select": 0})
    assert made.read_bytes() == inputs[0].read_bytes()
