import asyncio
import os
import time

import pytest

from l1.actions import sweep_storage as sweeping
from l1.actions.delete_content import delete_content
from l1.actions.store_content import store_content
from l1.actions.sweep_storage import sweep_storage
from l1.errors import Refused, Unavailable
from l1.events.content import ContentDeleted
from l1.projections import content
from l1.storage import upkeep
from tests.running.node import ME, recipe, step

DAY = 86400


def age(node, cid, seconds=2 * DAY):
    """Make a blob look as if it had been put so long ago."""
    path = node.services.store.root / "blobs" / cid[-3:-1] / cid
    then = time.time_ns() - seconds * 10**9
    os.utime(path, ns=(then, then))


async def sweep(node, grace_s=DAY, **how):
    swept = await sweep_storage(node.services, ME, grace_s=grace_s, **how)
    return {orphan.cid for orphan in swept.orphans}


async def left_by_a_kill(node, data):
    cid = (await node.services.store.put_bytes(data)).cid
    age(node, cid)
    return cid


async def test_bytes_that_no_fact_speaks_for_go_and_all_others_stay(node):
    async with node.worker():
        text = await node.store(b"kept")
        run = await node.run(recipe(step("one", n=1), step("two", n=2, inputs=["one"])))
        assert run.state == "completed"
        orphan = await left_by_a_kill(node, b"put, but its fact never came")
        for cid in await content.every_cid(node.services.views):
            age(node, cid)
        assert await sweep(node, dry_run=True) == {orphan}
        assert await node.services.store.has(orphan)
        assert await sweep(node) == {orphan}
        assert not await node.services.store.has(orphan)
        assert await node.services.store.has(text)
        assert not await node.services.store.missing(await content.every_cid(node.services.views))
        assert await sweep(node) == set()
        again = await node.run(recipe(step("one", n=1), step("three", n=3, inputs=["one"])))
        assert again.cached == 1


async def test_a_kill_between_the_deletion_and_the_unlink_is_made_good(node):
    cid = await node.store(b"deleted, but the file stayed")
    await delete_content(node.services, ME, cid)
    assert await left_by_a_kill(node, b"deleted, but the file stayed") == cid
    assert await sweep(node) == {cid}
    assert not await node.services.store.has(cid)


async def test_young_bytes_are_left_to_whoever_is_about_to_speak_for_them(node):
    since = await node.services.reader.head()
    identity = await node.services.store.put_bytes(b"young")
    assert await sweep(node) == set()
    await store_content(node.services, ME, identity, source="upload", since=since)
    assert await node.services.store.has(identity.cid)


async def test_bytes_put_again_just_now_are_kept_though_they_are_old(node):
    cid = await left_by_a_kill(node, b"again")
    since = await node.services.reader.head()
    identity = await node.services.store.put_bytes(b"again")
    assert await sweep(node) == set()
    await store_content(node.services, ME, identity, source="upload", since=since)
    assert await node.services.store.has(cid)


async def test_who_speaks_for_swept_bytes_a_day_late_is_told_to_send_them_again(node):
    since = await node.services.reader.head()
    identity = await node.services.store.put_bytes(b"asleep for two days")
    age(node, identity.cid)
    await sweep(node)
    with pytest.raises(Unavailable) as refusal:
        await store_content(node.services, ME, identity, source="upload", since=since)
    assert refusal.value.code == "deleted_meanwhile"


async def test_bytes_spoken_for_between_the_look_and_the_deletion_stay(node):
    position = await node.services.views.position("content")
    cid = await node.store(b"just in time")
    limit = time.time_ns()
    assert not await sweeping._remove(node.services, ME, cid, position=position, limit=limit)
    assert await node.services.store.has(cid)
    assert await node.facts(ContentDeleted) == []


async def test_a_step_result_stays_though_its_fact_has_no_tag(node):
    async with node.worker():
        position = await node.services.views.position("content")
        run = await node.run(recipe(step("one", n=1)))
        limit = time.time_ns()
        assert not await sweeping._remove(
            node.services, ME, run.output, position=position, limit=limit
        )
        assert await node.services.store.has(run.output)


async def test_what_is_no_file_is_no_orphan(node):
    folder, link = [await left_by_a_kill(node, data) for data in (b"one", b"other")]
    places = [node.services.store.root / "blobs" / cid[-3:-1] / cid for cid in (folder, link)]
    for place in places:
        place.unlink()
    places[0].mkdir()
    places[1].symlink_to("nowhere")
    assert await sweep(node, grace_s=0.0) == set()
    assert await node.facts(ContentDeleted) == []


async def test_a_store_that_another_log_uses_too_is_not_swept(node):
    cid = await left_by_a_kill(node, b"perhaps of the other")
    upkeep.sign(node.services.store.root, "0b0b0b0b-0000-4000-8000-000000000000")
    with pytest.raises(Refused, match="another log"):
        await sweep(node)
    assert await node.services.store.has(cid)


async def test_sweeping_and_uploading_at_once_leaves_bytes_for_what_the_log_says_is_here(node):
    """With no grace at all, so that only the order of facts and files protects."""
    for number in range(25):
        data = f"bytes {number}".encode()
        await node.services.store.put_bytes(data)

        async def upload(data: bytes = data):
            since = await node.services.reader.head()
            identity = await node.services.store.put_bytes(data)
            await asyncio.sleep(0)
            return await store_content(node.services, ME, identity, source="upload", since=since)

        swept, stored = await asyncio.gather(sweep(node, 0.0), upload(), return_exceptions=True)
        assert not isinstance(swept, BaseException), swept
        assert not isinstance(stored, BaseException) or isinstance(stored, Unavailable)
        if not isinstance(stored, BaseException):
            await node.services.views.wait_for("content", stored.last)
        known = await content.every_cid(node.services.views)
        assert not await node.services.store.missing(known)
