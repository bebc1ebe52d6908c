"""The database crashes, and a render is killed in its middle."""

import asyncio
import contextlib
import os
import signal
import time
from pathlib import Path

import asyncpg
import msgspec
import pytest

from l1.content.media_info import MediaInfo
from l1.embedded.postgres import Postgres
from l1.embedded.valkey import Valkey
from l1.events.step import StepCompleted, StepLost
from l1.log.migrations import migrate
from l1.projections import content
from l1.workers.children import Children, Limits, Task, TaskSource
from tests.media.making import make_video
from tests.running.node import ROOT, grid, open_node, recipe, step
from tests.storm.storming import Pool, done, nap, passes, until_done

pytestmark = pytest.mark.storm
CRASHES = int(os.environ.get("STORM_CRASHES", "5"))


@pytest.fixture
async def own_servers(tmp_path):
    """A durable Postgres and a Valkey of this test's own."""
    postgres, valkey = Postgres(tmp_path / "own"), Valkey(tmp_path / "own", durable=False)
    try:
        database_url, redis_url = postgres.start(), valkey.start()
        await migrate(database_url, ROOT / "migrations")
        yield postgres, database_url, redis_url
    finally:
        postgres.stop()
        valkey.stop()


async def answers(node) -> bool:
    with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return await node.services.views.pool.fetchval("select true", timeout=2)
    return False


async def test_a_database_that_crashes_again_and_again(tmp_path, own_servers):
    postgres, database_url, redis_url = own_servers
    levels, width = 40, 10
    steps = levels * width + 1
    async with open_node(tmp_path, database_url, redis_url) as node:
        began = time.monotonic()
        crashes = restarts = 0
        heads = []
        with contextlib.closing(Pool(node, 2, {"cpu": 4, "io": 2})) as pool:
            run_id = await node.start(grid(levels, width, ledger=node.ledger, seconds=0.05))
            await until_done(node, 5)
            while crashes < CRASHES:
                before = await done(node)
                heads.append(await node.services.reader.head())
                # Immediate: no checkpoint, no goodbye; supervision starts it again.
                server = postmaster(postgres)
                os.kill(server, signal.SIGQUIT)
                crashes += 1
                while Path(f"/proc/{server}").exists():
                    await asyncio.sleep(0.01)
                while not await answers(node):
                    await asyncio.sleep(0.1)
                    restarts += pool.replace_dead()
                await until_done(node, min(steps, before + steps // (CRASHES + 2)))
            while await done(node) < steps:
                restarts += pool.replace_dead()
                await nap(0.1, 0.2)
            run = await node.ended(run_id, seconds=120)
        assert run.state == "completed"
        assert await node.services.reader.head() > max(heads), "what was read stands"
        await passes(
            node,
            "Postgres, immediate stop in mid-run",
            steps,
            crashes=crashes,
            **{"workers that died": restarts, "seconds": f"{time.monotonic() - began:.0f}"},
        )


def postmaster(postgres: Postgres) -> int:
    """The server itself, not what watches over it."""
    return int((postgres.data / "postmaster.pid").read_text().split()[0])


async def test_a_render_killed_in_its_middle_gives_the_same_output(node, tmp_path):
    clip = make_video(tmp_path / "clip.mp4", frames=250, size=(640, 360), audio="aac")
    written = recipe(step("dog", "dog", inputs=["video"]), inputs=["video"])
    since_clip = await node.store(clip.read_bytes())
    began = time.monotonic()
    slots = {"cpu": 1, "io": 1}
    with contextlib.closing(Pool(node, 1, slots)) as pool:
        await node.probed(since_clip)
        run_id = await node.start(written, {"video": since_clip})
        killed: set[str] = set()
        while len(killed) < 3 and (worker := await renderer(node, but=killed)):
            await nap(0.2, 0.5)
            pool.kill_one()
            killed.add(worker)
        run = await node.ended(run_id, seconds=180)
    assert run.state == "completed"
    assert {fact.worker for fact in await node.facts(StepLost)} == killed
    assert killed
    (completed,) = await node.facts(StepCompleted)
    made = await content.get(node.services.views, completed.output)
    assert made.kind == "video"
    undisturbed = await rendered_without_kills(node, clip, tmp_path)
    assert undisturbed == run.output
    await passes(
        node,
        "a video render, killed",
        1,
        SIGKILLs=len(killed),
        seconds=f"{time.monotonic() - began:.0f}",
    )


async def renderer(node, *, but: set[str]) -> str | None:
    """Wait until somebody else renders, and say who; None when the step is done."""
    held = "select worker from lease join execution using (key) where kind = 'step'"
    while not await done(node):
        worker = await node.services.views.pool.fetchval(held)
        if worker and worker not in but:
            return worker
        await asyncio.sleep(0.02)
    return None


async def rendered_without_kills(node, clip, tmp_path) -> str:
    """Render the same in a sandboxed child of our own, without any work table."""
    output = tmp_path / "undisturbed" / "output"
    output.parent.mkdir()
    async with Children(("l1.effects", "l1.analyses")) as children:
        probe = Task(
            kind="analyse",
            name="probe",
            sources=(TaskSource(path=str(clip)),),
            limits=Limits(timeout_s=60),
        )
        info = msgspec.convert((await children.run(probe)).value, MediaInfo)
        await children.run(
            Task(
                kind="render",
                name="dog",
                params={},
                sources=(TaskSource(path=str(clip), info=info),),
                output=str(output),
                limits=Limits(timeout_s=300),
            )
        )
    return (await node.services.store.put_file(output)).cid
