"""A list of steps, as a recipe of the first format and the compounds of all formats have it."""

from dataclasses import dataclass, field

from l1.dag.bad_recipe import BadRecipe, Place
from l1.dag.marked_yaml import Marked
from l1.dag.reading import content, items, known, text
from l1.dag.recipe import EFFECT, SOURCE, RecipeStep
from l1.dag.taken import Fix, read_taken, step_of

_STEP = ("id", "type", "inputs", "config", "description")


@dataclass(slots=True, kw_only=True)
class Steps:
    """Steps in the order that they are written in, and where that stands which is not in place."""

    steps: list[RecipeStep] = field(default_factory=list)
    places: dict[Place, Place] = field(default_factory=dict)


def read_steps(document: Marked, place: Place, fix: Fix) -> Steps:
    """Read `steps` of the map at `place`; raises `BadRecipe` or `BadYaml` naming the place."""
    read = Steps()
    for index, item in enumerate(items(document, "steps", place)):
        at = (*place, "steps", index)
        known(item, _STEP, at)
        id_ = text(item, "id", at, required=True)
        taken = read_taken(item, id_, at, fix)
        step = step_of(item, id_, at, taken)
        if step.type.upper() == SOURCE and "cid" in step.config:
            content(item.value["config"], "cid", (*at, "config"))
        if place:
            _check_brings_nothing(step, at)
        read.steps.append(step)
        read.places |= {(*at, "inputs", i): one.place for i, one in enumerate(taken)}
    return read


def _check_brings_nothing(step: RecipeStep, at: Place) -> None:
    """Refuse content that a compound would bring along itself."""
    if step.type.upper() == SOURCE:
        message = "content comes into a compound as one of its inputs, not by a SOURCE"
        raise BadRecipe((*at, "type"), message)
    for key in ("cid", "hash"):
        if step.type.upper() == EFFECT and key in step.config:
            message = "code comes into a compound as an input; take it last, with `type: FOREIGN`"
            raise BadRecipe((*at, "config", key), message)
