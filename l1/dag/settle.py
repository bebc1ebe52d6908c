"""From a step as written to one whose node and parameters are settled, or to what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from l1.dag.bad_recipe import BadRecipe
from l1.dag.bound_words import Words, check_bindable, told_apart
from l1.dag.node import Node, Params
from l1.dag.params import normalise, parse_params
from l1.dag.recipe import EFFECT, RecipeStep
from l1.dag.resolve import config_of, node_of
from l1.dag.slots import taken
from l1.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Such a step: its type is the node's own name, its config the node's parameters.

    `origin` is the index, in the recipe, of the step that it was written as or is a part of. It
    has slots only where its node takes groups of inputs. `words` say of parameters, which have
    their defaults for now, what they follow.
    """

    origin: int
    step: RecipeStep
    node: Node
    params: Params
    words: Mapping[str, Words] = field(default_factory=dict)


def settle(origin: int, step: RecipeStep, nodes: Mapping[str, Node]) -> Settled:
    """Find the node and check the parameters. Raises `BadRecipe` naming the place in the step."""
    effect = step.type.upper() == EFFECT
    try:
        node = node_of(step, nodes)
    except Refused as error:
        part = ("config", "effect") if effect else ("type",)
        raise BadRecipe(("steps", origin, *part), error.message, code=error.code) from None
    try:
        values, words = told_apart(node, config_of(step))
        for name in step.bound:
            check_bindable(node, name)
        params = parse_params(node, values)
        config = normalise(params)
    except Refused as error:
        raise fault_in_config(origin, step, error) from None
    inputs, slots = taken(origin, step, node)
    plain = RecipeStep(
        id=step.id,
        type=node.name.upper(),
        config=config,
        inputs=inputs,
        slots=slots,
        bound=step.bound,
    )
    return Settled(origin=origin, step=plain, node=node, params=params, words=words)


def fault_in_config(origin: int, step: RecipeStep, error: Refused) -> BadRecipe:
    """Say where in the step the parameter stands that a refusal is about."""
    field = str(error.facts.get("field", ""))
    given = step.config.get("params") if step.type.upper() == EFFECT else None
    params = ("params",) if isinstance(given, Mapping) and field in given else ()
    place = ("steps", origin, "config", *params, *([field] if field else []))
    return BadRecipe(place, error.message, code=error.code)
