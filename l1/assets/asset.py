"""An asset: content that the project makes itself, so that anybody has something to begin with."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One asset. `make()` gives the same bytes every time, of the IANA type `media_type`."""

    name: str
    summary: str
    media_type: str
    make: Callable[[], bytes]
