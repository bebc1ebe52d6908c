"""CROP: cuts off the sides of a video or an image.

The sides of a video are even: where an odd number is left, the last row or column is repeated.
"""

from typing import Annotated

import msgspec

from l1.dag.node import Node, Params
from l1.effects.look import Change, Stage, effect_of_look
from l1.errors import Refused
from l1.media.pictures import Plane

_Side = Annotated[int, msgspec.Meta(ge=0, le=16384)]


class CropParams(Params, frozen=True, kw_only=True):
    """How much is cut off."""

    left: Annotated[_Side, msgspec.Meta(description="Pixels on the left")] = 0
    top: Annotated[_Side, msgspec.Meta(description="Pixels at the top")] = 0
    right: Annotated[_Side, msgspec.Meta(description="Pixels on the right")] = 0
    bottom: Annotated[_Side, msgspec.Meta(description="Pixels at the bottom")] = 0


def _look(params: CropParams, stage: Stage) -> Change:
    right, bottom = stage.width - params.right, stage.height - params.bottom
    if params.left >= right or params.top >= bottom:
        raise Refused(
            f"CROP would leave nothing of {stage.width}x{stage.height} pixels; cut off less"
        )

    def cut(plane: Plane) -> Plane:
        return plane[params.top : bottom, params.left : right]

    return lambda picture, _number: picture.each(cut)


CROP = effect_of_look(
    Node(
        name="crop",
        version=1,
        summary="Cuts off the sides of a video or an image",
        params=CropParams,
        accepts=(frozenset({"video", "image"}),),
        binds=(),  # the picture would change its size
    ),
    _look,
)
