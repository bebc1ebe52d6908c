"""Deleting content and discarding runs: the rules R064 to R074, and races with what uses it."""

import asyncio
import time

import pytest

from l1.actions.cancel_run import cancel_run
from l1.actions.delete_content import delete_content, remove_bytes
from l1.actions.discard_run import discard_run
from l1.actions.start_run import start_run
from l1.actions.store_content import store_content
from l1.errors import Conflict, Failure, NotFound, Unavailable
from l1.events.content import ContentDeleted
from l1.events.publication import PublicationRequested
from l1.events.run import RunRequested
from l1.log.command import Command
from tests.running.node import ME, recipe, step

CHAIN = recipe(
    step("first", n=1, inputs=["file"]), step("last", n=2, inputs=["first"]), inputs=["file"]
)


async def seen(node, appended) -> None:
    for view in ("content", "deletions", "runs", "steps"):
        assert await node.services.views.wait_for(view, appended.last)


@pytest.fixture
async def rendered(node):
    """A completed run of two steps over a file."""
    text = await node.store(b"some text")
    async with node.worker():
        run = await node.run(CHAIN, {"file": text})
    assert run.state == "completed", run
    return node, run, text, {name: s.output for name, s in (await node.steps(run)).items()}


async def test_content_that_nothing_needs_can_be_deleted(node):
    cid = await node.store(b"an orphan")
    await seen(node, await delete_content(node.services, ME, cid))
    assert not await node.services.store.has(cid)
    with pytest.raises(NotFound):
        await delete_content(node.services, ME, cid)


async def test_inputs_outputs_and_records_of_a_run_are_kept_and_the_reason_given(rendered):
    node, run, text, outputs = rendered
    expected = {
        text: "input_of_run",
        outputs["last"]: "output_of_run",
        run.plan: "record_of_run",
        run.provenance: "record_of_run",
        run.recipe: "record_of_run",
    }
    for cid, code in expected.items():
        with pytest.raises(Conflict) as refusal:
            await delete_content(node.services, ME, cid)
        (reason,) = refusal.value.facts["reasons"]
        assert (reason["code"], reason["refs"]) == (code, [run.run_id])
        assert await node.services.store.has(cid)


async def test_an_intermediate_can_be_deleted_and_is_made_again_when_needed(rendered):
    node, _run, text, outputs = rendered
    await seen(node, await delete_content(node.services, ME, outputs["first"]))
    assert not await node.services.store.has(outputs["first"])
    other = recipe(
        step("first", n=1, inputs=["file"]), step("else", n=3, inputs=["first"]), inputs=["file"]
    )
    async with node.worker():
        again = await node.run(other, {"file": text})
    assert again.state == "completed"
    assert (await node.steps(again))["first"].output == outputs["first"]
    assert await node.services.store.has(outputs["first"])


async def test_published_content_is_kept_and_so_is_its_run(rendered):
    node, run, _text, outputs = rendered
    published = PublicationRequested(**published_fields(outputs["last"]))
    await seen(node, await node.services.log.append(Command(facts=(published,), meta=ME.meta())))
    with pytest.raises(Conflict) as refusal:
        await delete_content(node.services, ME, outputs["last"])
    assert {r["code"] for r in refusal.value.facts["reasons"]} == {"published", "output_of_run"}
    with pytest.raises(Conflict, match="published"):
        await discard_run(node.services, ME, run.run_id)


def published_fields(cid):
    values = {"cid": cid, "activity_id": "https://l1.example/activities/1"}
    for name in PublicationRequested.__struct_fields__:
        values.setdefault(name, "x")
    return values


async def test_discarding_frees_what_the_run_alone_had_and_keeps_its_inputs(rendered):
    node, run, text, outputs = rendered
    await seen(node, await discard_run(node.services, ME, run.run_id))
    assert not await node.services.store.has(outputs["first"])
    assert not await node.services.store.has(outputs["last"])
    assert await node.services.store.has(text)
    with pytest.raises(NotFound):
        await node.ended(run.run_id)
    await seen(node, await delete_content(node.services, ME, text))


async def test_what_another_run_names_is_kept_by_a_discard(rendered):
    node, run, text, outputs = rendered
    async with node.worker():
        other = await node.run(CHAIN, {"file": text})
    await seen(node, await discard_run(node.services, ME, run.run_id))
    assert await node.services.store.has(outputs["last"])
    await seen(node, await discard_run(node.services, ME, other.run_id))
    assert not await node.services.store.has(outputs["last"])


async def test_a_run_that_goes_on_is_cancelled_before_it_is_discarded(node, tmp_path):
    gate = tmp_path / "gate"
    async with node.worker():
        run_id = await node.start(recipe(step("held", "gate", path=str(gate))))
        await node.appears(tmp_path / "gate.started")
        with pytest.raises(Conflict, match="cancel it first"):
            await discard_run(node.services, ME, run_id)
        await seen(node, await cancel_run(node.services, ME, run_id))
        await seen(node, await discard_run(node.services, ME, run_id))
        gate.touch()


async def test_an_intermediate_that_a_run_works_with_is_kept(node, tmp_path):
    gate = tmp_path / "gate"
    async with node.worker():
        run_id = await node.start(
            recipe(step("first", n=1), step("held", "gate", ["first"], path=str(gate)))
        )
        await node.appears(tmp_path / "gate.started")
        output = await node.services.views.pool.fetchval(
            "select output from execution where output <> '' and kind = 'step'"
        )
        await node.services.views.wait_for("content", await node.services.reader.head())
        with pytest.raises(Conflict):
            await delete_content(node.services, ME, output)
        gate.touch()
        assert (await node.ended(run_id)).state == "completed"


async def test_deleting_and_starting_at_once_never_leaves_a_run_without_its_input(node):
    """Whoever comes first in the log wins; the other is told."""
    cid = await node.store(recipe(step("uses", inputs=["file"]), inputs=["file"]))
    outcomes = []
    for number in range(25):
        text = await node.store(f"text {number}".encode())
        deleted, started = await asyncio.gather(
            delete_content(node.services, ME, text),
            start_run(node.services, ME, recipe=cid, inputs={"file": text}),
            return_exceptions=True,
        )
        for outcome in (deleted, started):
            assert not isinstance(outcome, BaseException) or isinstance(outcome, Failure), outcome
        assert isinstance(deleted, Failure) != isinstance(started, Failure), (deleted, started)
        assert await node.services.store.has(text) == isinstance(deleted, Failure)
        outcomes.append(isinstance(deleted, Failure))
    requested = {fact.inputs["file"] for fact in await node.facts(RunRequested)}
    gone = {fact.cid for fact in await node.facts(ContentDeleted)}
    assert not requested & gone


async def test_discarding_while_another_run_takes_a_hit_breaks_neither(node):
    """The hit stands in the plan of the other run, or is executed anew."""
    async with node.worker(cpu=4, io=4):
        for number in range(12):
            first = recipe(step("one", n=number * 10), step("two", n=1, inputs=["one"]))
            second = recipe(step("one", n=number * 10), step("other", n=2, inputs=["one"]))
            run = await node.run(first)
            cid = await node.store(second)
            started, discarded = await asyncio.gather(
                node.start_stored(cid),
                discard_run(node.services, ME, run.run_id),
                return_exceptions=True,
            )
            assert not isinstance(discarded, BaseException) or isinstance(discarded, Conflict)
            other = await node.ended(started)
            assert other.state == "completed", other


async def test_content_stored_again_after_its_deletion_keeps_its_bytes(node):
    cid = await node.store(b"back again")
    decided = time.time_ns()
    await delete_content(node.services, ME, cid)
    await node.store(b"back again")
    await remove_bytes(node.services, cid, decided)  # the deleter comes late to the file
    assert await node.services.store.has(cid)


async def test_content_deleted_while_it_arrived_is_to_be_sent_again(node):
    cid = await node.store(b"contended")
    since = await node.services.reader.head()
    identity = await node.services.store.put_bytes(b"contended")
    await delete_content(node.services, ME, cid)
    with pytest.raises(Unavailable) as refusal:
        await store_content(node.services, ME, identity, source="upload", since=since)
    assert refusal.value.code == "deleted_meanwhile"
    await node.store(b"contended")
    assert await node.services.store.has(cid)


async def test_deleting_and_uploading_at_once_leaves_bytes_for_what_the_log_says_is_here(node):
    for number in range(25):
        data = f"bytes {number}".encode()
        cid = await node.store(data)

        async def upload(data: bytes = data) -> None:
            since = await node.services.reader.head()
            identity = await node.services.store.put_bytes(data)
            await store_content(node.services, ME, identity, source="upload", since=since)

        await asyncio.gather(
            delete_content(node.services, ME, cid), upload(), return_exceptions=True
        )
        last = (await node.services.reader.tagged([f"cid:{cid}"]))[-1].event
        if last.kind == "content.stored":
            assert await node.services.store.has(cid)
