"""Steps whose node and parameters are settled, but not yet their place and key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from l1.content.cid import Cid
from l1.dag.expand import expand
from l1.dag.node import Node
from l1.dag.plan import Ref
from l1.dag.recipe import SOURCE, Recipe
from l1.dag.resolve import source_of
from l1.dag.settle import Settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One such step."""

    id: str
    node: Node
    params: Mapping[str, Any]
    refs: tuple[Ref, ...]
    bound: Mapping[str, int]


def drafts_of_recipe(
    recipe: Recipe, bound: Mapping[str, Cid], nodes: Mapping[str, Node]
) -> list[Draft]:
    """Settle the steps of a checked recipe; sources and inputs become the content they stand for.

    Raises `BadRecipe` naming the step.
    """
    sources = {name: Ref(cid=cid) for name, cid in bound.items()}
    sources |= dict(_sources(recipe, bound))
    return [_draft(one, sources) for one in expand(recipe, nodes, _absent(recipe, sources))]


def _draft(one: Settled, sources: Mapping[str, Ref]) -> Draft:
    refs = tuple(sources.get(name) or Ref(step=name) for name in one.step.inputs)
    return Draft(
        id=one.step.id, node=one.node, params=one.step.config, refs=refs, bound=one.step.bound
    )


def _sources(recipe: Recipe, bound: Mapping[str, Cid]) -> Iterator[tuple[str, Ref]]:
    for step in recipe.steps:
        if step.type.upper() == SOURCE:
            name, fixed = source_of(step, recipe)
            if cid := fixed or bound.get(name):
                yield step.id, Ref(cid=cid)


def _absent(recipe: Recipe, sources: Mapping[str, Ref]) -> frozenset[str]:
    """Name the optional inputs that were left out, and the sources that stand for them."""
    waiting = {step.id for step in recipe.steps if step.type.upper() == SOURCE}
    return frozenset((waiting | set(recipe.inputs)) - set(sources))
