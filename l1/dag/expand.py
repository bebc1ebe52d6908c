"""From the steps of a recipe to simpler ones, where a node type stands for several."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain

from msgspec import structs

from l1.dag.bad_recipe import BadRecipe
from l1.dag.binding import with_curves
from l1.dag.bound_words import WHAT
from l1.dag.compound import in_working_order
from l1.dag.node import Node
from l1.dag.pins import check_pins
from l1.dag.recipe import NAME, SOURCE, STEPS, Recipe
from l1.dag.settle import Settled, fault_in_config
from l1.dag.writing import Writing
from l1.errors import Refused


def expand(
    recipe: Recipe,
    nodes: Mapping[str, Node],
    absent: frozenset[str] = frozenset(),
    *,
    most: int = STEPS,
) -> tuple[Settled, ...]:
    """Settle the steps of a recipe whose shape is checked, and write out those that are several.

    `absent` are the inputs, and the sources that stand for them, which a run leaves out. The
    steps of a plan that came back stay as they are. Raises `BadRecipe` naming the step, also when
    it comes to more than `most`.
    """
    check_pins(recipe, nodes)
    writing = Writing(recipe, nodes, absent, most=most)
    made = {origin: writing.write(origin) for origin in _in_order(recipe)}
    settled = chain.from_iterable(made[origin] for origin in sorted(made))
    parts = tuple(_following_one(one, recipe, writing.lists) for one in settled)
    parts = with_curves(parts, recipe, nodes, absent)
    _check_names(parts, recipe)
    items = writing.lists.get(recipe.output)
    return parts if items is None else _with_output(parts, recipe.output, items)


def _in_order(recipe: Recipe) -> Iterator[int]:
    """Number the steps that work so that each comes after those that it takes."""
    origins = {step.id: origin for origin, step in enumerate(recipe.steps)}
    working = tuple(step for step in recipe.steps if step.type.upper() != SOURCE)
    for step in in_working_order(working):
        yield origins[step.id]


def _following_one(one: Settled, recipe: Recipe, lists: Mapping[str, tuple[str, ...]]) -> Settled:
    """Let parameters that follow a list follow its only item."""
    words = dict(one.words)
    for name, said in one.words.items():
        what = said.get(WHAT)
        items = lists.get(what) if isinstance(what, str) else None
        if items is not None and len(items) != 1:
            field = Refused("", field=name.partition(".")[0])
            place = fault_in_config(one.origin, recipe.steps[one.origin], field).place
            message = f"'{what}' is a list of {len(items)}; follow one of them"
            raise BadRecipe((*place, WHAT), message)
        if items is not None:
            words[name] = {**said, WHAT: items[0]}
    return replace(one, words=words) if words != one.words else one


def _with_output(
    parts: tuple[Settled, ...], output: str, items: tuple[str, ...]
) -> tuple[Settled, ...]:
    """Call the only item of a list, which is the result, as the list is called."""
    if len(items) != 1 or items[0] not in {one.step.id for one in parts}:
        message = f"'{output}' is a list of {len(items)}; name a step that makes one thing of it"
        raise BadRecipe(("output",), f"{message}, as SEQUENCE does")

    def called(name: str) -> str:
        return output if name == items[0] else name

    return tuple(
        replace(
            one,
            step=structs.replace(
                one.step,
                id=called(one.step.id),
                inputs=tuple(called(name) for name in one.step.inputs),
            ),
        )
        for one in parts
    )


def _check_names(made: tuple[Settled, ...], recipe: Recipe) -> None:
    """Refuse a part that is called as something else is, or that has too long a name."""
    seen = set(recipe.inputs) | {step.id for step in recipe.steps}
    for one in made:
        maker = recipe.steps[one.origin].id
        place = ("steps", one.origin, "id")
        if one.step.id != maker and one.step.id in seen:
            message = f"'{maker}' has a part '{one.step.id}', and something else is called so"
            raise BadRecipe(place, message)
        if len(one.step.id) > 2 * NAME:
            message = f"a part of it would be called '{one.step.id[:80]}...', of {len(one.step.id)}"
            raise BadRecipe(place, f"{message} characters; the most is {2 * NAME}: shorten names")
        seen.add(one.step.id)
