"""Steps whose node and parameters are settled, but not yet their place and key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from l1.content.cid import Cid
from l1.dag.node import Node
from l1.dag.params import normalise, parse_params
from l1.dag.plan import Plan, Ref
from l1.dag.recipe import SOURCE, Recipe, RecipeStep
from l1.dag.recipe_check import BadRecipe
from l1.dag.resolve import node_of, parse_step, source_of
from l1.dag.suggest import did_you_mean
from l1.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One such step."""

    id: str
    node: Node
    params: Mapping[str, Any]
    refs: tuple[Ref, ...]


def drafts_of_recipe(
    recipe: Recipe, bound: Mapping[str, Cid], nodes: Mapping[str, Node]
) -> list[Draft]:
    """Settle the steps of a checked recipe; sources and inputs become the content they stand for.

    Raises `BadRecipe` naming the step.
    """
    sources = {name: Ref(cid=cid) for name, cid in bound.items()}
    sources |= dict(_sources(recipe, bound))
    absent = _absent(recipe, sources)
    drafts = []
    for index, step in enumerate(recipe.steps):
        if step.type.upper() != SOURCE:
            try:
                drafts.append(_draft(step, sources, absent, nodes))
            except Refused as error:
                message = f"'{step.id}': {error.message}"
                raise BadRecipe(("steps", index), message, code=error.code) from None
    return drafts


def drafts_of_plan(given: Plan, nodes: Mapping[str, Node]) -> list[Draft]:
    """Settle the steps of a plan that somebody handed in; its keys are not looked at."""
    drafts = []
    for step in given.steps:
        if (node := nodes.get(step.node)) is None:
            hint = did_you_mean(step.node, nodes)
            raise Refused(f"{step.id}: there is no node '{step.node}'{hint}", code="unknown_type")
        if step.version != node.version:
            raise Refused(
                f"{step.id}: planned for version {step.version} of {node.name}; version "
                f"{node.version} is installed: plan again",
                code="stale_plan",
            )
        params = normalise(parse_params(node, step.params))
        drafts.append(Draft(id=step.id, node=node, params=params, refs=step.inputs))
    return drafts


def _draft(
    step: RecipeStep,
    sources: Mapping[str, Ref],
    absent: frozenset[str],
    nodes: Mapping[str, Node],
) -> Draft:
    node = node_of(step, nodes)
    params = normalise(parse_step(step, node))
    given = tuple(name for name in step.inputs if name not in absent)
    if given != step.inputs[: len(given)] and not node.many:
        raise Refused(f"an optional input of {node.name} that is left out comes last")
    refs = tuple(sources.get(name) or Ref(step=name) for name in given)
    return Draft(id=step.id, node=node, params=params, refs=refs)


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
