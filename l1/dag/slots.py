"""Inputs that are written by name, in the order that their node takes them."""

from l1.dag.bad_recipe import BadRecipe, Place
from l1.dag.node import Node
from l1.dag.recipe import RecipeStep
from l1.dag.suggest import did_you_mean


def taken(origin: int, step: RecipeStep, node: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Answer the inputs of a step in its node's order and, where it takes groups, their slots.

    Raises `BadRecipe` naming the place.
    """
    if not node.grouped:
        return in_order(origin, step, node), ()
    slots = step.slots or ("",) * len(step.inputs)
    filled: dict[str, list[str]] = {slot: [] for slot in node.slots}
    for position, (slot, name) in enumerate(zip(slots, step.inputs, strict=True)):
        _check_slot(("steps", origin, "inputs", position), slot or node.slots[0], node)
        filled[slot or node.slots[0]].append(name)
    given = [(name, slot) for slot, names in filled.items() for name in names]
    return tuple(name for name, _ in given), tuple(slot for _, slot in given)


def in_order(origin: int, step: RecipeStep, node: Node) -> tuple[str, ...]:
    """Answer the inputs of a step in their node's order, however the map of slots was ordered.

    Raises `BadRecipe` naming the place.
    """
    if not step.slots or (not node.slots and len(set(step.slots)) == 1):
        return step.inputs
    place = ("steps", origin, "inputs")
    if not node.slots:
        raise BadRecipe(place, f"the inputs of {node.name} have no names; list them in order")
    filled: dict[str, list[str]] = {slot: [] for slot in node.slots}
    for position, (slot, name) in enumerate(zip(step.slots, step.inputs, strict=True)):
        _check_slot((*place, position), slot, node)
        if filled[slot] and not (node.many and slot == node.slots[-1]):
            raise BadRecipe((*place, position), f"{node.name} takes one '{slot}'")
        filled[slot].append(name)
    ordered = list(filled.values())
    while ordered and not ordered[-1]:
        ordered.pop()
    if [] in ordered:
        raise BadRecipe(place, f"the input '{node.slots[ordered.index([])]}' is missing")
    return tuple(name for names in ordered for name in names)


def _check_slot(place: Place, slot: str, node: Node) -> None:
    if slot not in node.slots:
        hint = did_you_mean(slot, node.slots)
        raise BadRecipe(place, f"{node.name} has no input '{slot}'{hint}")
