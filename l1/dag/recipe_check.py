"""What every recipe must satisfy, whatever form it was written in."""

import re
from collections.abc import Iterator, Mapping

import networkx as nx
from msgspec import structs

from l1.dag.bad_recipe import BadRecipe, Place
from l1.dag.bound_words import followed_by
from l1.dag.compound_check import alone, check_uses, within
from l1.dag.expand import expand
from l1.dag.flow import check_flow
from l1.dag.node import Node
from l1.dag.recipe import NAME, SOURCE, STEPS, Recipe, RecipeStep
from l1.dag.resolve import source_of
from l1.dag.suggest import did_you_mean
from l1.errors import Refused

_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""What no name has: names are shown in terminals, in pages and, a line each, in logs."""


def check(recipe: Recipe, nodes: Mapping[str, Node] | None = None) -> None:
    """Raise `BadRecipe` for the first thing wrong.

    With `nodes`, types, parameters and what flows between steps are checked too.
    """
    _check_shape(recipe)
    check_uses(recipe)
    for name in recipe.compounds:
        _check_compound_shape(recipe, name)
    if nodes is not None:
        left = STEPS
        for name in recipe.compounds:
            left -= _check_compound_flow(recipe, name, nodes, left)
        check_flow(recipe, expand(recipe, nodes, most=left))


def _check_compound_shape(recipe: Recipe, name: str) -> None:
    place: Place = ()
    try:
        for one, place in alone(recipe, name):  # noqa: B007 - it is where a mistake is
            _check_shape(one)
    except BadRecipe as error:
        raise within(name, place, error) from None


def _check_compound_flow(recipe: Recipe, name: str, nodes: Mapping[str, Node], most: int) -> int:
    """Check a compound by itself, with its defaults; answer how many steps it comes to."""
    one, place = next(alone(recipe, name))
    try:
        made = expand(structs.replace(one, output=""), nodes, most=most)
        check_flow(one, made)
    except BadRecipe as error:
        raise within(name, place, error) from None
    return len(made)


def _check_shape(recipe: Recipe) -> None:
    for part in ("steps", "inputs"):
        if (count := len(getattr(recipe, part))) > STEPS:
            raise BadRecipe((part,), f"{count} {part}; the most is {STEPS}")
    _check_names(recipe)
    _check_ids(recipe)
    ids = {step.id for step in recipe.steps}
    working = {step.id for step in recipe.steps if step.type.upper() != SOURCE}
    known = ids | set(recipe.inputs)
    for index, step in enumerate(recipe.steps):
        for position, name in enumerate(step.inputs):
            if name not in known:
                place = ("steps", index, "inputs", position)
                raise BadRecipe(place, f"there is no '{name}'{did_you_mean(name, known)}")
    _check_output(recipe, working, known)
    _check_cycles(recipe)
    for index, step in enumerate(recipe.steps):
        if step.type.upper() == SOURCE:
            _check_source(index, step, recipe)


def _check_names(recipe: Recipe) -> None:
    most = 2 * NAME if recipe.expanded else NAME  # a part is called after its step, and more
    for place, name in _names(recipe):
        if len(name) > most:
            raise BadRecipe(place, f"{len(name)} characters; the most is {most}")
        if _UNPRINTED.search(name):
            raise BadRecipe(place, f"{name!r} holds a control character: leave it out")


def _names(recipe: Recipe) -> Iterator[tuple[Place, str]]:
    yield ("name",), recipe.name
    yield ("version",), recipe.version
    yield from ((("inputs",), name) for name in recipe.inputs)
    yield from ((("steps", index, "id"), step.id) for index, step in enumerate(recipe.steps))
    for name, compound in recipe.compounds.items():
        yield from ((("compounds", name), key) for key in (*compound.params, *compound.outputs))


def _check_ids(recipe: Recipe) -> None:
    seen: dict[str, int] = {}
    for index, step in enumerate(recipe.steps):
        if step.id in seen:
            first = f"steps.{seen[step.id]} has it already"
            raise BadRecipe(("steps", index, "id"), f"duplicate id '{step.id}': {first}")
        if step.id in recipe.inputs:
            message = f"duplicate id '{step.id}': an input has that name already"
            raise BadRecipe(("steps", index, "id"), message)
        seen[step.id] = index


def _check_output(recipe: Recipe, working: set[str], known: set[str]) -> None:
    if not recipe.output:
        raise BadRecipe(("output",), "missing: name the step that is the result")
    if recipe.output in known - working:
        message = f"'{recipe.output}' is an input; name a step (an `identity` EFFECT passes it on)"
        raise BadRecipe(("output",), message)
    if recipe.output not in working:
        hint = did_you_mean(recipe.output, working)
        raise BadRecipe(("output",), f"there is no step '{recipe.output}'{hint}")


def _check_cycles(recipe: Recipe) -> None:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from(_edges(recipe))
    if nx.is_directed_acyclic_graph(graph):
        return
    found = [edge[0] for edge in nx.find_cycle(graph)]
    written = {step.id: index for index, step in enumerate(recipe.steps)}
    start = min(written[id_] for id_ in found)
    first = found.index(recipe.steps[start].id)
    path = found[first:] + found[:first]
    shown = path if len(path) <= 20 else [*path[:20], "..."]
    raise BadRecipe(("steps", start), f"a cycle: {' -> '.join([*shown, path[0]])}")


def _edges(recipe: Recipe) -> Iterator[tuple[str, str]]:
    ids = {step.id for step in recipe.steps}
    for step in recipe.steps:
        named = (*step.inputs, *followed_by(step))
        yield from ((name, step.id) for name in named if name in ids)


def _check_source(index: int, step: RecipeStep, recipe: Recipe) -> None:
    try:
        source_of(step, recipe)
    except Refused as error:
        raise BadRecipe(("steps", index, "config"), error.message, code=error.code) from None
