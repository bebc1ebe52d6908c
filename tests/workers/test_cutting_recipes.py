"""Recipes that cut and join, through a whole worker."""

import pytest

from l1.errors import Refused
from l1.events.step import StepCompleted
from l1.media.probing import probe
from tests.media.making import make_video
from tests.running.node import recipe


def node_step(name, type_, *inputs, **config):
    return {"id": name, "type": type_, "inputs": list(inputs), "config": config}


async def rendered(node, tmp_path, written):
    source = make_video(tmp_path / "a.mp4", frames=200, size=(32, 32))
    async with node.worker():
        cid = await node.store(source.read_bytes())
        await node.probed(cid)
        return await node.run(written, {"video": cid})


async def test_two_parts_of_an_eight_second_clip_without_sound_last_four_seconds(node, tmp_path):
    written = recipe(
        node_step("opening", "SEGMENT", "video", start=0, end=2),
        node_step("later", "TRIM", "video", start=5, end=7),
        node_step("joined", "SEQUENCE", "opening", "later", transition={"type": "cut"}),
        inputs=["video"],
    )
    run = await rendered(node, tmp_path, written)
    assert run.state == "completed", run
    path = tmp_path / "joined.mp4"
    path.write_bytes(await node.services.store.read(run.output))
    assert (probe(path).duration_us, probe(path).audio) == (4_000_000, None)


async def test_a_transition_that_there_is_not_starts_no_run_and_caches_nothing(node, tmp_path):
    written = recipe(
        node_step("s", "SEQUENCE", "video", "video", transition={"type": "wipe"}),
        inputs=["video"],
    )
    with pytest.raises(Refused, match=r"steps\.0\.config\.transition: .*wipe"):
        await rendered(node, tmp_path, written)
    assert not await node.facts(StepCompleted)
