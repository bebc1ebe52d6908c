import os
import time

from structlog.testing import capture_logs

from l1.storage.upkeep import sign
from l1.workers.keeping import Keeper
from tests.running.node import ME


async def left_by_a_kill(node, data):
    cid = (await node.services.store.put_bytes(data)).cid
    then = time.time_ns() - 10**12
    os.utime(await node.services.store.open_path(cid), ns=(then, then))
    return cid


async def test_the_keeper_sweeps_once_an_hour_however_many_keep(node):
    keepers = [Keeper(node.services, ME, grace_s=60) for _ in range(2)]
    first = await left_by_a_kill(node, b"first")
    await keepers[0].sweep()
    assert not await node.services.store.has(first)
    second = await left_by_a_kill(node, b"second")
    await keepers[1].sweep()
    assert await node.services.store.has(second)
    then = time.time() - 3601
    os.utime(node.services.store.root / "swept", (then, then))
    await keepers[1].sweep()
    assert not await node.services.store.has(second)


async def test_what_stands_in_the_way_of_a_sweep_is_met_once_an_hour(node):
    sign(node.services.store.root, "of another log")
    with capture_logs() as logs:
        for _ in range(3):
            await Keeper(node.services, ME, grace_s=60).sweep()
    assert [line["event"] for line in logs] == ["sweep_failed"]
