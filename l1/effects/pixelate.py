"""PIXELATE: makes a video or an image of squares, each the mean of what is seen in it."""

from typing import Annotated

import msgspec

from l1.dag.node import Node, Params
from l1.effects.look import Change, Stage, effect_of_look
from l1.media.framing import in_blocks


class PixelateParams(Params, frozen=True, kw_only=True):
    """How coarse it becomes."""

    size: Annotated[
        int, msgspec.Meta(ge=1, le=4096, description="Pixels along a square; 1 changes nothing")
    ] = 16


def _look(params: PixelateParams, _stage: Stage) -> Change:
    return lambda picture, _number: in_blocks(picture, params.size)


PIXELATE = effect_of_look(
    Node(
        name="pixelate",
        version=1,
        summary="Makes a video or an image of squares",
        params=PixelateParams,
        accepts=(frozenset({"video", "image"}),),
    ),
    _look,
)
