"""Compounds: groups of steps that a recipe writes once and uses several times.

compounds:
  softened:
    inputs: [clip]
    params: {much: 3}
    steps:
      - {id: soft, type: BLUR, inputs: [clip], config: {radius: $much}}
    output: soft
steps:
  - {id: first, type: COMPOUND, inputs: [a], config: {compound: softened}}
  - {id: then, type: COMPOUND, inputs: {clip: b}, config: {compound: softened, much: 9}}

A text that is `$` and the name of a parameter stands for its value; `$$` at the beginning is one
`$`. A use stands for the step that `output` names. With `outputs`, a map of names to steps, it
stands for the list of them, or, where its config names one as `output`, for that one. Steps are
called `<use>.<step>`; equal uses have equal keys, and so are made once.
"""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

import networkx as nx
from msgspec import structs

from l1.content.media_info import Kind
from l1.dag.bad_recipe import BadRecipe
from l1.dag.bound_words import renamed
from l1.dag.kinds import check_inputs
from l1.dag.node import Node, Params
from l1.dag.recipe import COMPOUND, LIST, Compound, Recipe, RecipeStep
from l1.dag.resolve import beside
from l1.dag.slots import in_order
from l1.dag.suggest import did_you_mean
from l1.errors import Refused

_ANY = frozenset[Kind](get_args(Kind))


def used_by(step: RecipeStep) -> str:
    """Name the compound that a step uses, by itself or for each item of a list; else nothing."""
    config = step.config
    if str(config.get("operation", "")).upper() == COMPOUND:
        inner = config.get("config")
        name = inner.get("compound") if isinstance(inner, Mapping) else None
    else:
        name = config.get("compound") if step.type.upper() == COMPOUND else None
    return name if isinstance(name, str) else ""


def compound_of(origin: int, step: RecipeStep, recipe: Recipe) -> Compound:
    """Find the compound that a step uses. Raises `BadRecipe` naming the place."""
    place = ("steps", origin, "config", "compound")
    if not (name := used_by(step)):
        hint = did_you_mean("", recipe.compounds)
        raise BadRecipe(place, f"a COMPOUND says which in `compound`{hint}")
    if name not in recipe.compounds:
        raise BadRecipe(
            place, f"there is no compound '{name}'{did_you_mean(name, recipe.compounds)}"
        )
    return recipe.compounds[name]


def unfold(
    origin: int, step: RecipeStep, compound: Compound
) -> Iterator[tuple[RecipeStep, RecipeStep]]:
    """Give each step of a compound as it is written, and as it is for this use.

    Each comes after those that it takes. Raises `BadRecipe` naming the place in the use.
    """
    given = _parameters(origin, step, compound)
    outputs = _outputs(origin, step, compound)
    names = dict(zip(compound.inputs, _inputs(origin, step, compound), strict=True))
    names |= {inner.id: f"{step.id}.{inner.id}" for inner in compound.steps}
    for inner in in_working_order(compound.steps):
        yield (
            inner,
            structs.replace(
                inner,
                id=names[inner.id],
                config={
                    key: filled(value, given, key)
                    for key, value in renamed(inner.config, names).items()
                },
                inputs=tuple(names[name] for name in inner.inputs),
            ),
        )
    whole = RecipeStep(id=step.id, type=LIST, inputs=tuple(names[name] for name in outputs))
    yield whole, whole


def filled(value: Any, given: Mapping[str, Any], field: str) -> Any:
    """Put values in for parameters. Raises `Refused` for one that the compound does not have."""
    if isinstance(value, Mapping):
        return {key: filled(item, given, field) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [filled(item, given, field) for item in value]
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    if value.startswith("$$"):
        return value[1:]
    if (name := value[1:]) not in given:
        hint = did_you_mean(name, given)
        message = f"the compound has no parameter '{name}' (a plain $ is written $$){hint}"
        raise Refused(message, code="bad_parameter", field=field)
    return given[name]


def in_working_order(steps: tuple[RecipeStep, ...]) -> Iterator[RecipeStep]:
    """Give steps so that each comes after those that it takes."""
    by_id = {step.id: step for step in steps}
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(by_id)
    graph.add_edges_from((name, step.id) for step in steps for name in step.inputs if name in by_id)
    for id_ in nx.topological_sort(graph):
        yield by_id[id_]


def _parameters(origin: int, step: RecipeStep, compound: Compound) -> Mapping[str, Any]:
    try:
        config = beside(step.config, "compound")
    except Refused as error:
        raise BadRecipe(("steps", origin, "config", "params"), error.message) from None
    given = {name: value for name, value in config.items() if name != "output"}
    for name in given:
        if name not in compound.params:
            hint = did_you_mean(name, compound.params)
            inside = ("params",) if name not in step.config else ()
            message = f"the compound has no parameter '{name}'{hint}"
            raise BadRecipe(("steps", origin, "config", *inside, name), message)
    return {**compound.params, **given}


def _outputs(origin: int, step: RecipeStep, compound: Compound) -> tuple[str, ...]:
    """Name the steps, inside, that a use stands for."""
    wanted = step.config.get("output")
    if wanted is None:
        return tuple(compound.outputs.values())
    if wanted not in compound.outputs:
        hint = did_you_mean(str(wanted), compound.outputs)
        message = f"the compound has no output '{wanted}'{hint}"
        raise BadRecipe(("steps", origin, "config", "output"), message)
    return (compound.outputs[wanted],)


def _inputs(origin: int, step: RecipeStep, compound: Compound) -> tuple[str, ...]:
    name = f"the compound '{used_by(step)}'"
    taking = Node(
        name=name,
        version=1,
        summary="",
        params=Params,
        accepts=(_ANY,) * len(compound.inputs),
        slots=compound.inputs,
    )
    inputs = in_order(origin, step, taking)
    try:
        check_inputs(taking, [(name, frozenset()) for name in inputs])
    except Refused as error:
        raise BadRecipe(("steps", origin, "inputs"), error.message, code=error.code) from None
    return inputs
