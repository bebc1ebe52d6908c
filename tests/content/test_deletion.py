"""When content may go: the rules one by one, then all of them against an exhaustive oracle."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from l1.content.deletion import Item, Use, freed_by_discard, why_not_delete, why_not_discard

ROLES = ("input", "intermediate", "output", "record")
STATES = ("pending", "running", "completed", "failed", "cancelled")


def use(role, run="r1", state="completed"):
    return Use(run=run, state=state, role=role)


def item(*uses, cid="cid", publication="private", brought=False):
    return Item(cid=cid, publication=publication, uses=uses, brought=brought)


def codes(reasons):
    return [reason.code for reason in reasons]


# Deleting content


def test_an_orphan_can_be_deleted():
    assert why_not_delete(item()) == ()


def test_an_uploaded_orphan_can_be_deleted_by_name():
    assert why_not_delete(item(brought=True)) == ()


def test_published_content_cannot_be_deleted():
    (reason,) = why_not_delete(item(publication="published"))
    assert reason.code == "published"
    assert reason.message == "cid is published: withdraw the publication first"
    assert reason.refs == ("cid",)


def test_content_of_unknown_publication_cannot_be_deleted():
    assert codes(why_not_delete(item(publication="unknown"))) == ["publication_unknown"]


def test_the_input_of_a_run_cannot_be_deleted():
    (reason,) = why_not_delete(item(use("input")))
    assert reason.code == "input_of_run"
    assert reason.message == "cid is an input of run r1: discard it first"
    assert reason.refs == ("r1",)


def test_the_output_of_a_run_cannot_be_deleted():
    assert codes(why_not_delete(item(use("output")))) == ["output_of_run"]


def test_the_recipe_plan_or_provenance_of_a_run_cannot_be_deleted():
    assert codes(why_not_delete(item(use("record")))) == ["record_of_run"]


def test_the_input_of_a_failed_run_cannot_be_deleted_before_the_run_is_discarded():
    assert codes(why_not_delete(item(use("input", state="failed")))) == ["input_of_run"]


def test_an_intermediate_can_be_deleted():
    assert why_not_delete(item(use("intermediate"))) == ()


def test_an_intermediate_of_a_failed_run_can_be_deleted():
    assert why_not_delete(item(use("intermediate", state="failed"))) == ()


def test_an_intermediate_that_a_running_run_works_with_cannot_be_deleted_yet():
    (reason,) = why_not_delete(item(use("intermediate", state="running")))
    assert reason.code == "intermediate_of_run"
    assert "wait for it or cancel it" in reason.message


def test_a_published_intermediate_cannot_be_deleted():
    blocked = why_not_delete(item(use("intermediate"), publication="published"))
    assert codes(blocked) == ["published"]


def test_an_intermediate_that_is_the_input_of_another_run_cannot_be_deleted():
    blocked = why_not_delete(item(use("intermediate"), use("input", run="r2")))
    assert codes(blocked) == ["input_of_run"]


def test_an_output_that_is_the_input_of_another_run_names_both_reasons():
    blocked = why_not_delete(item(use("output"), use("input", run="r2")))
    assert codes(blocked) == ["input_of_run", "output_of_run"]


def test_every_reason_is_listed_at_once():
    blocked = why_not_delete(item(use("output"), publication="published"))
    assert codes(blocked) == ["published", "output_of_run"]


def test_content_becomes_deletable_when_its_last_run_is_discarded():
    assert why_not_delete(item(use("output"))) != ()
    assert why_not_delete(item()) == ()


def test_many_runs_are_named_briefly_and_referred_to_in_full():
    (reason,) = why_not_delete(item(*(use("input", run=f"r{i}") for i in range(6))))
    assert reason.message == "cid is an input of runs r0, r1, r2 and 3 more: discard it first"
    assert len(reason.refs) == 6


# Discarding runs


def test_a_completed_run_with_nothing_published_can_be_discarded():
    items = [item(use("input")), item(use("output")), item(use("intermediate"))]
    assert why_not_discard("r1", "completed", items) == ()


@pytest.mark.parametrize("role", ["input", "intermediate", "output"])
def test_a_completed_run_with_published_content_cannot_be_discarded(role):
    blocked = why_not_discard("r1", "completed", [item(use(role), publication="published")])
    assert codes(blocked) == ["published"]


def test_a_completed_run_whose_publication_is_unknown_cannot_be_discarded():
    blocked = why_not_discard("r1", "completed", [item(use("output"), publication="unknown")])
    assert codes(blocked) == ["publication_unknown"]


def test_a_published_recipe_does_not_keep_a_run():
    assert why_not_discard("r1", "completed", [item(use("record"), publication="published")]) == ()


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_a_failed_or_cancelled_run_can_always_be_discarded(state):
    items = [item(use("input", state=state), publication="published")]
    assert why_not_discard("r1", state, items) == ()


@pytest.mark.parametrize("state", ["pending", "running"])
def test_a_run_under_way_is_cancelled_first(state):
    (reason,) = why_not_discard("r1", state, [])
    assert reason.code == "run_active"
    assert reason.message == f"run r1 is {state}: cancel it first"


def test_published_content_of_another_run_does_not_keep_this_one():
    other = item(use("output", run="r2"), publication="published")
    assert why_not_discard("r1", "completed", [other]) == ()


# What a discard frees


def test_discarding_frees_the_intermediates():
    assert freed_by_discard("r1", [item(use("intermediate"))]) == ("cid",)


def test_discarding_frees_an_orphaned_output():
    assert freed_by_discard("r1", [item(use("output"))]) == ("cid",)


def test_discarding_keeps_the_inputs():
    assert freed_by_discard("r1", [item(use("input"))]) == ()


def test_discarding_keeps_a_published_output():
    assert freed_by_discard("r1", [item(use("output"), publication="published")]) == ()


def test_discarding_keeps_an_output_whose_publication_is_unknown():
    assert freed_by_discard("r1", [item(use("output"), publication="unknown")]) == ()


def test_discarding_keeps_an_input_used_elsewhere():
    assert freed_by_discard("r1", [item(use("input"), use("input", run="r2"))]) == ()


def test_discarding_keeps_an_intermediate_that_another_run_names():
    for role in ROLES:
        shared = item(use("intermediate"), use(role, run="r2"))
        assert freed_by_discard("r1", [shared]) == ()


def test_discarding_keeps_an_output_that_another_run_takes_as_input():
    assert freed_by_discard("r1", [item(use("output"), use("input", run="r2"))]) == ()


def test_discarding_keeps_an_output_that_is_also_the_input():
    assert freed_by_discard("r1", [item(use("output"), use("input"))]) == ()


def test_discarding_keeps_an_output_that_somebody_also_uploaded():
    assert freed_by_discard("r1", [item(use("output"), brought=True)]) == ()


def test_discarding_keeps_the_recipe_and_the_provenance():
    assert freed_by_discard("r1", [item(use("record"))]) == ()


def test_discarding_leaves_the_content_of_other_runs_alone():
    assert freed_by_discard("r1", [item(use("output", run="r2")), item()]) == ()


# Random histories against an oracle that asks every question one by one

RUNS = ("r1", "r2", "r3")
STATE_OF = st.fixed_dictionaries({run: st.sampled_from(STATES) for run in RUNS})
NAMED = st.sets(st.tuples(st.sampled_from(RUNS), st.sampled_from("abcd"), st.sampled_from(ROLES)))
SHARED = st.fixed_dictionaries(
    {cid: st.sampled_from(["private", "published", "unknown"]) for cid in "abcd"}
)


def history(states, names, shared, brought):
    def uses(cid):
        return tuple(
            Use(run=run, state=states[run], role=role)
            for run, content, role in sorted(names)
            if content == cid
        )

    return {
        cid: Item(cid=cid, publication=shared[cid], uses=uses(cid), brought=cid in brought)
        for cid in "abcd"
    }


@given(STATE_OF, NAMED, SHARED, st.sets(st.sampled_from("abcd")))
def test_any_history_agrees_with_the_rules_asked_one_by_one(states, names, shared, brought):
    items = history(states, names, shared, brought)
    for cid, one in items.items():
        held = shared[cid] != "private" or any(
            content == cid and (role != "intermediate" or states[run] in ("pending", "running"))
            for run, content, role in names
        )
        assert bool(why_not_delete(one)) == held
    for run, state in states.items():
        mine = [one for cid, one in items.items() if any((run, cid, r) in names for r in ROLES)]
        visible = any(
            (run, cid, role) in names and shared[cid] != "private"
            for cid, role in itertools.product("abcd", ("input", "intermediate", "output"))
        )
        refused = state in ("pending", "running") or (state == "completed" and visible)
        assert bool(why_not_discard(run, state, mine)) == refused
        freed = {
            cid
            for cid in "abcd"
            if ((run, cid, "intermediate") in names or (run, cid, "output") in names)
            and not any((run, cid, role) in names for role in ("input", "record"))
            and not any((o, cid, role) in names for o in RUNS if o != run for role in ROLES)
            and shared[cid] == "private"
            and cid not in brought
        }
        assert set(freed_by_discard(run, mine)) == freed


@given(STATE_OF, NAMED, SHARED, st.sets(st.sampled_from("abcd")), st.permutations(RUNS))
def test_discarding_in_any_order_never_frees_what_may_not_be_deleted(
    states, names, shared, brought, order
):
    names = set(names)
    for run in order:
        items = history(states, names, shared, brought)
        if why_not_discard(run, states[run], items.values()):
            continue
        freed = freed_by_discard(run, items.values())
        names = {entry for entry in names if entry[0] != run}
        after = history(states, names, shared, brought)
        for cid in freed:
            assert why_not_delete(after[cid]) == ()
            assert after[cid].uses == ()
