"""Steps that are rendered in one pass: which they are, what they wait for, what becomes of them."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from l1.dag.explain import explain
from l1.dag.plan import Plan, prune
from l1.dag.planner import plan
from l1.dag.recipe import Recipe, RecipeInput, RecipeStep
from l1.errors import Refused
from tests.dag.nodes import CAT, CLIP, INFOS, NODES, SONG

FUSED = {
    **NODES,
    "blur": replace(NODES["blur"], fuses="look"),
    "dog": replace(NODES["dog"], fuses="head"),
    "watermark": replace(NODES["watermark"], fuses="look"),
}


def made(*steps, nodes=FUSED) -> Plan:
    """Plan steps written as (id, type, inputs); the last one is the output."""
    return plan(
        Recipe(
            name="r",
            inputs={"v": RecipeInput(), "cat": RecipeInput(), "song": RecipeInput()},
            steps=tuple(RecipeStep(id=i, type=t, inputs=inputs) for i, t, inputs in steps),
            output=steps[-1][0],
        ),
        {"v": CLIP, "cat": CAT, "song": SONG},
        INFOS,
        nodes,
        "deterministic-1",
    )


def chain(plan, id_):
    return [step.id for step in plan.chain(plan.by_id[id_])]


LINE = made(
    ("m", "MUX", ("v", "song")),
    ("a", "BLUR", ("m",)),
    ("b", "BLUR", ("a",)),
    ("c", "BLUR", ("b",)),
)


def test_looks_upon_each_other_are_one_chain_that_begins_with_the_first_of_them():
    assert chain(LINE, "c") == ["a", "b", "c"]
    assert chain(LINE, "a") == ["a"]
    assert LINE.waits_for(LINE.by_id["c"]) == ("m",)
    assert [step.id for step in LINE.steps if step.fused] == ["b", "c"]


def test_a_head_begins_a_chain_and_what_is_neither_ends_it():
    line = made(
        ("d", "DOG", ("v",)),
        ("a", "BLUR", ("d",)),
        ("s", "MUX", ("a", "song")),
        ("b", "BLUR", ("s",)),
        ("i", "IDENTITY", ("b",)),
    )
    assert (chain(line, "a"), chain(line, "b"), chain(line, "i")) == (["d", "a"], ["b"], ["i"])
    assert line.waits_for(line.by_id["b"]) == ("s",)


def test_a_chain_waits_for_what_its_looks_take_beside():
    line = made(
        ("i", "IDENTITY", ("cat",)),
        ("j", "IDENTITY", ("i",)),
        ("a", "WATERMARK", ("v", "i")),
        ("b", "WATERMARK", ("a", "j")),
    )
    assert chain(line, "b") == ["a", "b"]
    assert line.waits_for(line.by_id["b"]) == ("i", "j")
    assert [ref.step for ref in line.by_id["b"].own_inputs] == ["j"]


def test_keys_are_the_same_with_and_without_fusing():
    steps = (("a", "BLUR", ("v",)), ("b", "BLUR", ("a",)))
    assert [s.key for s in made(*steps).steps] == [s.key for s in made(*steps, nodes=NODES).steps]


def test_inner_steps_are_within_the_one_that_is_rendered():
    pruned = prune(LINE, set())
    assert [step.id for step in pruned.needed] == ["m", "c"]
    assert [step.id for step in pruned.elided] == ["a", "b"]
    assert {id_: tail.id for id_, tail in pruned.within.items()} == {"a": "c", "b": "c"}


def test_an_inner_step_that_was_rendered_before_changes_nothing():
    keys = {LINE.by_id[id_].key for id_ in ("a", "b")}
    assert prune(LINE, keys) == prune(LINE, set())


def test_an_inner_step_that_something_else_needs_is_rendered_by_itself_too():
    line = made(
        ("a", "BLUR", ("v",)),
        ("b", "BLUR", ("a",)),
        ("s", "MUX", ("a", "song")),
        ("end", "SEQUENCE", ("b", "s")),
    )
    pruned = prune(line, set())
    assert [step.id for step in pruned.needed] == ["a", "b", "s", "end"]
    assert (pruned.elided, pruned.within) == ((), {})
    assert line.waits_for(line.by_id["b"]) == (), "it does not wait for the other's file"


def test_a_dry_run_says_within_which_step_another_is_rendered():
    said = {each.step.id: (each.state, each.reason) for each in explain(LINE, set())}
    assert said["a"] == said["b"] == ("not_needed", "it is rendered within 'c'")
    assert said["c"][0] == "to_run"
    done = {each.step.id: each.state for each in explain(LINE, {LINE.by_id["c"].key})}
    assert done == {"m": "not_needed", "a": "not_needed", "b": "not_needed", "c": "cached"}


def test_a_plan_in_which_a_step_is_fused_with_nothing_is_refused():
    assert Plan.from_json(LINE.to_json()) == LINE
    written = json.loads(LINE.to_json())
    written["steps"][0]["fused"] = True
    with pytest.raises(Refused, match="'m' is fused with no other step"):
        Plan.from_json(json.dumps(written).encode())


@st.composite
def plans(draw):
    """Random recipes of looks, heads and others, each upon what came before."""
    steps, names = [], ["v"]
    for number in range(draw(st.integers(1, 9))):
        kind = draw(st.sampled_from(["BLUR", "BLUR", "DOG", "IDENTITY", "WATERMARK", "SEQUENCE"]))
        count = {"WATERMARK": 2, "SEQUENCE": 2}.get(kind, 1)
        inputs = [draw(st.sampled_from(names)) for _ in range(count)]
        if kind == "WATERMARK":
            inputs[1] = "cat"
        name = f"s{number}"
        steps.append((name, kind, tuple(inputs)))
        names.append(name)
    return made(*steps)


@given(plan=plans(), data=st.data())
def test_what_is_there_decides_what_runs_and_never_what_it_is_made_from(plan, data):
    """The bytes of a step come from its chain and the outputs that it takes: of the plan alone."""
    have = data.draw(st.sets(st.sampled_from([step.key for step in plan.steps])))
    pruned = prune(plan, have)
    needed = {step.id for step in pruned.needed}
    hits = {step.id for step in pruned.hits}
    for step in pruned.needed:
        assert step.key not in have
        assert set(plan.waits_for(step)) <= needed | hits
        beside = {ref.step for each in plan.chain(step) for ref in each.own_inputs if ref.step}
        assert set(plan.waits_for(step)) == beside
    assert all(step.key in have for step in pruned.hits)
    places = [step.id for step in (*pruned.needed, *pruned.hits, *pruned.elided)]
    assert sorted(places) == sorted(plan.by_id)
    assert set(pruned.within) <= {step.id for step in pruned.elided}
    for id_, tail in pruned.within.items():
        assert tail.id in needed
        assert plan.by_id[id_] in plan.chain(tail)
    used = {name for step in pruned.needed for name in plan.waits_for(step)} | {plan.output}
    assert needed | hits == used, "nothing runs for nobody"


@given(plan=plans())
def test_a_chain_is_a_head_or_a_look_and_then_looks_alone(plan):
    for step in plan.steps:
        first, *rest = plan.chain(step)
        assert not first.fused
        assert all(each.fused and FUSED[each.node].fuses == "look" for each in rest)
        for before, after in pairwise([first, *rest]):
            assert after.inputs[0].step == before.id
    assert Plan.from_json(plan.to_json()) == plan
