"""From a step as written to one whose node and parameters are settled, or to what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass

from l1.dag.bad_recipe import BadRecipe
from l1.dag.node import Node, Params
from l1.dag.params import normalise
from l1.dag.recipe import EFFECT, RecipeStep
from l1.dag.resolve import node_of, parse_step
from l1.dag.slots import taken
from l1.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Such a step: its type is the node's own name, its config the node's parameters.

    `origin` is the index, in the recipe, of the step that it was written as or is a part of. It
    has slots only where its node takes groups of inputs.
    """

    origin: int
    step: RecipeStep
    node: Node
    params: Params


def settle(origin: int, step: RecipeStep, nodes: Mapping[str, Node]) -> Settled:
    """Find the node and check the parameters. Raises `BadRecipe` naming the place in the step."""
    effect = step.type.upper() == EFFECT
    try:
        node = node_of(step, nodes)
    except Refused as error:
        part = ("config", "effect") if effect else ("type",)
        raise BadRecipe(("steps", origin, *part), error.message, code=error.code) from None
    try:
        params = parse_step(step, node)
        config = normalise(params)
    except Refused as error:
        raise fault_in_config(origin, step, error) from None
    inputs, slots = taken(origin, step, node)
    plain = RecipeStep(
        id=step.id, type=node.name.upper(), config=config, inputs=inputs, slots=slots
    )
    return Settled(origin=origin, step=plain, node=node, params=params)


def fault_in_config(origin: int, step: RecipeStep, error: Refused) -> BadRecipe:
    """Say where in the step the parameter stands that a refusal is about."""
    field = str(error.facts.get("field", ""))
    given = step.config.get("params") if step.type.upper() == EFFECT else None
    params = ("params",) if isinstance(given, Mapping) and field in given else ()
    place = ("steps", origin, "config", *params, *([field] if field else []))
    return BadRecipe(place, error.message, code=error.code)
