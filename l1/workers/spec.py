"""What a step's execution says that is to be done, read from the work table."""

from typing import Any

import msgspec

from l1.dag.keys import Preimage
from l1.events.step import StepSplit


class StepSpec(msgspec.Struct, frozen=True, kw_only=True):
    """The steps that are rendered in one pass, in order; the last is the one that has the key.

    `split` tells how it is cut into pieces, once it is. A `streamed` one can be watched meanwhile.
    Of one with a `sample`, only so many segments are rendered, and listed instead of joined.
    """

    links: tuple[Preimage, ...]
    streamed: bool = False
    sample: int = 0
    split: StepSplit | None = None

    @property
    def step(self) -> Preimage:
        """Answer the step whose result it is."""
        return self.links[-1]


def read_spec(spec: dict[str, Any]) -> StepSpec:
    """Read a step's spec as it was planned, with what has been added since."""
    own = {name: value for name, value in spec.items() if name in Preimage.__struct_fields__}
    links = msgspec.convert([*spec.get("chain", ()), own], tuple[Preimage, ...])
    split = spec.get("split")
    return StepSpec(
        links=links,
        streamed=bool(spec.get("streamed")),
        sample=int(spec.get("sample", 0)),
        split=msgspec.convert({**split, "parts": ()}, StepSplit) if split else None,
    )
