"""SOURCE_LIST: several inputs, sources or steps under one name.

Whoever takes it takes them all, in order: SEQUENCE, IMAGE_SEQUENCE, LAYER, AUDIO_MIX, MAP, or
another list. What an item is, the inputs of the recipe, its registry or the item itself say: the
name of an input that is given or fixed, `{asset: <name in the registry>}`, or `{cid: <content>}`.
"""

from collections.abc import Mapping
from typing import Annotated, get_args

import msgspec

from l1.content.media_info import Kind
from l1.dag.never import never
from l1.dag.node import Node, Params
from l1.dag.recipe import LIST, RecipeStep
from l1.effects.effect import Effect
from l1.errors import Refused


class Item(Params, frozen=True, kw_only=True):
    """Content that is fixed: one of these."""

    cid: Annotated[str, msgspec.Meta(description="A CID, or a SHA3-256 of 64 hex digits")] = ""
    hash: Annotated[str, msgspec.Meta(description="The same as `cid`")] = ""
    asset: Annotated[str, msgspec.Meta(description="A name in the recipe's registry")] = ""


class SourceListParams(Params, frozen=True, kw_only=True):
    """What is in it, if that is not said by `inputs`; what is said there comes first."""

    items: Annotated[
        tuple[str | Item, ...],
        msgspec.Meta(
            description="Names of inputs and steps, and fixed content: {cid: ...} or {asset: ...}"
        ),
    ] = ()


def expand(
    step: RecipeStep, params: Params, _steps: Mapping[str, RecipeStep]
) -> tuple[RecipeStep, ...]:
    """Write the list."""
    assert isinstance(params, SourceListParams)
    if params.items:
        message = "`items` goes with `type: SOURCE_LIST`; an EFFECT takes them as `inputs`"
        raise Refused(message, code="bad_parameter", field="items")
    if not step.inputs:
        raise Refused("a SOURCE_LIST needs an item; name some in `inputs` or `items`")
    return (RecipeStep(id=step.id, type=LIST, inputs=step.inputs),)


SOURCE_LIST = Effect(
    node=Node(
        name="source_list",
        version=1,
        summary="Puts several inputs or steps under one name, for nodes that take many",
        params=SourceListParams,
        accepts=(frozenset[Kind](get_args(Kind)),),
        many=True,
        slots=("items",),
        grouped=True,
        expand=expand,
    ),
    render=never("SOURCE_LIST"),
)
