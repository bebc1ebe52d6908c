"""Recipes as what goes out."""

from collections.abc import Sequence

import msgspec

from l1.actions.contents import resolve
from l1.actions.find_recipe import Found
from l1.actions.services import Services, Shipped
from l1.content.cid import Cid
from l1.dag.recipe import Recipe
from l1.dag.suggest import did_you_mean
from l1.errors import NotFound, Refused
from l1.projections import recipes
from l1.projections.recipes import KeptRecipe
from l1.web.recipe_schemas import InputOut, RecipeDetailOut, RecipeOut


async def find(services: Services, name: str) -> RecipeOut:
    """Find a recipe by its name, its id, or another name of its text; `NotFound` if none is kept."""
    found = await recipes.named(services.views, name) or await recipes.find(
        services.views, await _cid(services, name)
    )
    if found is not None:
        (out,) = await kept(services, [found])
        return out
    for each in shipped(services):
        if name in (each.name, each.cid):
            return each
    known = [*services.recipes, *await recipes.names(services.views)]
    raise NotFound(f"there is no recipe {name[:80]!r}{did_you_mean(name, known)}", recipe=name)


async def _cid(services: Services, name: str) -> Cid:
    try:
        return (await resolve(services, name)).cid
    except Refused:
        return Cid("")


async def kept(services: Services, page: Sequence[KeptRecipe]) -> list[RecipeOut]:
    """Show recipes that were sent in."""
    return [
        RecipeOut(
            recipe_id=each.cid,
            cid=each.cid,
            name=each.name,
            version=each.version,
            description=await services.keyring.open(each.description) or "",
            steps=each.steps,
            shipped=False,
            added_at=each.added,
            url=f"/recipes/{each.cid}",
        )
        for each in page
    ]


def shipped(services: Services) -> list[RecipeOut]:
    """Show the recipes that come with the server."""
    return [_shipped(each) for each in services.recipes.values()]


def _shipped(each: Shipped) -> RecipeOut:
    return RecipeOut(
        recipe_id=each.cid,
        cid=each.cid,
        name=each.name,
        version=each.recipe.version,
        description=each.recipe.description,
        steps=len(each.recipe.steps),
        shipped=True,
        added_at=None,
        url=f"/recipes/{each.cid}",
    )


def detail(out: RecipeOut, found: Found) -> RecipeDetailOut:
    """Show one with all that it says."""
    return RecipeDetailOut(
        **dict(out),
        inputs=inputs_out(found.recipe),
        step_list=[msgspec.to_builtins(step) for step in found.recipe.steps],
        output=found.recipe.output,
        yaml=found.text.decode(errors="replace"),
    )


def inputs_out(recipe: Recipe) -> dict[str, InputOut]:
    """Show what a recipe takes."""
    return {
        name: InputOut(
            kinds=list(each.kinds),
            description=each.description,
            optional=each.optional,
            default=each.default,
        )
        for name, each in recipe.inputs.items()
    }
