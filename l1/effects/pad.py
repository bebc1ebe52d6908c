"""PAD: surrounds a video or an image with a colour.

The sides of a video are even: an odd one grows by repeating the last row or column.
"""

from typing import Annotated

import msgspec

from l1.dag.node import Node, Params
from l1.effects.look import Change, Stage, effect_of_look
from l1.errors import Refused
from l1.media.colours import colour, colour_text
from l1.media.framing import surrounded
from l1.media.limits import MAX_PIXELS

_Side = Annotated[int, msgspec.Meta(ge=0, le=16384)]


class PadParams(Params, frozen=True, kw_only=True):
    """How much is added, and in which colour."""

    left: Annotated[_Side, msgspec.Meta(description="Pixels on the left")] = 0
    top: Annotated[_Side, msgspec.Meta(description="Pixels at the top")] = 0
    right: Annotated[_Side, msgspec.Meta(description="Pixels on the right")] = 0
    bottom: Annotated[_Side, msgspec.Meta(description="Pixels at the bottom")] = 0
    background: Annotated[str, msgspec.Meta(description="The colour: #rrggbb or a name")] = (
        "#000000"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        msgspec.structs.force_setattr(self, "background", colour_text(self.background))


def _look(params: PadParams, stage: Stage) -> Change:
    sides = (params.left, params.top, params.right, params.bottom)
    width = params.left + stage.width + params.right
    height = params.top + stage.height + params.bottom
    if width * height > MAX_PIXELS:
        raise Refused(
            f"PAD would make {width}x{height} pixels, more than the {MAX_PIXELS} allowed (8K); "
            "add less"
        )
    ground = colour(params.background)
    return lambda picture, _number: surrounded(picture, sides, ground)


PAD = effect_of_look(
    Node(
        name="pad",
        version=1,
        summary="Surrounds a video or an image with a colour",
        params=PadParams,
        accepts=(frozenset({"video", "image"}),),
        binds=(),  # the picture would change its size
    ),
    _look,
)
