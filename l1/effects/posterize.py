"""POSTERIZE: leaves a few tones of each of the three colours."""

from typing import Annotated

import msgspec

from l1.dag.node import Node, Params
from l1.effects.look import Change, Stage, effect_of_look
from l1.media.toning import stepped, toned


class PosterizeParams(Params, frozen=True, kw_only=True):
    """How few tones there are."""

    levels: Annotated[
        int, msgspec.Meta(ge=2, le=256, description="Tones of each colour; 256 changes nothing")
    ] = 4


def _look(params: PosterizeParams, _stage: Stage) -> Change:
    change = toned([stepped(params.levels)] * 3)
    return lambda picture, _number: change(picture)


POSTERIZE = effect_of_look(
    Node(
        name="posterize",
        version=1,
        summary="Leaves a few tones of each colour",
        params=PosterizeParams,
        accepts=(frozenset({"video", "image"}),),
    ),
    _look,
)
