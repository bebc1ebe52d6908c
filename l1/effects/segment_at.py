"""SEGMENT_AT: cuts videos or sounds at given times.

Of one, the parts before, between and after the `times` are a list, in order. Several run side by
side: the parts come from them in turns, each from its own time on, so that part n is what number n
shows then. Each must last until its parts end.
"""

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

import msgspec

from l1.dag.never import never
from l1.dag.node import Node, Params, is_writable
from l1.dag.recipe import LIST, RecipeStep
from l1.effects.effect import Effect
from l1.errors import Refused

MOST = 5000
_LATEST_S = 14_400


class SegmentAtParams(Params, frozen=True, kw_only=True):
    """Where to cut, and what comes from which."""

    times: Annotated[
        tuple[Decimal, ...],
        msgspec.Meta(max_length=MOST, description="Seconds at which is cut, each after the other"),
    ] = ()
    distribute: Annotated[
        Literal["round_robin"],
        msgspec.Meta(description="round_robin: of several, each gives a part in turns"),
    ] = "round_robin"

    def __post_init__(self) -> None:
        super().__post_init__()
        for time in self.times:
            if not is_writable(time) or not 0 <= time <= _LATEST_S:
                raise ValueError(f"Expected seconds from 0 to {_LATEST_S} in `times`")
        if any(later <= earlier for earlier, later in pairwise(self.times)):
            raise ValueError("Expected rising seconds in `times`")


def expand(
    step: RecipeStep, params: Params, _steps: Mapping[str, RecipeStep]
) -> tuple[RecipeStep, ...]:
    """Write a SEGMENT for each part, and the list of them."""
    assert isinstance(params, SegmentAtParams)
    clips = step.inputs
    if not clips or not params.times:
        missing = "a video or a sound" if not clips else "`times`, seconds at which is cut"
        raise Refused(f"SEGMENT_AT needs {missing}", code="bad_parameter", field="times")
    edges = [Decimal(0), *(time for time in params.times if time), None]
    parts = tuple(
        RecipeStep(
            id=f"{step.id}.{number}",
            type="SEGMENT",
            config={"start": start} if stop is None else {"start": start, "end": stop},
            inputs=(clips[number % len(clips)],),
        )
        for number, (start, stop) in enumerate(pairwise(edges))
    )
    return (*parts, RecipeStep(id=step.id, type=LIST, inputs=tuple(part.id for part in parts)))


SEGMENT_AT = Effect(
    node=Node(
        name="segment_at",
        version=1,
        summary="Cuts videos or sounds at given times, several of them in turns",
        params=SegmentAtParams,
        accepts=(frozenset({"video", "audio"}),),
        many=True,
        expand=expand,
    ),
    render=never("SEGMENT_AT"),
)
