"""BLUR: softens a video or an image, as a lens out of focus does. Transparency stays as it is."""

from decimal import Decimal
from typing import Annotated

from l1.dag.node import Node, Params, fraction
from l1.effects.look import Change, Stage, effect_of_look
from l1.media.sharpness import blur


class BlurParams(Params, frozen=True, kw_only=True):
    """How soft it becomes."""

    radius: Annotated[
        Decimal, fraction("Radius in pixels; 0 changes nothing", ge="0", le="200")
    ] = Decimal(5)


def _look(params: BlurParams, _stage: Stage) -> Change:
    return lambda picture, _number: blur(picture, params.radius)


BLUR = effect_of_look(
    Node(
        name="blur",
        version=1,
        summary="Softens a video or an image",
        params=BlurParams,
        accepts=(frozenset({"video", "image"}),),
    ),
    _look,
)
