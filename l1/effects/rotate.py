"""ROTATE: turns a video or an image about its middle.

Right angles turn the frame too. At other angles the frame stays as it is, and the background
comes in at its corners. Pixels are taken as square; RESIZE makes them so.
"""

from decimal import Decimal
from typing import Annotated

import msgspec

from l1.dag.node import Node, Params, fraction
from l1.effects.look import Change, Stage, effect_of_look
from l1.media.colours import colour, colour_text
from l1.media.framing import rotated


class RotateParams(Params, frozen=True, kw_only=True):
    """How far it is turned."""

    degrees: Annotated[Decimal, fraction("Clockwise, in degrees", ge="-360", le="360")] = Decimal(
        90
    )
    background: Annotated[
        str, msgspec.Meta(description="Colour that comes in at the corners: #rrggbb or a name")
    ] = "#000000"

    def __post_init__(self) -> None:
        super().__post_init__()
        degrees = (self.degrees % 360 + 360) % 360
        ground = colour_text(self.background)
        msgspec.structs.force_setattr(self, "degrees", degrees)
        # What has no effect does not count, so that equal results have equal keys.
        msgspec.structs.force_setattr(self, "background", ground if degrees % 90 else "#000000")


def _look(params: RotateParams, _stage: Stage) -> Change:
    ground = colour(params.background)
    return lambda picture, _number: rotated(picture, params.degrees, ground)


ROTATE = effect_of_look(
    Node(
        name="rotate",
        version=1,
        summary="Turns a video or an image about its middle",
        params=RotateParams,
        accepts=(frozenset({"video", "image"}),),
        binds=(),  # the picture would change its size
    ),
    _look,
)
