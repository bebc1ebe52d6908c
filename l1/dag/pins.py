"""Effects that a recipe pins to the code it was written for."""

from collections.abc import Mapping

from l1.dag.bad_recipe import BadRecipe, Place
from l1.dag.node import Node
from l1.dag.recipe import Recipe
from l1.dag.suggest import did_you_mean


def check_pins(recipe: Recipe, nodes: Mapping[str, Node]) -> None:
    """Raise `BadRecipe` for an effect whose installed code is not the recipe's, naming both."""
    for name, pinned in recipe.effects.items():
        if (node := nodes.get(name)) is None:
            message = f"there is no effect '{name}'{did_you_mean(name, nodes)}"
            raise BadRecipe(("effects", name), message, code="unknown_effect")
        check_pin(name, pinned, node, ("effects", name, "hash"))


def check_pin(name: str, pinned: str, node: Node, place: Place) -> None:
    """Raise `BadRecipe` if the code that is installed is not the one that is named at `place`."""
    if pinned != node.code:
        message = (
            f"the recipe is for the effect '{name}' with hash {pinned}; the one installed has "
            f"{node.code or 'no known hash'}: install that version, or write its hash here"
        )
        raise BadRecipe(place, message, code="other_effect")
