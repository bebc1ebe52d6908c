"""How footage is to follow the beat: the parameters that BEAT_SYNC and BEAT_SCHEDULE share."""

from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta

from l1.content.schedule import PulseLook
from l1.dag.node import Params, fraction, is_writable

MOST_CUTS = 10_000
_LATEST_S = 4 * 3600


class SyncParams(Params, frozen=True, kw_only=True):
    """Which beats count, which pieces of the source fall on them, and how a piece fills its time.

    Without `cuts` and `pieces` the source is divided automatically: into pieces about as long as
    a beat, so that it plays at about its own speed, and so that the source's own cuts fall on
    beats. Pieces are used again when there are more beats than pieces. `seed` decides all that is
    left to chance.
    """

    mode: Annotated[
        Literal["stretch", "cut", "pulse"],
        Meta(
            description="stretch: each piece is sped up or slowed down to last from its beat to "
            "the next; cut: each piece starts on its beat at its own speed and is cut off at the "
            "next; pulse: the source plays as it is, again and again, and a pulse goes through it "
            "on each beat"
        ),
    ] = "stretch"
    every: Annotated[
        int, Meta(ge=1, le=64, description="Use every n-th beat: 1 is each, 4 one in four")
    ] = 1
    offset: Annotated[int, Meta(ge=0, le=10_000, description="Beats left out at the start")] = 0
    downbeats: Annotated[
        bool, Meta(description="Use the first beat of each bar only, then `every` and `offset`")
    ] = False
    cuts: Annotated[
        Annotated[tuple[Decimal, ...], Meta(max_length=MOST_CUTS)] | Literal["beats", "scenes"],
        Meta(
            description="What falls on the beats, one each: moments of the source, in seconds and "
            "in this order; beats: those of the source's own sound, of which `every` and "
            "`downbeats` choose too; scenes: the source's own cuts and nothing else; none: "
            "automatic",
        ),
    ] = ()
    pieces: Annotated[
        int,
        Meta(
            ge=0,
            le=MOST_CUTS,
            description="Divide the source into this many equal pieces; 0: automatic",
        ),
    ] = 0
    scenes: Annotated[
        bool,
        Meta(description="Let the source's own cuts fall on beats when pieces are automatic"),
    ] = True
    order: Annotated[
        Literal["auto", "forward", "spread", "shuffle"],
        Meta(
            description="forward: pieces follow each other as in the source; spread: each beat "
            "leaps far away, and all pieces come before one comes again; shuffle: by `seed`; "
            "auto: spread for automatic pieces that are cut, else forward"
        ),
    ] = "auto"
    seed: Annotated[int, Meta(ge=0, le=2**32, description="Which shuffle")] = 0
    min_speed: Annotated[
        Decimal,
        fraction(
            "Slowest stretch, times; a piece too short plays so and is filled", ge="0.01", le="1"
        ),
    ] = Decimal("0.25")
    max_speed: Annotated[
        Decimal,
        fraction(
            "Fastest stretch, times; a piece too long plays so and is cut off", ge="1", le="100"
        ),
    ] = Decimal(4)
    fill: Annotated[
        Literal["hold", "loop", "next"],
        Meta(
            description="What is shown when a piece ends before the next beat. hold: its last "
            "picture; loop: the piece again; next: what follows in the source"
        ),
    ] = "hold"
    interp: Annotated[
        Literal["nearest", "blend"],
        Meta(
            description="What is shown between two pictures of the source, where a piece is slower "
            "or `fps` higher. nearest: the one before; blend: both, mixed by how near they are"
        ),
    ] = "nearest"
    pulse: Annotated[
        PulseLook,
        Meta(description="With mode pulse. zoom: towards the middle; flash: towards white"),
    ] = "zoom"
    amount: Annotated[
        Decimal,
        fraction(
            "With mode pulse: how strong it is on the beat; 1 is twice as large, or all white",
            ge="0.001",
            le="1",
        ),
    ] = Decimal("0.2")
    decay: Annotated[
        Decimal,
        fraction(
            "With mode pulse: seconds until it is gone, fast at first and then slower",
            ge="0.001",
            le="10",
        ),
    ] = Decimal("0.4")
    trim: Annotated[
        bool,
        Meta(
            description="Begin at the first beat used and end at the last; otherwise all the "
            "music is kept, and the source plays at its own speed before and after"
        ),
    ] = False
    fps: Annotated[
        Decimal,
        fraction(
            "Output frames a second, 0 or 1 to 240; 0: as the source; 29.97 means 30000/1001",
            ge="0",
            le="240",
        ),
    ] = Decimal(0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if 0 < self.fps < 1:
            raise ValueError("Expected 0 or a number >= 1 for `fps`")
        if self.cuts and self.pieces:
            raise ValueError("Expected either `cuts` or `pieces`, not both")
        if self.mode == "pulse" and (self.cuts or self.pieces):
            raise ValueError(
                "Expected neither `cuts` nor `pieces` with `mode` pulse, which cuts nothing"
            )
        for cut in self.moments:
            if not is_writable(cut) or not 0 <= cut <= _LATEST_S:
                raise ValueError(f"Expected seconds from 0 to {_LATEST_S} in `cuts`")

    @property
    def moments(self) -> tuple[Decimal, ...]:
        """Give the moments that are named one by one."""
        return self.cuts if isinstance(self.cuts, tuple) else ()

    @property
    def divides_scenes(self) -> bool:
        """Tell whether the source's own cuts matter."""
        if self.mode == "pulse" or self.pieces:
            return False
        return self.cuts == "scenes" or (self.scenes and not self.cuts)
