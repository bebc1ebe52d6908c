"""An analysis: one file in, canonical facts out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """One analysis.

    `analyse(path)` returns a msgspec struct or plain value of strings, integers, lists and maps
    (no floats), and raises `Refused` when it cannot be done. `version` rises whenever equal
    bytes would give other facts.
    """

    name: str
    version: int
    summary: str
    analyse: Callable[[Path], Any]
