"""Recipes of nodes at the top."""

from l1.dag.planner import plan
from l1.dag.recipe_yaml import read_recipe
from tests.dag.formats import KNOWN, PINNED
from tests.dag.nodes import CLIP

LISTED = """\
name: soft
nodes:
  - {id: it, type: SOURCE, config: {input: true}}
  - id: soft
    type: BLUR
    inputs: [it]
output: soft
"""
MAPPED = """\
name: soft
nodes:
  soft: {type: BLUR, inputs: it}
  it: {id: it, type: SOURCE, config: {input: true}}
output: soft
"""
DECLARED = """\
name: soft
inputs: [it]
nodes:
  soft: {type: BLUR, inputs: [it]}
output: soft
"""


def planned(text):
    recipe = read_recipe(text.encode(), PINNED)
    return plan(recipe, {"it": CLIP}, KNOWN, PINNED, "deterministic-1")


def test_nodes_are_a_list_or_a_map_and_inputs_are_nodes_or_declared():
    assert planned(LISTED) == planned(MAPPED) == planned(DECLARED)


def test_a_source_may_stand_for_a_declared_input():
    text = DECLARED.replace("nodes:\n", "nodes:\n  s: {type: SOURCE, config: {input: it}}\n")
    assert planned(text.replace("inputs: [it]}", "inputs: [s]}")) == planned(DECLARED)
