"""Find out what somebody means who names a recipe."""

import asyncio
from dataclasses import dataclass

from l1.actions.contents import resolve
from l1.actions.services import Services
from l1.content.cid import Cid
from l1.dag.foreign import recipe_of_code
from l1.dag.recipe import Recipe
from l1.dag.recipe_yaml import read_recipe
from l1.dag.suggest import did_you_mean
from l1.errors import NotFound, Refused
from l1.projections import effects, recipes

RECIPE_BYTES = 1024 * 1024
"""The most bytes a recipe's text has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A recipe, and the text it was written in.

    `cid` names the text; there is neither for what is not written anywhere, as an effect by itself.
    """

    recipe: Recipe
    cid: Cid | None = None
    text: bytes = b""


async def find_recipe(services: Services, name: str) -> Found:
    """Find a recipe by an effect's name, by its own name, or by the name of its text as content.

    What comes with the software and recipes go before effects by others of the same name.
    Raises `Refused` (`unknown_recipe`) with what was perhaps meant, `NotFound` for a CID or hash
    that is not here.
    """
    if (node := services.nodes.get(name)) is not None:
        return Found(recipe=Recipe.of_effect(name, takes=bool(node.accepts)))
    if kept := await recipes.named(services.views, name):
        return await read_kept(services, kept.cid)
    for shipped in services.recipes.values():
        if name in (shipped.name, shipped.cid):
            return await _read(services, shipped.cid, shipped.text, file=f"{shipped.name}.yaml")
    if foreign := await effects.named(services.views, name):
        return Found(recipe=recipe_of_code(foreign.name, foreign.cid))
    try:
        item = await resolve(services, name)
    except NotFound:
        raise
    except Refused:
        known = [*services.nodes, *services.recipes, *await recipes.names(services.views)]
        raise Refused(
            f"there is no effect or recipe {name!r}{did_you_mean(name, known)}",
            code="unknown_recipe",
            recipe=name,
        ) from None
    if foreign := (await effects.find(services.views, [item.cid])).get(item.cid):
        return Found(recipe=recipe_of_code(foreign.name, foreign.cid))
    return await read_kept(services, item.cid)


async def read_kept(services: Services, cid: Cid) -> Found:
    """Read a recipe from content."""
    text = await services.store.read(cid, limit=RECIPE_BYTES)
    return await _read(services, cid, text, file=f"recipe {cid}")


async def _read(services: Services, cid: Cid, text: bytes, *, file: str) -> Found:
    # A recipe of ten thousand steps takes seconds, in which others are to be answered.
    recipe = await asyncio.to_thread(read_recipe, text, services.nodes, file=file)
    return Found(recipe=recipe, cid=cid, text=text)
