"""A step that takes no inputs, through a whole worker."""

from l1.actions.find_recipe import find_recipe
from l1.content.provenance import Provenance
from l1.dag.recipe_check import check
from l1.media.probing import probe
from tests.running.node import recipe


def generate(**config):
    small = {"width": 32, "height": 32, "duration": 0.2}
    return {"id": "made", "type": "GENERATE", "config": {**small, **config}}


async def test_a_recipe_may_take_nothing_at_all(node, tmp_path):
    written = recipe(generate(pattern="noise"), inputs=[])
    async with node.worker():
        run = await node.run(written, {})
        again = await node.run(written, {})
    assert run.state == again.state == "completed", run
    assert run.output == again.output
    (tmp_path / "a.mp4").write_bytes(await node.services.store.read(run.output))
    assert probe(tmp_path / "a.mp4").video.frames == 5
    record = Provenance.from_json(await node.services.store.read(run.provenance))
    assert (record.inputs, [step.inputs for step in record.steps]) == ((), [()])


async def test_the_name_of_what_takes_nothing_is_a_recipe_without_inputs(node):
    found = await find_recipe(node.services, "generate")
    assert not found.recipe.inputs
    check(found.recipe, node.services.nodes)
