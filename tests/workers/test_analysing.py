"""Analyses as steps: in a sandboxed child, and through a whole worker."""

import pytest

from l1.content.features import Features
from l1.content.media_info import MediaInfo
from l1.errors import Refused
from l1.events.step import StepCompleted
from l1.workers.children import Children, Limits, Task, TaskSource
from tests.analyses.sounds import clicks, drums, write_wav
from tests.media.making import make_video
from tests.running.node import recipe, step


@pytest.fixture
async def children():
    async with Children() as running:
        yield running


def task(folder, name, path, **params):
    scratch = folder / f"scratch-{name}"
    scratch.mkdir()
    info = MediaInfo(kind="audio", media_type="audio/wav", duration_us=8_000_000)
    return Task(
        kind="render",
        name=name,
        sources=(TaskSource(path=str(path), info=info),),
        params=params,
        output=str(scratch / "output"),
        limits=Limits(timeout_s=300),
    )


@pytest.mark.parametrize("name", ["beats", "tempo", "onsets", "energy", "bands", "waveform"])
async def test_a_child_writes_what_it_found_under_the_name_of_the_analysis(
    children, tmp_path, name
):
    path = write_wav(tmp_path / "a.wav", drums(120, 8))
    told = []
    order = task(tmp_path, name, path)
    done = await children.run(order, on_progress=lambda *so_far: told.append(so_far))
    document = Features.read((tmp_path / f"scratch-{name}" / "output").read_bytes())
    assert getattr(document, name) is not None
    assert done.value["info"]["kind"] in {"data", "text"}
    assert told[-1] == (1, 1)


async def test_an_analysis_that_fails_writes_nothing(children, tmp_path):
    order = task(tmp_path, "beats", make_video(tmp_path / "mute.mp4", frames=5))
    with pytest.raises(Refused, match="no sound"):
        await children.run(order)
    assert not (tmp_path / "scratch-beats" / "output").exists()


@pytest.mark.real
async def test_librosa_works_inside_the_sandbox(children, tmp_path):
    sound, times = clicks(120, 8)
    path = write_wav(tmp_path / "a.wav", sound)
    await children.run(task(tmp_path, "beats", path, engine="librosa"))
    document = Features.read((tmp_path / "scratch-beats" / "output").read_bytes())
    assert document.beats
    assert abs(len(document.beats.beats_ms) - len(times)) <= 2


async def test_an_analysis_is_a_step_that_is_done_once(node, tmp_path):
    path = write_wav(tmp_path / "a.wav", clicks(120, 6)[0])
    async with node.worker():
        cid = await node.store(path.read_bytes())
        await node.probed(cid)
        written = recipe(step("b", "beats", ["music"]), inputs=["music"])
        first = await node.run(written, {"music": cid})
        second = await node.run(written, {"music": cid})
    assert first.state == second.state == "completed", first
    assert first.output == second.output
    assert len(await node.facts(StepCompleted)) == 1
    document = Features.read(await node.services.store.read(first.output))
    assert document.beats
    assert abs(document.beats.tempo_mbpm - 120_000) < 120


async def test_an_analysis_that_failed_is_tried_again_when_asked_again(node, tmp_path):
    mute = make_video(tmp_path / "mute.mp4", frames=5)
    async with node.worker():
        cid = await node.store(mute.read_bytes())
        await node.probed(cid)
        written = recipe(step("b", "beats", ["music"]), inputs=["music"])
        runs = [await node.run(written, {"music": cid}) for _ in range(2)]
    assert [run.state for run in runs] == ["failed", "failed"]
    assert "no sound" in runs[1].message
    assert not await node.facts(StepCompleted)


async def test_analyses_are_joined_and_none_is_done_twice(node, tmp_path):
    path = write_wav(tmp_path / "a.wav", drums(120, 6))
    heard = {"id": "heard", "type": "ANALYZE", "inputs": ["music"]}
    async with node.worker():
        cid = await node.store(path.read_bytes())
        await node.probed(cid)
        two = recipe({**heard, "config": {"features": ["beats", "energy"]}}, inputs=["music"])
        three = recipe(
            {**heard, "config": {"features": ["tempo", "energy", "beats"]}}, inputs=["music"]
        )
        first = await node.run(two, {"music": cid})
        second = await node.run(three, {"music": cid})
    assert first.state == second.state == "completed", (first, second)
    assert len(await node.facts(StepCompleted)) == 3 + 2
    document = Features.read(await node.services.store.read(second.output))
    assert document.beats
    assert document.energy
    assert document.tempo
    assert document.tempo.tempo_mbpm == document.beats.tempo_mbpm
