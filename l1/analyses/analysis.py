"""An analysis: one file in, canonical facts out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from l1.content.media_info import Kind
from l1.dag.node import Params

Heard = Callable[[int], None]
"""Told how many milliseconds of the file have been gone through; calling it proves liveliness."""


class NoParams(Params, frozen=True, kw_only=True):
    """None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """One analysis.

    `analyse(path, params, heard)` returns a msgspec struct or plain value of strings, integers,
    lists and maps (no floats), and raises `Refused` when it cannot be done. `version` rises
    whenever equal bytes would give other facts. `accepts` are the kinds of files it takes as a
    step of a recipe; one that accepts none is no step.
    """

    name: str
    version: int
    summary: str
    analyse: Callable[[Path, Any, Heard], Any]
    params: type[Params] = NoParams
    accepts: frozenset[Kind] = frozenset()
