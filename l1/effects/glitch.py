"""GLITCH: breaks a video or an image as a bad signal does.

Bands of rows slip sideways, red and blue part, and blocks go astray. Each picture is broken in
its own way, which depends on the seed and the picture's number alone.
"""

from decimal import Decimal
from typing import Annotated

import msgspec

from l1.dag.node import Node, Params, fraction
from l1.effects.look import Change, Stage, effect_of_look
from l1.media.dice import MOST
from l1.media.glitching import Glitch, glitched


class GlitchParams(Params, frozen=True, kw_only=True):
    """How bad the signal is; each picture gets up to so much of it."""

    seed: Annotated[
        int, msgspec.Meta(ge=0, le=MOST, description="Another seed breaks otherwise")
    ] = 0
    chance: Annotated[
        Decimal, fraction("Share of the pictures that are broken", ge="0", le="1")
    ] = Decimal(1)
    slip: Annotated[
        Decimal, fraction("How far rows slip, in parts of the width", ge="0", le="1")
    ] = Decimal("0.1")
    part: Annotated[
        Decimal, fraction("How far red and blue part, in parts of the width", ge="0", le="1")
    ] = Decimal("0.02")
    bands: Annotated[int, msgspec.Meta(ge=0, le=100, description="Bands of rows that slip")] = 8
    blocks: Annotated[int, msgspec.Meta(ge=0, le=100, description="Blocks that go astray")] = 4


def _look(params: GlitchParams, _stage: Stage) -> Change:
    glitch = Glitch(
        seed=params.seed, slip=params.slip, part=params.part, bands=params.bands,
        blocks=params.blocks, chance=params.chance,
    )  # fmt: skip
    return lambda picture, number: glitched(picture, number, glitch)


GLITCH = effect_of_look(
    Node(
        name="glitch",
        version=1,
        summary="Breaks a video or an image as a bad signal does",
        params=GlitchParams,
        accepts=(frozenset({"video", "image"}),),
    ),
    _look,
)
