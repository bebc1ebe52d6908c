"""FLIP: mirrors a video or an image."""

from typing import Annotated, Literal

import msgspec
import numpy as np

from l1.dag.node import Node, Params
from l1.effects.look import Change, Stage, effect_of_look

_AXES = {"horizontal": (1,), "vertical": (0,), "both": (0, 1)}


class FlipParams(Params, frozen=True, kw_only=True):
    """Which sides change places."""

    direction: Annotated[
        Literal["horizontal", "vertical", "both"],
        msgspec.Meta(description="horizontal: left and right; vertical: top and bottom"),
    ] = "horizontal"


def _look(params: FlipParams, _stage: Stage) -> Change:
    axes = _AXES[params.direction]
    return lambda picture, _number: picture.each(
        lambda plane: np.ascontiguousarray(np.flip(plane, axes))
    )


FLIP = effect_of_look(
    Node(
        name="flip",
        version=1,
        summary="Mirrors a video or an image",
        params=FlipParams,
        accepts=(frozenset({"video", "image"}),),
    ),
    _look,
)
