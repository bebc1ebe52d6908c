"""BLEND: mixes two pictures by a mode. The first input is the base, the second lies on top.

The order counts in `normal`, `subtract`, `overlay`, `hard_light`, `soft_light`, `dodge` and `burn`;
`overlay` is `hard_light` with its inputs in the other order. The other modes give the same either
way round at full opacity. `opacity` mixes the result with the base, so that 0 leaves the base alone.

The top is made to fill the base's frame, cut off outside. Where it is transparent, and after its
end, the base is seen as it is. What is counted are sRGB bytes, as other programs count them.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated, Literal

import msgspec

from l1.dag.node import Node, Params, fraction
from l1.effects.effect import Job
from l1.effects.stack import effect_of_stack
from l1.media.blending import blended
from l1.media.pictures import Picture
from l1.media.shots import Shot
from l1.media.stacking import Arrange, Entry, Mix, Plate, as_it_is, filling

Mode = Literal[
    "normal",
    "multiply",
    "screen",
    "overlay",
    "add",
    "subtract",
    "average",
    "difference",
    "lighten",
    "darken",
    "hard_light",
    "soft_light",
    "exclusion",
    "dodge",
    "burn",
]


class BlendParams(Params, frozen=True, kw_only=True):
    """How the second input meets the first."""

    mode: Annotated[
        Mode, msgspec.Meta(description="What is made of each two bytes; normal is the top alone")
    ] = "average"
    opacity: Annotated[
        Decimal, fraction("How much of it is seen: 0 leaves the base alone", ge="0", le="1")
    ] = Decimal(1)


def _arrange(job: Job) -> Arrange:
    def arrange(plate: Plate, shots: Sequence[Shot]) -> tuple[Sequence[Entry], Mix]:
        def mix(pictures: Sequence[Picture | None], number: int) -> Picture:
            base, top = pictures
            assert base is not None
            params = job.at(number, plate.rate)
            opacity = int((params.opacity * 255).to_integral_value(ROUND_HALF_EVEN))
            return base if top is None else blended(base, top, params.mode, opacity)

        top = Entry(fit=filling(shots[1], plate), stays=False)
        return (Entry(fit=as_it_is(plate)), top), mix

    return arrange


BLEND = effect_of_stack(
    Node(
        name="blend",
        version=1,
        summary="Mixes a second video or image into the first by a mode",
        params=BlendParams,
        accepts=(frozenset({"video", "image"}), frozenset({"video", "image"})),
        slots=("base", "top"),
        binds=("opacity",),
        gives=frozenset({"video", "image"}),
    ),
    _arrange,
)
