"""VIGNETTE: darkens a video or an image towards its corners."""

from decimal import Decimal
from typing import Annotated

from l1.dag.node import Node, Params, fraction
from l1.effects.look import Change, Stage, effect_of_look
from l1.media.framing import darkened


class VignetteParams(Params, frozen=True, kw_only=True):
    """How dark the corners become, and where that begins."""

    amount: Annotated[
        Decimal, fraction("1 makes the corners black, 0 changes nothing", ge="0", le="1")
    ] = Decimal("0.6")
    size: Annotated[
        Decimal, fraction("Where it begins: 0 the middle, 1 the corners", ge="0", le="1")
    ] = Decimal("0.3")


def _look(params: VignetteParams, _stage: Stage) -> Change:
    return lambda picture, _number: darkened(picture, params.amount, params.size)


VIGNETTE = effect_of_look(
    Node(
        name="vignette",
        version=1,
        summary="Darkens a video or an image towards its corners",
        params=VignetteParams,
        accepts=(frozenset({"video", "image"}),),
    ),
    _look,
)
