"""Plans as content, and what pruning and a dry run make of them."""

import json
import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.content.canonical import canonical
from l1.dag.explain import explain
from l1.dag.plan import Plan, Ref, prune
from l1.dag.planner import plan
from l1.dag.recipe import Recipe, RecipeInput, RecipeStep
from l1.errors import Refused
from tests.dag.nodes import CLIP, INFOS, NODES


def made(*steps, radius=3):
    """Plan steps written as (id, inputs); the last one is the output."""
    return plan(
        Recipe(
            name="r",
            inputs={"v": RecipeInput()},
            steps=tuple(
                RecipeStep(
                    id=id_,
                    type="SEQUENCE" if len(inputs) > 1 else "BLUR",
                    inputs=inputs,
                    config={"radius": radius} if len(inputs) == 1 else {},
                )
                for id_, inputs in steps
            ),
            output=steps[-1][0],
        ),
        {"v": CLIP},
        INFOS,
        NODES,
        "deterministic-1",
    )


CHAIN = made(("a", ("v",)), ("b", ("a",)), ("side", ("a",)), ("c", ("b",)))


def keys(*ids):
    return {CHAIN.by_id[id_].key for id_ in ids}


def parts(pruned):
    return tuple(
        "".join(s.id for s in part) for part in (pruned.needed, pruned.hits, pruned.elided)
    )


def test_nothing_cached_means_everything_that_the_output_needs_runs():
    assert parts(prune(CHAIN, set())) == ("abc", "", "side")


def test_a_cached_output_needs_nothing_else_even_if_the_rest_is_gone():
    assert parts(prune(CHAIN, keys("c"))) == ("", "c", "abside")


def test_a_cached_step_in_the_middle_spares_what_led_to_it():
    assert parts(prune(CHAIN, keys("b"))) == ("c", "b", "aside")
    assert parts(prune(CHAIN, keys("a", "b"))) == ("c", "b", "aside")


def test_equal_steps_of_one_plan_share_a_key():
    twice = made(("a", ("v",)), ("b", ("v",)), ("c", ("a", "b")))
    assert twice.by_id["a"].key == twice.by_id["b"].key


@given(
    st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=3), min_size=1, max_size=10),
    st.sets(st.integers(0, 9)),
)
def test_pruning_agrees_with_asking_step_by_step(shape, cached):
    names = [f"s{i}" for i in range(len(shape))]
    one = made(
        *(
            (names[i], tuple(names[j] if j < i else "v" for j in refs))
            for i, refs in enumerate(shape)
        )
    )
    have = {one.by_id[names[i]].key for i in cached if i < len(names)}
    wanted: set[str] = set()

    def ask(id_):
        wanted.add(id_)
        if one.by_id[id_].key not in have:
            for name in one.by_id[id_].follows:
                ask(name)

    ask(one.output)
    pruned = prune(one, have)
    assert {s.id for s in pruned.needed} == {i for i in wanted if one.by_id[i].key not in have}
    assert {s.id for s in pruned.hits} == {i for i in wanted if one.by_id[i].key in have}
    assert {s.id for s in pruned.elided} == set(names) - wanted


def test_a_dry_run_says_what_becomes_of_each_step():
    said = {e.step.id: (e.state, e.reason) for e in explain(CHAIN, keys("b"))}
    assert said == {
        "a": ("not_needed", "nothing that must run needs its result"),
        "b": ("cached", "its result exists"),
        "side": ("not_needed", "nothing that must run needs its result"),
        "c": ("to_run", "it was not rendered here before"),
    }


def test_a_dry_run_says_what_changed_since_the_last_run():
    before = {s.id: s.preimage for s in made(("a", ("v",)), ("b", ("a",)), radius=2).steps}
    now = made(("a", ("v",)), ("b", ("a",)), radius=3)
    a, b = explain(now, set(), before)
    assert (a.reason, a.changed) == ("radius was its default, is 3", ("params.radius",))
    assert b.reason == "input 1 changed (a); radius was its default, is 3"
    (kept, _) = explain(now, set(), {s.id: s.preimage for s in now.steps})
    assert kept.reason == "its result is no longer kept"


def test_a_dry_run_names_versions_profiles_and_inputs_that_went():
    (now,) = made(("a", ("v",))).steps
    one = made(("a", ("v",)))
    for fields, said in (
        ({"version": 2}, "blur was version 2, is 3"),
        ({"profile": "fast"}, "profile changed"),
        ({"cluster_key": "x"}, "cluster key changed"),
        ({"inputs": (*now.preimage.inputs, "bafkreicat")}, "input 2 is gone"),
    ):
        before = {"a": msgspec.structs.replace(now.preimage, **fields)}
        assert explain(one, set(), before)[0].reason == said


def test_a_plan_is_canonical_text():
    assert canonical(json.loads(CHAIN.to_json())) == CHAIN.to_json()


@pytest.mark.parametrize(
    "change",
    [
        {"output": "nothing"},
        {"steps": []},
        {"surprise": 1},
        {"profile": 0.5},
    ],
)
def test_what_is_no_plan_is_refused(change):
    with pytest.raises(Refused, match="not a plan"):
        Plan.from_json(json.dumps(json.loads(CHAIN.to_json()) | change).encode())


def test_a_plan_whose_steps_are_out_of_order_or_double_is_refused():
    for steps in (CHAIN.steps[::-1], CHAIN.steps * 2):
        with pytest.raises(Refused, match="not a plan"):
            Plan.from_json(msgspec.structs.replace(CHAIN, steps=steps).to_json())


@given(st.binary(max_size=80) | st.integers(0, 900).map(lambda n: CHAIN.to_json()[:n]))
def test_any_other_bytes_are_refused(data):
    with pytest.raises(Refused):
        Plan.from_json(data)


def test_deeply_nested_parameters_are_refused():
    nested = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    with pytest.raises(Refused):
        Plan.from_json(CHAIN.to_json().replace(b'"params":{', b'"params":{"x":' + nested + b",", 1))


def test_too_many_bytes_are_refused_unread():
    with pytest.raises(Refused, match="at most"):
        Plan.from_json(b" " * (64 * 1024 * 1024 + 1))


def test_an_input_is_content_or_a_step_and_never_both():
    for fields in ({}, {"cid": CLIP, "step": "a"}):
        with pytest.raises(ValueError, match="either"):
            Ref(**fields)


def test_ten_thousand_steps_are_planned_and_pruned_within_a_second():
    steps = [("s0", ("v",))]
    steps += [
        (f"s{i}", (f"s{i // 2}", f"s{i - 1}") if i % 5 == 0 else (f"s{i - 1}",))
        for i in range(1, 10_000)
    ]
    times = []
    for _ in range(3):
        start = time.process_time()
        one = made(*steps)
        pruned = prune(one, {one.by_id["s5000"].key})
        times.append(time.process_time() - start)
    assert [s.id for s in pruned.hits] == ["s5000"]
    assert len(pruned.needed) == 9997
    assert min(times) < 1.0
