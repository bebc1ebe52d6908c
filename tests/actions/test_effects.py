"""Effects by others, kept by facts: added, named by recipes, run, protected, removed."""

import pytest

from l1.actions.add_effect import add_effect
from l1.actions.add_recipe import add_recipe
from l1.actions.delete_content import delete_content
from l1.actions.find_effect import find_effect
from l1.actions.find_recipe import find_recipe
from l1.actions.remove_effect import remove_effect
from l1.content.provenance import Provenance
from l1.dag.resolve import contents_of
from l1.errors import Conflict, NotFound, Refused
from l1.events.step import StepFailed
from l1.projections import effects
from tests.running.node import ME, open_node

EFFECT = b'''"""
@effect shout
@author Ada
@param times int (@range 1 3, @default 2)
"""
def process(inputs, output, params, ctx):
    output.write_bytes(inputs[0].read_bytes().upper() * params["times"])
'''
BROKEN = b'"""\n@effect broken\n"""\ndef process(inputs, output, params, ctx):\n    1 / 0\n'
LIAR = b'''"""
@effect liar
"""
import json, os
def process(inputs, output, params, ctx):
    output.write_bytes(b"plain text")
    video = {"codec": "h264", "width": 8, "height": 8, "pixel_format": "yuv420p", "frames": 9}
    info = {"kind": "video", "media_type": "video/mp4", "video": video}
    said = {"bytes": 10, "info": info, "outline": {"frames": 10**9}}
    os.write(3, json.dumps({"done": said}).encode() + b"\\n")
    os._exit(0)
'''
FOLDER = b'''"""
@effect folder
"""
import os
def process(inputs, output, params, ctx):
    output.mkdir()
    said = b'{"done": {"bytes": 1, "info": {"kind": "data", "media_type": "a/b"}}}'
    os.write(3, said + b"\\n")
    os._exit(0)
'''
MADE = b"""name: made
inputs: {code: text, words: text}
steps:
  - {id: same, type: IDENTITY, inputs: [code]}
  - {id: loud, type: FOREIGN, inputs: [words, same]}
output: loud
"""

GROUP = b"""name: grouped
compounds:
  group:
    inputs: [what, how]
    steps: [{id: loud, type: FOREIGN, config: {params: {times: 7}}, inputs: [what, how]}]
    output: loud
inputs: {code: text, words: text}
steps: [{id: all, type: COMPOUND, config: {compound: group}, inputs: [words, code]}]
output: all
"""


@pytest.fixture
async def node(tmp_path, database_url, redis_url):
    async with open_node(tmp_path, database_url, redis_url, ARTDAG_FOREIGN_EFFECTS="on") as opened:
        yield opened


async def add(node, text=EFFECT):
    added = await add_effect(node.services, ME, text)
    for view in ("effects", "content", "deletions"):
        assert await node.services.views.wait_for(view, added.appended.last)
    return added.cid


def recipe(code, **params):
    config = {"effect": "shout", "cid": str(code), "params": params}
    return (
        "name: loud\ninputs: {words: text}\n"
        f"steps: [{{id: loud, type: EFFECT, config: {config}, inputs: [words]}}]\n"
        "output: loud\n"
    ).encode()


async def test_an_effect_is_found_by_its_name_and_by_its_file(node):
    cid = await add(node)
    kept = (await find_effect(node.services, "shout")).kept
    by_hash = (await node.services.store.put_bytes(EFFECT)).content_hash
    for name in (cid, by_hash):
        assert (await find_effect(node.services, name)).kept == kept
    assert "Ada" not in kept.author
    assert await node.services.keyring.open(kept.author) == "Ada"
    with pytest.raises(NotFound):
        await find_effect(node.services, "whisper")


async def test_a_recipe_runs_it_and_what_it_made_is_found_again(node):
    cid, words = await add(node), await node.store(b"one ")
    async with node.worker():
        run = await node.run(recipe(cid, times=3), [words])
        assert (run.state, run.message) == ("completed", None)
        assert await node.services.store.read(run.output) == b"ONE ONE ONE "
        told = Provenance.from_json(await node.services.store.read(run.provenance))
        assert [(one.name, one.cid) for one in told.effects][1:] == [("shout", cid)]
        again = await node.run(recipe(cid, times="3"), [words])
        assert again.output == run.output
        assert (await node.steps(again))["loud"].state == "cached"


async def test_its_name_is_a_recipe_of_one_step(node):
    cid = await add(node)
    for name in ("shout", cid):
        found = (await find_recipe(node.services, name)).recipe
        assert (found.name, list(found.inputs)) == ("shout", ["input"])
        assert contents_of(found, {}) == {cid}


async def test_what_a_recipe_tells_it_is_checked_when_the_recipe_is_added(node):
    cid = await add(node)
    with pytest.raises(Refused, match=r"recipe.yaml:3:\d+: .*Expected `int` <= 3"):
        await add_recipe(node.services, ME, recipe(cid, times=4))
    words = await node.store(b"one ")
    text = await node.store(recipe(cid, times=4))
    run_id = await node.start_stored(text, [words])
    async with node.worker():
        run = await node.ended(run_id)
    assert (run.state, run.code) == ("failed", "bad_parameter")
    assert "Expected `int` <= 3" in run.message


async def test_only_what_was_added_runs(node):
    code, words = await node.store(EFFECT), await node.store(b"one ")
    with pytest.raises(Refused, match="artdag effect add"):
        await add_recipe(node.services, ME, recipe(code))
    async with node.worker():
        run = await node.run(recipe(code), [words])
        assert (run.state, run.code) == ("failed", "unknown_effect")
        with pytest.raises(Refused, match="not made by a step"):
            await node.run(MADE, {"code": code, "words": words})


async def test_what_it_raises_is_told_and_what_it_says_of_its_output_is_not_believed(node):
    broken, liar, folder = await add(node, BROKEN), await add(node, LIAR), await add(node, FOLDER)
    words = await node.store(b"one ")
    async with node.worker():
        run = await node.run(recipe(broken), [words])
        assert "the effect 'broken' failed in line 5: 1 / 0: ZeroDivisionError" in str(run.message)
        run = await node.run(recipe(liar), [words])
        assert run.state == "completed"
        output = (await node.steps(run))["loud"].output
        kind = "select kind from view_content.content where cid = $1"
        assert await node.services.views.pool.fetchval(kind, output) == "text"
        run = await node.run(recipe(folder), [words])
        assert (run.state, (await node.facts(StepFailed))[-1].code) == ("failed", "bad_output")


async def test_its_file_stays_while_it_is_kept_and_while_a_run_names_it(node):
    cid, words = await add(node), await node.store(b"one ")
    with pytest.raises(Conflict, match="effect 'shout'"):
        await delete_content(node.services, ME, cid)
    run_id = await node.start(recipe(cid), [words])
    started = await node.services.reader.head()
    await node.services.views.wait_for("deletions", started)
    gone = await remove_effect(node.services, ME, cid)
    for view in ("effects", "content", "deletions"):
        await node.services.views.wait_for(view, gone.last)
    assert await effects.page(node.services.views, limit=9) == []
    assert await node.services.store.has(cid)
    with pytest.raises(Conflict, match="input of run"):
        await delete_content(node.services, ME, cid)
    async with node.worker():
        assert (await node.ended(run_id)).code == "unknown_effect"


async def test_an_effect_that_no_run_names_goes_with_its_file(node):
    cid = await add(node)
    gone = await remove_effect(node.services, ME, cid)
    await node.services.views.wait_for("content", gone.last)
    assert not await node.services.store.has(cid)


async def test_they_are_off_unless_the_owner_turns_them_on(tmp_path, database_url, redis_url):
    async with open_node(tmp_path, database_url, redis_url) as node:
        with pytest.raises(Refused, match="ARTDAG_FOREIGN_EFFECTS=on") as refused:
            await add_effect(node.services, ME, EFFECT)
        assert refused.value.code == "foreign_effects_off"
    weak = {"ARTDAG_FOREIGN_EFFECTS": "on", "ARTDAG_SANDBOX": "weak"}
    async with open_node(tmp_path, database_url, redis_url, **weak) as node:
        with pytest.raises(Refused, match="strict"):
            await add_effect(node.services, ME, EFFECT)


async def test_code_that_a_group_of_steps_brings_is_checked_as_well(node):
    code, words, other = await add(node), await node.store(b"one "), await node.store(BROKEN)
    started = [await node.start(GROUP, {"words": words, "code": each}) for each in (code, other)]
    async with node.worker():
        ended = [(await node.ended(run_id)).code for run_id in started]
    assert ended == ["bad_parameter", "unknown_effect"]
