"""From a step as written to the node type it means."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import structs

from l1.content.cid import Cid
from l1.dag.node import Node
from l1.dag.recipe import COMPOUND, EFFECT, SOURCE, Recipe, RecipeStep
from l1.dag.suggest import did_you_mean
from l1.errors import Refused

ALIASES: Mapping[str, str] = MappingProxyType(
    {"TRIM": "SEGMENT", "CONCAT": "SEQUENCE", "OVERLAY": "LAYER", "SPEED": "TRANSFORM"}
)
"""Node types that have a second name. What is written either way is the same work."""


def node_of(step: RecipeStep, nodes: Mapping[str, Node]) -> Node:
    """Find the node type; raises `Refused` with the names that were perhaps meant."""
    if step.type.upper() != EFFECT:
        written = step.type.upper()
        meant = ALIASES.get(written, written)
        if (node := nodes.get(written.lower()) or nodes.get(meant.lower())) is not None:
            return node
        hint = did_you_mean(
            written, [EFFECT, SOURCE, COMPOUND, *ALIASES, *(name.upper() for name in nodes)]
        )
        raise Refused(f"there is no node type '{step.type}'{hint}", code="unknown_type")
    name = step.config.get("effect")
    if not isinstance(name, str) or not name:
        raise Refused(f"an EFFECT says which in `effect`{did_you_mean('', nodes)}")
    if (node := nodes.get(name)) is None:
        hint = did_you_mean(name, nodes)
        raise Refused(f"there is no effect '{name}'{hint}", code="unknown_effect")
    return node


def config_of(step: RecipeStep) -> Mapping[str, Any]:
    """Read the step's parameters; an EFFECT may hold them in `params` or beside its name."""
    return beside(step.config, "effect") if step.type.upper() == EFFECT else step.config


def source_of(step: RecipeStep, recipe: Recipe) -> tuple[str, Cid | None]:
    """Answer which input of the recipe a SOURCE stands for, or the CID it fixes."""
    cid, named = step.config.get("cid"), step.config.get("input")
    if isinstance(cid, str) and cid:
        return "", Cid(cid)
    if len(step.inputs) == 1 and step.inputs[0] in recipe.inputs:
        return step.inputs[0], None
    name = named if isinstance(named, str) else step.config.get("name", step.id)
    if not named or not isinstance(name, str):
        raise Refused("a SOURCE says `input: <name of an input>` or `cid: <content>`")
    if name not in recipe.inputs:
        raise Refused(f"there is no input '{name}'{did_you_mean(name, recipe.inputs)}")
    return name, None


def contents_of(recipe: Recipe, bound: Mapping[str, Cid]) -> frozenset[Cid]:
    """Name all content that a run of a checked recipe reads: what it was given and what is fixed."""
    sources = (source_of(step, recipe) for step in recipe.steps if step.type.upper() == SOURCE)
    return frozenset(bound.values()) | {cid for _, cid in sources if cid}


def with_cids(recipe: Recipe, cids: Mapping[str, Cid]) -> Recipe:
    """Name by its CID what the recipe fixes under another name of content.

    So that the same content has equal keys whatever the recipe calls it.
    """

    def fixed(step: RecipeStep) -> RecipeStep:
        cid = step.config.get("cid")
        if step.type.upper() != SOURCE or not isinstance(cid, str) or cid not in cids:
            return step
        return structs.replace(step, config={**step.config, "cid": cids[cid]})

    return structs.replace(
        recipe,
        inputs={
            name: structs.replace(one, default=cids.get(one.default, one.default))
            if one.default
            else one
            for name, one in recipe.inputs.items()
        },
        steps=tuple(fixed(step) for step in recipe.steps),
    )


def beside(config: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Read the parameters of what `key` names, which stand in `params` or beside it.

    Raises `Refused`, with the parameter in `facts["field"]`, for one in both.
    """
    outside = {name: value for name, value in config.items() if name != key}
    params = outside.pop("params", {})
    if not isinstance(params, Mapping):
        raise Refused("`params` is a map of names and values", field="params")
    if twice := sorted(outside.keys() & params.keys()):
        message = f"'{twice[0]}' is given twice, in `params` and beside it"
        raise Refused(message, field=twice[0])
    return {**outside, **params}
