"""Starting runs: what is refused, what waits, what happens when content goes meanwhile."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import msgspec
import pytest

from l1.actions.delete_content import delete_content
from l1.actions.start_run import start_run
from l1.content.canonical import canonical
from l1.dag.recipe import Recipe
from l1.errors import Conflict, NotFound, Refused
from l1.events.content import ContentDeleted
from l1.events.run import RunRequested
from l1.log.command import Command, Stale
from l1.projections.views import Views
from l1.storage.content_store import ContentStore
from tests.running.node import ME, recipe, step

TAKES_A_FILE = recipe(step("uses", inputs=["file"]), inputs=["file"])


async def ask(node, asked, inputs=(), **more):
    return await start_run(node.services, ME, recipe=asked, inputs=inputs, **more)


async def test_an_unknown_effect_is_refused_with_what_was_perhaps_meant(node):
    with pytest.raises(Refused, match="noop") as refusal:
        await ask(node, "noob")
    assert refusal.value.code == "unknown_recipe"


async def test_a_recipe_that_is_not_here_is_not_found(node):
    with pytest.raises(NotFound):
        await ask(node, "bafkreieyfwpd5omw6vm6mm7u2gkn543wdwij6wr3mr6rvbi75llhymwj2e")


async def test_content_that_is_not_here_is_refused_by_name(node):
    cid = await node.store(TAKES_A_FILE)
    missing = "bafkreieyfwpd5omw6vm6mm7u2gkn543wdwij6wr3mr6rvbi75llhymwj2e"
    with pytest.raises(Refused, match=missing) as refusal:
        await ask(node, cid, {"file": missing})
    assert refusal.value.code == "unknown_content"
    assert await node.facts(RunRequested) == []


async def test_an_input_that_is_not_given_is_refused_by_name(node):
    cid = await node.store(TAKES_A_FILE)
    with pytest.raises(Refused, match="'file'") as refusal:
        await ask(node, cid)
    assert refusal.value.code == "missing_input"


async def test_a_recipe_with_a_mistake_is_refused_where_it_is(node):
    cid = await node.store(recipe(step("one", "noop", ["nothing"])))
    with pytest.raises(Refused, match=r":\d+:\d+: .*there is no 'nothing'"):
        await ask(node, cid)


async def test_content_that_its_probe_found_broken_is_refused_before_a_run_begins(node):
    async with node.worker():
        broken = await node.store(b"\x89PNG\r\n\x1a\n and no more")
        await node.probed(broken)
    with pytest.raises(Refused):
        await ask(node, "dog", [broken])
    assert await node.facts(RunRequested) == []


async def test_a_run_waits_for_the_probe_of_its_inputs(node):
    text = await node.store(b"some text")
    cid = await node.store(TAKES_A_FILE)
    run_id = await node.start_stored(cid, {"file": text})
    async with node.worker():
        assert (await node.ended(run_id)).state == "completed"


async def test_inputs_may_be_named_by_their_sha3(node):
    text = await node.store(b"some text")
    cid = await node.store(TAKES_A_FILE)
    hashed = await node.services.views.pool.fetchval(
        "select content_hash from view_content.content where cid = $1", text
    )
    await ask(node, cid, {"file": hashed})
    (requested,) = await node.facts(RunRequested)
    assert requested.inputs == {"file": text}


async def test_with_reuse_the_run_that_completed_is_answered(node):
    text = await node.store(b"some text")
    cid = await node.store(TAKES_A_FILE)
    async with node.worker():
        await node.probed(text)
        first = await node.ended(await node.start_stored(cid, {"file": text}))
        again = await ask(node, cid, {"file": text}, reuse=True)
        assert again.run_id == first.run_id
        other = await ask(node, cid, {"file": text})
        assert other.run_id != first.run_id


async def test_asking_again_with_the_same_id_starts_nothing_new(node):
    cid = await node.store(recipe(step("one", n=1)))
    event_id = uuid4()
    asked = [ask(node, cid, event_id=event_id) for _ in range(5)]
    answers = await asyncio.gather(*asked)
    answers.append(await ask(node, cid, event_id=event_id))
    assert {answer.run_id for answer in answers} == {str(event_id)}
    assert len({answer.position for answer in answers}) == 1
    assert len(await node.facts(RunRequested)) == 1
    other = await node.store(recipe(step("two", n=2)))
    with pytest.raises(Refused) as refusal:
        await ask(node, other, event_id=event_id)
    assert refusal.value.code == "id_reused"


async def test_content_that_a_recipe_fixes_is_used_and_held(node):
    text = await node.store(b"fixed text")
    source = {"id": "source", "type": "SOURCE", "config": {"cid": text}}
    written = recipe(source, step("uses", inputs=["source"]))
    async with node.worker():
        run = await node.run(written)
        assert run.state == "completed", run
        with pytest.raises(Conflict, match="an input of run"):
            await delete_content(node.services, ME, text)


class Interrupted(Views):
    """Views, between two questions to which something happens."""

    def __init__(self, views: Views, before_position) -> None:
        super().__init__(views.pool, views._wakeups)
        self._before_position = before_position

    async def fetch(self, sql, *arguments):
        rows = await super().fetch(sql, *arguments)
        if "view_content" in sql:
            await self._before_position()
        return rows


async def test_a_run_does_not_begin_over_content_deleted_while_it_was_asked_for(node):
    text = await node.store(b"some text")
    cid = await node.store(TAKES_A_FILE)
    deleted = False

    async def delete_once() -> None:
        nonlocal deleted
        if not deleted:
            deleted = True
            gone = await delete_content(node.services, ME, text)
            await node.services.views.wait_for("content", gone.last)

    interrupted = replace(node.services, views=Interrupted(node.services.views, delete_once))
    with pytest.raises((Stale, Refused)):
        await start_run(interrupted, ME, recipe=cid, inputs={"file": text})
    assert deleted
    assert await node.facts(RunRequested) == []


async def test_a_run_keeps_its_recipe_although_an_equal_one_is_being_deleted(node, monkeypatch):
    """The first asking finds the document deleted in between; the second stores it again."""
    text = await node.store(b"some text")
    put = node.services.store.put_bytes
    first = await put(canonical(msgspec.to_builtins(Recipe.of_effect("identity"))))

    async def put_then_deleted(data, *, expected=None):
        monkeypatch.undo()
        identity = await put(data, expected=expected)
        fact = ContentDeleted(cid=identity.cid, reason="test")
        await node.services.log.append(Command(facts=(fact,), meta=ME.meta()))
        await node.services.store.delete(identity.cid)
        return identity

    monkeypatch.setattr(ContentStore, "put_bytes", staticmethod(put_then_deleted))
    started = await start_run(node.services, ME, recipe="identity", inputs=[text])
    assert await node.services.store.has(first.cid)
    assert started.run_id
