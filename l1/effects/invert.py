"""INVERT: turns tones and colours into their opposites. Transparency stays as it is."""

from decimal import Decimal
from typing import Annotated

from l1.dag.node import Node, Params, fraction
from l1.effects.look import Change, Stage, effect_of_look
from l1.media.toning import inverted, toned


class InvertParams(Params, frozen=True, kw_only=True):
    """How far tones are turned."""

    strength: Annotated[
        Decimal, fraction("1 is a negative, 0.5 all grey, 0 changes nothing", ge="0", le="1")
    ] = Decimal(1)


def _look(params: InvertParams, _stage: Stage) -> Change:
    change = toned([inverted(params.strength)] * 3)
    return lambda picture, _number: change(picture)


INVERT = effect_of_look(
    Node(
        name="invert",
        version=1,
        summary="Turns tones and colours into their opposites",
        params=InvertParams,
        accepts=(frozenset({"video", "image"}),),
    ),
    _look,
)
