"""Nodes as two recipe formats write them: sources are nodes too, and inputs may have slots."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from msgspec import structs

from l1.dag.bad_recipe import BadRecipe, Place
from l1.dag.bound_words import renamed
from l1.dag.compounds import read_compounds
from l1.dag.marked_yaml import Marked
from l1.dag.reading import Written, known, text
from l1.dag.recipe import SOURCE, Recipe, RecipeInput, RecipeStep
from l1.dag.registry import Registry, read_registry
from l1.dag.sources import fixed, read_source
from l1.dag.suggest import did_you_mean
from l1.dag.taken import read_taken, step_of

_NODE = ("id", "type", "config", "inputs", "description")


@dataclass(slots=True, kw_only=True)
class _Nodes:
    """What nodes come to: what a run is given, the nodes that work, and what each name means.

    A reference to a source means its input, so what a source is called is in no key.
    """

    inputs: dict[str, RecipeInput]
    meant: dict[str, str]
    working: list[tuple[str, Marked, Place]]


def read_graph(
    document: Marked, body: Marked, place: Place, declared: Mapping[str, RecipeInput]
) -> Written:
    """Make the recipe whose `nodes` and `output` are in `body`, which stands at `place`.

    Raises `BadRecipe` or `BadYaml` naming the place.
    """
    registry, groups = read_registry(document), read_compounds(document)
    nodes = _sorted(body, place, registry, declared)
    places: dict[Place, Place] = {("steps",): (*place, "nodes"), ("output",): (*place, "output")}
    places |= groups.places | {
        ("effects", name): ("registry", "effects", name) for name in registry.effects
    }
    steps = []
    for index, (id_, node, at) in enumerate(nodes.working):
        step, where = _step(id_, node, at, nodes, registry)
        steps.append(step)
        places[("steps", index)] = at
        places |= {("steps", index, "inputs", i): there for i, there in enumerate(where)}
    recipe = Recipe(
        name=text(document, "name", (), required=True),
        version=text(document, "version", ()),
        description=text(document, "description", ()),
        inputs=nodes.inputs,
        steps=tuple(steps),
        output=_output(body, place, nodes.meant),
        effects=registry.effects,
        compounds=groups.compounds,
    )
    return Written(recipe=recipe, places=places)


def _sorted(
    body: Marked, place: Place, registry: Registry, declared: Mapping[str, RecipeInput]
) -> _Nodes:
    """Tell sources from the nodes that work."""
    nodes = _Nodes(inputs=dict(declared), meant={name: name for name in declared}, working=[])
    for id_, node, at in _nodes(body, place):
        if id_ in nodes.meant:
            raise BadRecipe((*at, "id"), f"duplicate id '{id_}': something else has it already")
        nodes.meant[id_] = id_
        if text(node, "type", at, required=True).upper() == SOURCE:
            nodes.meant[id_] = read_source(id_, node, at, nodes.inputs, registry, declared)
        else:
            nodes.working.append((id_, node, at))
    return nodes


def _nodes(body: Marked, place: Place) -> Iterator[tuple[str, Marked, Place]]:
    """List the nodes with their ids: a list of maps with an `id`, or a map by id."""
    given = body.value.get("nodes")
    if given is None or not isinstance(given.value, tuple | dict):
        raise BadRecipe((*place, "nodes"), "a list of nodes, or a map of them by id, is wanted")
    if isinstance(given.value, tuple):
        for index, node in enumerate(given.value):
            at = (*place, "nodes", index)
            known(node, _NODE, at)
            yield text(node, "id", at, required=True), node, at
        return
    for id_, node in given.value.items():
        at = (*place, "nodes", id_)
        known(node, _NODE, at)
        if (said := text(node, "id", at)) and said != id_:
            raise BadRecipe((*at, "id"), f"'{said}' stands under the name '{id_}'")
        yield id_, node, at


def _step(
    id_: str, node: Marked, at: Place, nodes: _Nodes, registry: Registry
) -> tuple[RecipeStep, tuple[Place, ...]]:
    """Make a step, and say where each of its inputs is written."""

    def fix(name: str, item: Marked, place: Place) -> str:
        nodes.meant[name] = fixed(name, item, place, nodes.inputs, registry)
        return name

    found = read_taken(node, id_, at, fix)
    for one in found:
        if one.name not in nodes.meant:
            hint = did_you_mean(one.name, nodes.meant)
            raise BadRecipe(one.place, f"there is no '{one.name}'{hint}")
    step = step_of(node, id_, at, found)
    inputs = tuple(nodes.meant[one.name] for one in found)
    step = structs.replace(step, config=renamed(step.config, nodes.meant), inputs=inputs)
    return step, tuple(one.place for one in found)


def _output(body: Marked, place: Place, meant: Mapping[str, str]) -> str:
    output = text(body, "output", place)
    if meant.get(output, output) != output:
        message = f"'{output}' is a SOURCE; name a step (an `identity` EFFECT passes it on)"
        raise BadRecipe((*place, "output"), message)
    return output
