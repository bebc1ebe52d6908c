"""Where in a step as it is written a mistake comes from that shows in one of its parts."""

from collections.abc import Mapping

from l1.dag.bad_recipe import BadRecipe, Place
from l1.dag.recipe import COMPOUND, RecipeStep

_INSIDE: tuple[tuple[str, ...], ...] = ((), ("params",), ("config",), ("config", "params"))


def in_part(
    step: RecipeStep, part: RecipeStep, error: BadRecipe, *, body: RecipeStep | None = None
) -> BadRecipe:
    """Point into the step, and name the part unless that is done or it is all that there is.

    `body` is the part as its compound has it, before values were put in for parameters.
    """
    head, what, field = error.place[:2], error.place[2:3], error.place[3:]
    if len(head) < 2:
        return error
    place: Place = error.place
    if what == ("config",) and field:
        place = _in_config(step, head, _parameter(field, body))
    elif what == ("type",) and "operation" in step.config:
        place = (*head, "config", "operation")
    elif what and what != ("inputs",) and step.type.upper() == COMPOUND:
        place = head
    said = error.said
    if step.type.upper() == COMPOUND and not said.startswith("in '"):
        said = f"in '{part.id}': {said}"
    return BadRecipe(place, said, code=error.code)


def _parameter(field: Place, body: RecipeStep | None) -> Place:
    """Name the parameter of the compound that a field has its value from, if it has."""
    value = body.config.get(str(field[0])) if body else None
    named = isinstance(value, str) and value.startswith("$") and not value.startswith("$$")
    return (str(value)[1:],) if named else field


def _in_config(step: RecipeStep, head: Place, field: Place) -> Place:
    for inside in _INSIDE:
        table: object = step.config
        for key in inside:
            table = table.get(key) if isinstance(table, Mapping) else None
        if isinstance(table, Mapping) and field[0] in table:
            return (*head, "config", *inside, *field)
    return (*head, "config") if step.config else head
