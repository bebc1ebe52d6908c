"""MAP: one step of a kind for each item of a list.

`items` is a list: a SOURCE_LIST, another MAP, or the names of inputs and steps. Each item is the
first input of its step; what stands in `with` comes after it, the same for all, and `seed_from`
last. The results are a list again, in the same order. RANDOM_SLICE is told the number of its item,
so that a clip that is there twice is cut in two places.
"""

from collections.abc import Mapping
from typing import Annotated, Any, get_args

import msgspec

from l1.content.media_info import Kind
from l1.dag.never import never
from l1.dag.node import Node, Params
from l1.dag.recipe import LIST, SOURCE, RecipeStep
from l1.effects.effect import Effect
from l1.errors import Refused

_SLICE = "RANDOM_SLICE"
_NOT_MAPPED = frozenset({"MAP", "SOURCE_LIST", SOURCE, LIST})


class MapParams(Params, frozen=True, kw_only=True):
    """What is done with each item."""

    operation: Annotated[
        str, msgspec.Meta(description="A node type, as in `type` of a step; also EFFECT, COMPOUND")
    ]
    config: Annotated[
        dict[str, Any], msgspec.Meta(description="What each of the steps is told, as in a step")
    ] = {}  # noqa: RUF012 - msgspec copies it


def expand(
    step: RecipeStep, params: Params, _steps: Mapping[str, RecipeStep]
) -> tuple[RecipeStep, ...]:
    """Write a step for each item, and the list of them."""
    assert isinstance(params, MapParams)
    operation = params.operation.upper()
    given: dict[str, list[str]] = {"items": [], "with": [], "seed_from": []}
    for name, slot in zip(step.inputs, step.slots, strict=True):
        given[slot].append(name)
    _check(operation, given)
    parts = tuple(
        RecipeStep(
            id=f"{step.id}.{number}",
            type=params.operation,
            config={**({"number": number} if operation == _SLICE else {}), **params.config},
            inputs=(item, *given["with"], *given["seed_from"]),
        )
        for number, item in enumerate(given["items"])
    )
    return (*parts, RecipeStep(id=step.id, type=LIST, inputs=tuple(part.id for part in parts)))


def _check(operation: str, given: Mapping[str, list[str]]) -> None:
    if operation in _NOT_MAPPED:
        raise Refused(
            f"MAP makes a step of each item, and {operation} is none; give MAP the list itself",
            code="bad_parameter",
            field="operation",
        )
    if not given["items"]:
        raise Refused("MAP needs `items`: a list, or names of inputs and steps", code="bad_inputs")
    if given["seed_from"] and operation != _SLICE:
        raise Refused(
            f"`seed_from` is for {_SLICE}; what {operation} takes besides the item is `with`",
            code="bad_inputs",
        )


MAP = Effect(
    node=Node(
        name="map",
        version=1,
        summary="Makes one step of a kind for each item of a list",
        params=MapParams,
        accepts=(frozenset[Kind](get_args(Kind)),),
        many=True,
        slots=("items", "with", "seed_from"),
        grouped=True,
        expand=expand,
    ),
    render=never("MAP"),
)
