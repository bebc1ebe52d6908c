"""Match what a run is given, and what its recipe fixes, to content that is here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from l1.actions.contents import resolve_all
from l1.actions.services import Services
from l1.content.cid import Cid
from l1.dag.recipe import Recipe
from l1.dag.resolve import contents_of, with_cids
from l1.projections.content import Content

Inputs = Mapping[str, str] | Sequence[str]
"""Names of content, by the names of the inputs or in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A recipe that names all content by its CID, its inputs, and the contents it reads by CID."""

    recipe: Recipe
    inputs: Mapping[str, Cid]
    contents: Mapping[str, Content]


async def bind_inputs(services: Services, recipe: Recipe, given: Inputs) -> Bound:
    """Find what is given and what the recipe fixes, whichever names of content either uses.

    Raises `Refused`: `missing_input`, `unknown_input`, `unknown_content`.
    """
    values = list(given.values()) if isinstance(given, Mapping) else list(given)
    here = {name: item.cid for name, item in (await resolve_all(services, values)).items()}
    if isinstance(given, Mapping):
        named = recipe.bind({name: here[text] for name, text in given.items()})
    else:
        named = recipe.bind([here[text] for text in values])
    found = await resolve_all(services, sorted(contents_of(recipe, named)))
    cids = {name: item.cid for name, item in found.items()}
    return Bound(
        recipe=with_cids(recipe, cids),
        inputs={name: cids[text] for name, text in named.items()},
        contents={item.cid: item for item in found.values()},
    )
