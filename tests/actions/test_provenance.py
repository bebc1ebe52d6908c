"""The record that a run leaves: complete, under both ids, with its place in the log."""

import hashlib

import l1
from l1.content.cid import Cid
from l1.content.provenance import Provenance
from l1.content.unixfs import UnixFs
from l1.events.run import RunRequested
from l1.events.tree import Frontier
from tests.running.node import recipe, step

WRITTEN = recipe(
    step("first", n=1, inputs=["file"]),
    step("second", n=2, inputs=["first"]),
    step("both", n=3, inputs=["first", "second"]),
    inputs=["file"],
)


async def record_of(node, run) -> Provenance:
    return Provenance.from_json(await node.services.store.read(Cid(run.provenance)))


async def check_named(node, named) -> None:
    """Both ids are those of the bytes that are here."""
    data = await node.services.store.read(named.cid)
    assert hashlib.sha3_256(data).hexdigest() == named.content_hash
    unixfs = UnixFs()
    unixfs.update(data)
    assert unixfs.cid() == named.cid


async def test_the_record_of_a_run_is_complete_and_every_id_is_right(node):
    text = await node.store(b"some text")
    async with node.worker():
        run = await node.run(WRITTEN, {"file": text})
    assert run.state == "completed", run
    record = await record_of(node, run)
    steps = await node.steps(run)
    for named in (
        record.output,
        *record.inputs,
        *record.effects,
        record.infrastructure.software,
        record.infrastructure.hardware,
    ):
        await check_named(node, named)
    assert record.output.cid == run.output == steps["both"].output
    assert [(each.name, each.cid) for each in record.inputs] == [("file", text)]
    assert {each.name for each in record.effects} == {"noop"}
    assert record.rendered_by == "@owner@localhost"
    assert (record.run_id, record.run_key) == (run.run_id, run.run_key)
    assert (record.plan_id, record.plan_cid) == (run.plan_id, run.plan)
    assert record.recipe.cid == run.recipe
    assert record.task_id in {each.task_id for each in steps.values()}
    assert [each.id for each in record.steps] == ["first", "second", "both"]
    for done in record.steps:
        assert (done.key, done.output) == (steps[done.id].key, steps[done.id].output)
    first, second, both = record.steps
    assert first.inputs == (text,)
    assert second.inputs == (first.output,)
    assert both.inputs == (first.output, second.output)
    assert record.params["first"] == {"n": 1}
    assert not any(each.cached for each in record.steps)
    assert record.tools
    software = await node.services.store.read(record.infrastructure.software.cid)
    assert l1.__version__.encode() in software


async def test_the_place_in_the_log_is_the_run_and_the_root_is_the_logs(node):
    text = await node.store(b"some text")
    async with node.worker():
        await node.run(recipe(step("before", n=9)))
        run = await node.run(WRITTEN, {"file": text})
        await node.run(recipe(step("after", n=10)))
    record = await record_of(node, run)
    assert record.log is not None
    first = await node.services.reader.page(record.log.first - 1, 1)
    assert isinstance(first[0].event, RunRequested)
    assert first[0].event.run_id == run.run_id
    assert record.log.first < record.log.last <= record.log.size < run.ended_at
    frontier = Frontier()
    frontier.extend(await node.services.reader.leaves(0, record.log.size))
    assert frontier.size == record.log.size
    assert frontier.root().hex() == record.log.root
    facts = [r async for r in node.services.reader.everything(0, record.log.last)]
    done = {r.event.key for r in facts if r.event.kind == "step.completed"}
    assert {each.key for each in record.steps} <= done, "the range covers all its steps"


async def test_a_run_that_found_its_result_names_it_as_cached(node):
    text = await node.store(b"some text")
    async with node.worker():
        first = await node.run(WRITTEN, {"file": text})
        again = await node.run(WRITTEN, {"file": text})
    old, new = await record_of(node, first), await record_of(node, again)
    assert new.output == old.output
    assert [(each.id, each.cached) for each in new.steps] == [
        ("first", True),
        ("second", True),
        ("both", True),
    ]
    for then, now in zip(old.steps, new.steps, strict=True):
        assert (now.key, now.inputs, now.output) == (then.key, then.inputs, then.output)
