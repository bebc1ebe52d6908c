"""From the steps of a recipe to simpler ones, where a node type stands for several."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from msgspec import structs

from l1.dag.bad_recipe import BadRecipe
from l1.dag.node import Node
from l1.dag.pins import check_pins
from l1.dag.recipe import SOURCE, STEPS, Recipe, RecipeStep
from l1.dag.settle import Settled, fault_in_config, settle
from l1.errors import Refused


def expand(
    recipe: Recipe, nodes: Mapping[str, Node], absent: frozenset[str] = frozenset()
) -> tuple[Settled, ...]:
    """Settle the steps of a recipe whose shape is checked, and write out those that are several.

    `absent` are the inputs, and the sources that stand for them, which a run leaves out. It
    happens once: what a step is written out as stays as it is. Raises `BadRecipe` naming the step.
    """
    check_pins(recipe, nodes)
    settled = list(_settled(recipe, nodes, absent))
    steps = {step.id: step for step in recipe.steps} | {one.step.id: one.step for one in settled}
    made: list[Settled] = []
    for one in settled:
        made.extend([one] if recipe.expanded else _parts(one, recipe, steps, nodes))
        if len(made) > STEPS:
            message = f"more than {STEPS} steps once nodes are written out"
            raise BadRecipe(("steps", one.origin), message)
    _check_names(made, recipe)
    return tuple(made)


def _settled(
    recipe: Recipe, nodes: Mapping[str, Node], absent: frozenset[str]
) -> Iterator[Settled]:
    for origin, step in enumerate(recipe.steps):
        if step.type.upper() == SOURCE:
            continue
        one = settle(origin, step, nodes)
        inputs = tuple(name for name in one.step.inputs if name not in absent)
        if inputs != one.step.inputs[: len(inputs)] and not one.node.many:
            message = f"an optional input of {one.node.name} that is left out comes last"
            raise BadRecipe(("steps", origin, "inputs"), message)
        yield replace(one, step=structs.replace(one.step, inputs=inputs))


def _parts(
    one: Settled, recipe: Recipe, steps: Mapping[str, RecipeStep], nodes: Mapping[str, Node]
) -> Iterator[Settled]:
    if one.node.expand is None:
        yield one
        return
    try:
        written = one.node.expand(one.step, one.params, steps)
    except Refused as error:
        raise fault_in_config(one.origin, recipe.steps[one.origin], error) from None
    for step in written:
        yield one if step == one.step else settle(one.origin, step, nodes)


def _check_names(made: list[Settled], recipe: Recipe) -> None:
    """Refuse a step or input that is called as the part of another step is."""
    seen = set(recipe.inputs) | {step.id for step in recipe.steps}
    for one in made:
        maker = recipe.steps[one.origin].id
        if one.step.id != maker and one.step.id in seen:
            message = f"'{maker}' has a part '{one.step.id}', and something else is called so"
            raise BadRecipe(("steps", one.origin, "id"), message)
        seen.add(one.step.id)
