"""Workers are killed again and again while a film is rendered in parts, and Redis is emptied."""

import contextlib
import os
import subprocess
import sys
import time

import pytest
import redis

from l1.events.step import SegmentsRendered, StepCompleted, StepSplit, StreamAdvanced
from tests.media.making import make_video
from tests.running.node import recipe, step
from tests.storm.storming import Pool, nap, passes
from tests.workers.test_parts import in_one_go, pictures, written

pytestmark = pytest.mark.storm
KILLS = int(os.environ.get("STORM_PART_KILLS", "20"))


async def test_a_film_in_parts_survives_twenty_kills_and_an_emptied_redis(node, tmp_path):
    clip = make_video(tmp_path / "clip.mp4", frames=3000, size=(320, 180), audio="aac")
    cid = await node.store(clip.read_bytes())
    began = time.monotonic()
    slots = {"cpu": 1, "io": 1}
    flushed = 0
    with (
        contextlib.closing(Pool(node, 3, slots)) as pool,
        redis.Redis.from_url(node.settings.redis_url) as client,
    ):
        await node.probed(cid)
        run_id = await node.start(written(stop="90"), {"video": cid})
        # Spread over the whole film: as many kills as there is progress.
        while (share := await rendered(node) / 60) < 1:
            if pool.kills < KILLS * share + 1:
                pool.kill_one()
            if flushed < 3 * share:
                client.flushall()
                flushed += 1
            await nap(0.05, 0.4)
        while pool.kills < KILLS:  # the joining too
            pool.kill_one()
            await nap(0.3, 0.6)
        run = await node.ended(run_id, seconds=180)
    assert run.state == "completed", run
    whole = in_one_go(clip, tmp_path / "whole.mp4", stop="90")
    assert await node.services.store.read(run.output) == whole
    (split,) = await node.facts(StepSplit)
    made = pictures(await node.facts(SegmentsRendered))
    assert len(split.segments) == 60
    assert made == sorted(split.segments), "what was recorded is never rendered again"
    told = await node.facts(StreamAdvanced)
    assert [fact.segments for fact in told] == sorted(fact.segments for fact in told)
    assert told[-1].complete
    verified = subprocess.run(
        [sys.executable, "-m", "l1.cli", "events", "verify"],
        env={**os.environ, **node.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.stdout.startswith("verified: "), verified
    await passes(
        node,
        "a film in parts, killed",
        1,
        SIGKILLs=pool.kills,
        FLUSHALLs=flushed,
        segments=len(made),
        playlists=len(told),
        seconds=f"{time.monotonic() - began:.0f}",
    )


async def rendered(node) -> int:
    """Count the segments that are there; all of them once the step is done."""
    query = (
        "select count(*) from execution where kind = 'segment' and key !~ ':' and spec ~ 'header'"
    )
    done = "select count(*) from execution where kind = 'step' and state = 'done'"
    if await node.services.views.pool.fetchval(done):
        return 60
    return await node.services.views.pool.fetchval(query)


async def test_many_films_at_once_are_told_apart(node, tmp_path):
    """Parts of several films, some of the same segments, with workers that come and go."""
    clip = make_video(tmp_path / "clip.mp4", frames=500, size=(160, 90), audio="aac")
    cid = await node.store(clip.read_bytes())
    texts = [written(f"n{n}", start=str(n), stop=str(n + 4)) for n in range(5)]
    other = recipe(step("f", "flip", ["video"]), inputs=["video"])
    with contextlib.closing(Pool(node, 2, {"cpu": 2, "io": 2})) as pool:
        await node.probed(cid)
        ids = [await node.start(each, {"video": cid}) for each in (*texts, other, texts[0])]
        for _ in range(6):
            await nap(0.5, 1.5)
            pool.kill_one()
        runs = [await node.ended(each, seconds=240) for each in ids]
    assert {run.state for run in runs} == {"completed"}
    for n, run in enumerate(runs[:5]):
        whole = in_one_go(clip, tmp_path / f"{n}.mp4", f"n{n}", start=str(n), stop=str(n + 4))
        assert await node.services.store.read(run.output) == whole
    assert runs[0].output == runs[-1].output
    assert len(await node.facts(StepCompleted)) == 6
    await passes(node, "several films in parts, killed", 6, SIGKILLs=pool.kills)
