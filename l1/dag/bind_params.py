"""How a parameter is to follow sound: the words of BIND, alone or beside a parameter."""

from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from l1.content.curve import LARGEST
from l1.dag.node import Params, fraction, is_writable

EVENTS = frozenset({"beat", "downbeat", "onset"})
"""Features that happen at moments; the others are there all the time."""

_FINEST = -6
_ZERO = Decimal(0)


class BindParams(Params, frozen=True, kw_only=True):
    """What is followed, and how.

    In this order: `offset` moves what is heard, `attack` and `release` let it rise and fall
    slowly, `smooth` takes off its edges, `curve` bends it, `noise` makes it tremble, and `range`
    says which values it comes to.
    """

    feature: Annotated[
        Literal["energy", "bass", "mid", "treble", "loudness", "beat", "downbeat", "onset", "lfo"],
        Meta(
            description="energy, bass, mid, treble: how strong, beside the strongest of the "
            "sound; loudness: by EBU R128, over the 40 LU below the loudest; beat, downbeat, "
            "onset: all at each one, then falling; lfo: up and down by itself"
        ),
    ] = "energy"
    range: Annotated[
        tuple[Decimal, Decimal],
        Meta(description="[lowest, highest] value: for nothing and for all; may be turned round"),
    ] = (_ZERO, Decimal(1))
    offset: Annotated[
        Decimal, fraction("Seconds by which it comes later; -1 is one earlier", ge="-60", le="60")
    ] = _ZERO
    attack: Annotated[
        Decimal, fraction("Seconds that a rise over the whole range takes", ge="0", le="60")
    ] = _ZERO
    release: Annotated[
        Decimal, fraction("Seconds that a fall over the whole range takes", ge="0", le="60")
    ] = _ZERO
    smooth: Annotated[
        Decimal, fraction("Seconds, half before and half after, that are averaged", ge="0", le="60")
    ] = _ZERO
    decay: Annotated[
        Decimal | None,
        fraction(
            "Seconds in which a beat, downbeat or onset falls to nothing; 0.25 if left out",
            ge="0.01",
            le="60",
        ),
    ] = None
    curve: Annotated[
        Literal["linear", "ease", "square", "exp", "root", "log"],
        Meta(
            description="linear as it is; ease: slow at both ends; square, exp: little until it "
            "is strong; root, log: much already when it is weak"
        ),
    ] = "linear"
    noise: Annotated[Decimal, fraction("Trembling, in parts of the range", ge="0", le="1")] = _ZERO
    seed: Annotated[int, Meta(ge=0, le=2**53 - 1, description="Which trembling")] = 0
    shape: Annotated[
        Literal["sine", "triangle", "saw", "ramp", "square"],
        Meta(
            description="Of an lfo. sine, triangle, saw (falling) and square begin at their "
            "highest, ramp at its lowest"
        ),
    ] = "sine"
    period: Annotated[
        Decimal | None, fraction("Seconds of one turn of an lfo", ge="0.01", le="3600")
    ] = None
    beats: Annotated[
        Decimal | None,
        fraction("Beats of one turn of an lfo, from a downbeat on", ge="0.0625", le="1024"),
    ] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for value in self.range:
            if not is_writable(value) or abs(value) > LARGEST:
                raise ValueError(f"Expected numbers up to {LARGEST} in `range`")
            if value != round(value, -_FINEST):
                raise ValueError("Expected at most 6 digits after the point in `range`")
        if self.feature == "lfo":
            self._check_lfo()
        elif self.period is not None or self.beats is not None or self.shape != "sine":
            raise ValueError("an lfo has `shape`, `period` and `beats`; nothing else has")
        if self.decay is not None and self.feature not in EVENTS:
            raise ValueError(
                "beat, downbeat and onset have a `decay`; the others fall slowly by their release"
            )
        if not self.noise:
            # What has no effect does not count, so that equal results have equal keys.
            msgspec.structs.force_setattr(self, "seed", 0)

    def _check_lfo(self) -> None:
        if (self.period is None) == (self.beats is None):
            raise ValueError("an lfo needs `period`, in seconds, or `beats`, one of them")
        for name in ("attack", "release", "smooth"):
            if getattr(self, name):
                raise ValueError(f"an lfo has no `{name}`; choose another shape")

    @property
    def listens(self) -> bool:
        """Tell whether anything has to be heard."""
        return self.period is None
