"""SHARPEN: brings out fine detail of a video or an image."""

from decimal import Decimal
from typing import Annotated

from l1.dag.node import Node, Params, fraction
from l1.effects.look import Change, Stage, effect_of_look
from l1.media.sharpness import sharpen


class SharpenParams(Params, frozen=True, kw_only=True):
    """How crisp it becomes."""

    amount: Annotated[
        Decimal, fraction("How much fine detail is added; 0 changes nothing", ge="0", le="5")
    ] = Decimal(1)


def _look(params: SharpenParams, _stage: Stage) -> Change:
    return lambda picture, _number: sharpen(picture, params.amount)


SHARPEN = effect_of_look(
    Node(
        name="sharpen",
        version=1,
        summary="Brings out the fine detail of a video or an image",
        params=SharpenParams,
        accepts=(frozenset({"video", "image"}),),
    ),
    _look,
)
