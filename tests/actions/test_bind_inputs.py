"""What a recipe fixes, by whichever name of content."""

import hashlib

import pytest

from l1.actions.find_recipe import Found
from l1.actions.plan_recipe import plan_recipe
from l1.actions.start_run import start_run
from l1.dag.recipe_yaml import read_recipe
from l1.errors import Refused
from l1.events.run import RunRequested
from tests.running.node import ME

DECLARED = """\
name: fixed
inputs: {{text: {{default: "{name}"}}}}
steps: [{{id: out, type: IDENTITY, inputs: [text]}}]
output: out
"""
SOURCE = """\
name: fixed
steps:
- {{id: text, type: SOURCE, config: {{cid: "{name}"}}}}
- {{id: out, type: IDENTITY, inputs: [text]}}
output: out
"""
ASSET = """\
name: fixed
registry: {{assets: {{poem: {{hash: "{name}", url: "https://example.org/poem"}}}}}}
dag:
  nodes:
  - {{id: text, type: SOURCE, config: {{asset: poem}}}}
  - {{id: out, type: IDENTITY, inputs: [text]}}
  output: out
"""
POEM = b"some text"


def found(node, text, name):
    return Found(recipe=read_recipe(text.format(name=name).encode(), node.services.nodes))


async def test_content_has_equal_keys_whatever_a_recipe_calls_it(node):
    cid = await node.store(POEM)
    hashed = hashlib.sha3_256(POEM).hexdigest()
    async with node.worker():
        await node.probed(cid)
    keys = set()
    for text in (DECLARED, SOURCE, ASSET):
        for name in (cid, hashed, hashed.upper()):
            outlook = await plan_recipe(node.services, found(node, text, name), {})
            keys |= {step.key for step in outlook.plan.steps}
    assert len(keys) == 1


async def test_a_run_of_a_recipe_that_fixes_content_by_hash_reads_it_by_cid(node):
    cid = await node.store(POEM)
    hashed = hashlib.sha3_256(POEM).hexdigest()
    asked = found(node, ASSET, hashed)
    assert asked.recipe.inputs["poem"].default == hashed
    started = await start_run(node.services, ME, recipe=asked, inputs={})
    (requested,) = await node.facts(RunRequested)
    assert requested.inputs == {"poem": cid}
    async with node.worker():
        run = await node.ended(started.run_id)
    assert (run.state, run.output) == ("completed", cid)


async def test_fixed_content_that_is_not_here_is_refused_by_the_name_it_was_given(node):
    missing = hashlib.sha3_256(b"nowhere").hexdigest()
    with pytest.raises(Refused, match=missing) as refusal:
        await start_run(node.services, ME, recipe=found(node, ASSET, missing), inputs={})
    assert refusal.value.code == "unknown_content"


async def test_what_a_run_is_given_takes_the_place_of_what_is_fixed(node):
    cid = await node.store(POEM)
    missing = hashlib.sha3_256(b"nowhere").hexdigest()
    asked = found(node, ASSET, missing)
    await start_run(node.services, ME, recipe=asked, inputs={"poem": cid})
    (requested,) = await node.facts(RunRequested)
    assert requested.inputs == {"poem": cid}
