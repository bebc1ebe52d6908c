"""Recipes: what is kept, and what a name means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from l1.content.cid import Cid
from l1.events import recipe as facts
from l1.events.event import Placed, Sealed
from l1.projections.projection import Projection, Rows, Table
from l1.projections.views import Views

RECIPE = Table(
    name="recipe",
    key=("cid",),
    columns={
        "cid": "text", "name": "text", "version": "text", "steps": "bigint", "owner": "text",
        "description": "text", "removed": "boolean", "added": "timestamptz", "added_at": "bigint",
    },
    indexes=("(name)", "(added_at)"),
)  # fmt: skip
RECIPES = Projection(name="recipes", version=1, tables=(RECIPE,))


@RECIPES.on(facts.RecipeAdded)
def added(rows: Rows, recorded: Placed, fact: facts.RecipeAdded) -> None:
    """Keep it, perhaps again."""
    rows.merge(
        RECIPE,
        cid=fact.cid,
        name=fact.name,
        version=fact.version,
        steps=fact.steps,
        owner=fact.owner,
        description=fact.description,
        removed=False,
        added=recorded.at,
        added_at=recorded.position,
    )


@RECIPES.on(facts.RecipeRemoved)
def removed(rows: Rows, recorded: Placed, fact: facts.RecipeRemoved) -> None:
    """It is kept no longer."""
    del recorded
    rows.merge(RECIPE, cid=fact.cid, removed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRecipe:
    """A recipe as the view has it; `cid` names its text."""

    cid: Cid
    name: str
    version: str
    steps: int
    owner: str
    description: Sealed
    removed: bool
    added: datetime
    added_at: int


async def named(views: Views, name: str) -> KeptRecipe | None:
    """Find the newest recipe of a name."""
    rows = await views.fetch(
        "select * from view_recipes.recipe where name = $1 and not removed "
        "order by added_at desc limit 1",
        name,
    )
    return _recipe(dict(rows[0])) if rows else None


async def find(views: Views, cid: Cid) -> KeptRecipe | None:
    """Find a recipe by the CID of its text."""
    rows = await views.fetch(
        "select * from view_recipes.recipe where cid = $1 and not removed", cid
    )
    return _recipe(dict(rows[0])) if rows else None


async def page(views: Views, *, limit: int, before: int | None = None) -> list[KeptRecipe]:
    """List recipes, the newest first; `before` is the last one's `added_at`."""
    rows = await views.fetch(
        "select * from view_recipes.recipe where not removed and added_at < $1 "
        "order by added_at desc limit $2",
        before or 2**62,
        limit,
    )
    return [_recipe(dict(row)) for row in rows]


async def offset_page(views: Views, *, limit: int, offset: int) -> list[KeptRecipe]:
    """List recipes by number, as older clients ask."""
    rows = await views.fetch(
        "select * from view_recipes.recipe where not removed "
        "order by added_at desc limit $1 offset $2",
        limit,
        offset,
    )
    return [_recipe(dict(row)) for row in rows]


async def names(views: Views) -> Sequence[str]:
    """List the names that mean something, to tell what was perhaps meant."""
    rows = await views.fetch(
        "select distinct name from view_recipes.recipe where not removed order by name limit 1000"
    )
    return [row["name"] for row in rows]


async def total(views: Views) -> int:
    """Count the recipes."""
    rows = await views.fetch("select count(*) from view_recipes.recipe where not removed")
    return int(rows[0][0])


def _recipe(row: dict[str, object]) -> KeptRecipe:
    return KeptRecipe(**row)  # type: ignore[arg-type]
