"""What every compound must satisfy, used or not: it is right by itself, with its defaults."""

from collections.abc import Iterator

import networkx as nx
from msgspec import structs

from l1.dag.bad_recipe import BadRecipe, Place
from l1.dag.compound import filled, used_by
from l1.dag.recipe import STEPS, Compound, Recipe, RecipeInput, RecipeStep
from l1.dag.suggest import did_you_mean
from l1.errors import Refused


def check_uses(recipe: Recipe) -> None:
    """Refuse compounds that use each other, or use what there is not, and too many steps.

    Raises `BadRecipe` naming the place.
    """
    total = len(recipe.steps)
    edges: dict[tuple[str, str], Place] = {}
    for name, compound in recipe.compounds.items():
        total += len(compound.steps)
        if total > STEPS:
            raise BadRecipe(("compounds", name), f"more than {STEPS} steps in all")
        for index, step in enumerate(compound.steps):
            if used := used_by(step):
                place: Place = ("compounds", name, "steps", index)
                _check_known(used, recipe, (*place, "config"))
                edges.setdefault((name, used), place)
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from(edges)
    if not nx.is_directed_acyclic_graph(graph):
        path = [edge[0] for edge in nx.find_cycle(graph)]
        shown = path if len(path) <= 20 else [*path[:20], "..."]
        message = f"compounds that use each other: {' -> '.join([*shown, path[0]])}"
        raise BadRecipe(edges[path[0], path[1 % len(path)]], message)


def alone(recipe: Recipe, name: str) -> Iterator[tuple[Recipe, Place]]:
    """Give a compound as a recipe, once for each of its outputs, and where that is written.

    Raises `BadRecipe` for a parameter that it does not have.
    """
    compound = recipe.compounds[name]
    steps = tuple(
        _with_defaults(compound, index, step) for index, step in enumerate(compound.steps)
    )
    made = Recipe(
        name=name,
        inputs={given: RecipeInput() for given in compound.inputs},
        steps=steps,
        output="",
        compounds=recipe.compounds,
    )
    for key, output in compound.outputs.items():
        place = ("output",) if list(compound.outputs) == ["output"] else ("outputs", key)
        yield structs.replace(made, output=output), place


def within(name: str, output: Place, error: BadRecipe) -> BadRecipe:
    """Say of a mistake in a compound, checked as a recipe, where in the whole it stands."""
    place = output if error.place == ("output",) else error.place
    return BadRecipe(("compounds", name, *place), error.said, code=error.code)


def _with_defaults(compound: Compound, index: int, step: RecipeStep) -> RecipeStep:
    try:
        config = {key: filled(value, compound.params, key) for key, value in step.config.items()}
    except Refused as error:
        place = ("steps", index, "config", str(error.facts["field"]))
        raise BadRecipe(place, error.message) from None
    return structs.replace(step, config=config)


def _check_known(used: str, recipe: Recipe, place: Place) -> None:
    if used not in recipe.compounds:
        hint = did_you_mean(used, recipe.compounds)
        raise BadRecipe((*place, "compound"), f"there is no compound '{used}'{hint}")
