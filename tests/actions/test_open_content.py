"""Lost bytes are noticed, said, and made again by the next run that needs them."""

import pytest

from l1.actions.open_content import open_content
from l1.content.cid import Cid
from l1.errors import NotFound, Unavailable
from l1.projections import content
from tests.running.node import ME, recipe, step

CHAIN = recipe(
    step("first", n=1, inputs=["file"]), step("last", n=2, inputs=["first"]), inputs=["file"]
)


@pytest.fixture
async def rendered(node):
    text = await node.store(b"some text")
    async with node.worker():
        run = await node.run(CHAIN, {"file": text})
    assert run.state == "completed", run
    return node, text, Cid(run.output)


async def lose(node, cid: Cid, *, damage: bool) -> None:
    path = await node.services.store.open_path(cid)
    path.chmod(0o644)
    path.write_bytes(b"something else") if damage else path.unlink()


@pytest.mark.parametrize("damage", [True, False])
async def test_a_lost_result_is_said_and_made_again(rendered, damage):
    node, text, output = rendered
    await lose(node, output, damage=damage)
    with pytest.raises(Unavailable) as lost:
        await open_content(node.services, ME, output)
    assert lost.value.code == "lost"
    await node.services.views.wait_for("content", await node.services.reader.head())
    with pytest.raises(NotFound):
        await content.get(node.services.views, output)
    async with node.worker():
        again = await node.run(CHAIN, {"file": text})
    assert (again.state, again.output, again.cached) == ("completed", output, 1)
    assert await open_content(node.services, ME, output)


async def test_a_plan_uses_no_result_whose_file_is_gone(rendered):
    node, text, output = rendered
    await lose(node, output, damage=False)
    async with node.worker():
        again = await node.run(CHAIN, {"file": text})
    assert (again.state, again.output, again.cached) == ("completed", output, 1)
    assert await open_content(node.services, ME, output)
