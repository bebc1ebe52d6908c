import pytest

from l1.actions.delete_content import delete_content
from l1.actions.finish_step import Attempt, fail_step
from l1.events.content import ContentStored
from l1.events.step import StepFailed
from l1.log.command import Barred
from l1.work.leases import Leases
from tests.running.node import ME


@pytest.fixture
async def attempt(node):
    """Somebody works on a probe."""
    await node.store(b"something to look into")
    leases = Leases(node.services.views.pool, worker="me", ttl=60)
    claimed = await leases.claim("cpu")
    return claimed.head, Attempt(
        key=claimed.key, token=claimed.token, number=1, worker="me", task_id=""
    )


async def fail(node, attempt, log, since):
    await fail_step(
        node.services, ME, attempt, code="broken", message="no", final=True, since=since, log=log
    )
    (fact,) = await node.facts(StepFailed)
    return fact


async def test_what_a_failed_attempt_had_to_say_is_content(node, attempt):
    since, tried = attempt
    log = await node.services.store.put_bytes(b"it said this\n")
    assert (await fail(node, tried, log, since)).log == log.cid
    assert log.cid in {fact.cid for fact in await node.facts(ContentStored)}


async def test_a_log_that_was_deleted_meanwhile_is_left_out_and_the_failure_counts(node, attempt):
    since, tried = attempt
    cid = await node.store(b"it said what somebody had stored\n")
    log = await node.services.store.put_bytes(b"it said what somebody had stored\n")
    await delete_content(node.services, ME, cid)
    assert (await fail(node, tried, log, since)).log == ""
    assert [fact.source for fact in await node.facts(ContentStored) if fact.cid == cid] == [
        "upload"
    ]


async def test_who_lost_the_lease_records_no_failure(node, attempt):
    since, tried = attempt
    await node.services.views.pool.execute("delete from lease")
    log = await node.services.store.put_bytes(b"too late\n")
    with pytest.raises(Barred):
        await fail(node, tried, log, since)
    assert await node.facts(StepFailed) == []
