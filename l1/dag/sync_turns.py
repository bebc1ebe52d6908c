"""Which picture of several clips is shown when, so that they take turns on beats. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from l1.content.features import Beats
from l1.content.schedule import Schedule
from l1.dag.node import Params, fraction
from l1.dag.sync_params import SyncParams
from l1.dag.sync_pieces import Footage
from l1.dag.syncing import chosen_beats, schedule

ORDERS = {"round_robin": "forward", "shuffle": "shuffle"}
"""What an order of clips is called among the orders of pieces."""


class TurnParams(Params, frozen=True, kw_only=True):
    """Whose turn it is, and on which beats they change."""

    distribute: Annotated[
        Literal["round_robin", "shuffle"],
        Meta(
            description="round_robin: one after the other, again and again; shuffle: in an order "
            "of chance each time around"
        ),
    ] = "round_robin"
    seed: Annotated[int, Meta(ge=0, le=2**32, description="Which shuffle")] = 0
    every: Annotated[
        int, Meta(ge=1, le=64, description="Change on every n-th beat, with `times_from`")
    ] = 1
    offset: Annotated[
        int, Meta(ge=0, le=10_000, description="Beats left out at the start, with `times_from`")
    ] = 0
    downbeats: Annotated[
        bool, Meta(description="Change on the first beat of each bar only, with `times_from`")
    ] = False
    fps: Annotated[
        Decimal,
        fraction(
            "Frames a second with `times_from`, 0 or 1 to 240; 0: as the first", ge="0", le="240"
        ),
    ] = Decimal(0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if 0 < self.fps < 1:
            raise ValueError("Expected 0 or a number >= 1 for `fps`")


def sync_params(params: TurnParams) -> SyncParams:
    """Say the same of pieces that are cut."""
    return SyncParams(
        mode="cut",
        every=params.every,
        offset=params.offset,
        downbeats=params.downbeats,
        fps=params.fps,
        order="shuffle" if params.distribute == "shuffle" else "auto",
        seed=params.seed,
    )


def turns(frames: Sequence[int], rate: Fraction, beats: Beats, params: TurnParams) -> Schedule:
    """Let clips of so many `frames`, all at `rate`, take turns for as long as the music lasts.

    They change on each beat that counts. Each goes on from where it was left, or begins again
    where too little is left; one that is shorter than its turn is repeated. What is shown are the
    frames of all clips put one after the other. Raises `Refused` where there are no beats.
    """
    wanted = sync_params(params)
    chosen = chosen_beats(beats, wanted)
    marks = tuple(sorted({0, *chosen, beats.duration_ms}))
    every_mark = msgspec.structs.replace(beats, beats_ms=marks, downbeats_ms=())
    footage = Footage(frames=sum(frames), rate=rate, clips=(0, *accumulate(frames[:-1])))
    plain = msgspec.structs.replace(
        wanted, every=1, offset=0, downbeats=False, trim=True, fill="loop"
    )
    return schedule(footage, every_mark, plain)
