"""Recipes that are kept: added, meant by name, removed, protected."""

import pytest

from l1.actions.add_recipe import add_recipe
from l1.actions.delete_content import delete_content
from l1.actions.discard_run import discard_run
from l1.actions.find_recipe import find_recipe
from l1.actions.remove_recipe import remove_recipe
from l1.actions.start_run import start_run
from l1.errors import Conflict, NotFound, Refused
from l1.projections import recipes, runs
from tests.running.node import ME, recipe, step


def called(name, *, description="", n=1):
    text = recipe(step("one", "noop", n=n)).decode()
    return f"# {description}\n{text}description: {description!r}\n".replace(
        "name: test", f"name: {name}"
    ).encode()


async def add(node, text):
    found, appended = await add_recipe(node.services, ME, text)
    assert await node.services.views.wait_for("recipes", appended.last)
    assert await node.services.views.wait_for("deletions", appended.last)
    return found.cid


async def run_of(node, name):
    started = await start_run(node.services, ME, recipe=name, inputs=[])
    for view in ("runs", "deletions"):
        assert await node.services.views.wait_for(view, started.position)
    return started.run_id


async def test_a_recipe_is_found_by_its_name_and_by_its_text(node):
    cid = await add(node, called("mine", description="Does little"))
    for name in ("mine", cid):
        found = await find_recipe(node.services, name)
        assert (found.recipe.name, found.cid) == ("mine", cid)
        assert found.text == called("mine", description="Does little")


async def test_a_name_means_its_newest_recipe_and_after_its_removal_the_one_before(node):
    old, new = await add(node, called("mine", n=1)), await add(node, called("mine", n=2))
    assert (await find_recipe(node.services, "mine")).cid == new
    gone = await remove_recipe(node.services, ME, new)
    await node.services.views.wait_for("recipes", gone.last)
    assert (await find_recipe(node.services, "mine")).cid == old


async def test_a_description_is_kept_sealed(node):
    cid = await add(node, called("mine", description="Made by Alice"))
    kept = await recipes.find(node.services.views, cid)
    assert "Alice" not in kept.description
    assert await node.services.keyring.open(kept.description) == "Made by Alice"


async def test_a_name_that_means_something_else_is_refused(node):
    for name in ("noop", "Qm" + "a" * 44, "f" * 64):
        with pytest.raises(Refused) as refusal:
            await add_recipe(node.services, ME, called(name))
        assert refusal.value.code == "name_taken", name


async def test_a_misspelt_recipe_is_refused_with_what_was_perhaps_meant(node):
    await add(node, called("sunset-loop"))
    with pytest.raises(Refused, match="sunset-loop") as refusal:
        await find_recipe(node.services, "sunset-lop")
    assert refusal.value.code == "unknown_recipe"


async def test_what_is_no_recipe_is_refused_where_it_is_wrong_and_not_kept(node):
    with pytest.raises(Refused, match=r"recipe.yaml:2:1: "):
        await add_recipe(node.services, ME, b"name: [")
    assert await recipes.total(node.services.views) == 0


async def test_a_run_names_the_text_of_its_recipe_which_cannot_go(node):
    cid = await add(node, called("mine"))
    run_id = await run_of(node, "mine")
    (run,) = await runs.of_recipe(node.services.views, cid, limit=10)
    assert (run.run_id, run.recipe_text) == (run_id, cid)
    with pytest.raises(Conflict) as refusal:
        await remove_recipe(node.services, ME, cid)
    assert refusal.value.facts["reasons"][0]["refs"] == [run_id]


async def test_a_recipe_can_be_removed_when_its_runs_are_discarded(node):
    cid = await add(node, called("mine"))
    run_id = await run_of(node, "mine")
    async with node.worker():
        assert (await node.ended(run_id)).state == "completed"
    discarded = await discard_run(node.services, ME, run_id)
    for view in ("runs", "deletions"):
        await node.services.views.wait_for(view, discarded.last)
    gone = await remove_recipe(node.services, ME, cid)
    await node.services.views.wait_for("content", gone.last)
    with pytest.raises(NotFound):
        await find_recipe(node.services, cid)
    assert not await node.services.store.has(cid)


async def test_the_text_of_a_kept_recipe_is_not_deleted_as_content(node):
    cid = await add(node, called("mine"))
    with pytest.raises(Conflict, match="recipe 'mine'"):
        await delete_content(node.services, ME, cid)


async def test_removing_a_recipe_keeps_a_text_that_was_uploaded(node):
    text = called("mine")
    await node.store(text)
    cid = await add(node, text)
    gone = await remove_recipe(node.services, ME, cid)
    await node.services.views.wait_for("content", gone.last)
    assert await node.services.store.has(cid)


async def test_a_recipe_that_ships_with_the_server_is_named_by_what_it_says_and_stays(node):
    for name, shipped in node.services.recipes.items():
        assert shipped.name == name
        with pytest.raises(Conflict, match="ships with this server"):
            await remove_recipe(node.services, ME, shipped.cid)


async def test_the_form_of_a_recipe_does_not_change_what_a_run_means(node):
    one, other = called("mine", description="one"), called("mine", description="one") + b"# more\n"
    await add(node, one)
    first = await run_of(node, "mine")
    await add(node, other)
    second = await run_of(node, "mine")
    texts = {(await runs.get(node.services.views, run)).recipe_text for run in (first, second)}
    forms = {(await runs.get(node.services.views, run)).recipe for run in (first, second)}
    assert (len(texts), len(forms)) == (2, 1)
