"""What flows through a recipe, as far as it can be told before anything is given."""

from collections.abc import Sequence

import networkx as nx

from l1.content.media_info import Kind
from l1.dag.bad_recipe import BadRecipe, Place
from l1.dag.kinds import check_inputs, kind_given
from l1.dag.recipe import SOURCE, Recipe
from l1.dag.resolve import source_of
from l1.dag.settle import Settled
from l1.errors import Refused


def check_flow(recipe: Recipe, steps: Sequence[Settled]) -> None:
    """Refuse a step with too few or too many inputs, or of kinds that it can never take.

    Raises `BadRecipe` naming the place.
    """
    kinds = _given(recipe)
    by_id = {one.step.id: one for one in steps}
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(by_id)
    graph.add_edges_from(
        (name, one.step.id) for one in steps for name in one.step.inputs if name in by_id
    )
    for id_ in nx.topological_sort(graph):
        one = by_id[id_]
        flowing = [(f"'{name}'", kinds.get(name, frozenset())) for name in one.step.inputs]
        try:
            check_inputs(one.node, flowing, one.step.bound)
        except Refused as error:
            raise _at_fault(recipe, one, error) from None
        kinds[id_] = kind_given(one.node, flowing)


def _given(recipe: Recipe) -> dict[str, frozenset[Kind]]:
    """Name what each input and source may serve as; a video may have sound."""
    kinds: dict[str, frozenset[Kind]] = {}
    for name, declared in recipe.inputs.items():
        sound: frozenset[Kind] = frozenset({"audio"} if "video" in declared.kinds else ())
        kinds[name] = frozenset(declared.kinds) | sound
    for step in recipe.steps:
        if step.type.upper() == SOURCE:
            kinds[step.id] = kinds.get(source_of(step, recipe)[0], frozenset())
    return kinds


def _at_fault(recipe: Recipe, one: Settled, error: Refused) -> BadRecipe:
    """Point at the input itself where it is written as it is taken."""
    written = recipe.steps[one.origin]
    place: Place = ("steps", one.origin, "inputs")
    position = error.facts.get("position")
    as_written = written.inputs == one.step.inputs and not written.slots
    if isinstance(position, int) and as_written:
        place = (*place, position)
    part = "" if one.step.id == written.id else f"in '{one.step.id}': "
    return BadRecipe(place, part + error.message, code=error.code)
