"""What a benchmark is, and what one measurement tells."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal

from bench import Size

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where and at which size to measure. Servers share `home`."""

    home: Path
    size: Size

    def pick(self, full: int, quick: int) -> int:
        return full if self.size == "full" else quick


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the ratio of ours to the peer's has to be."""

    sign: Literal[">=", "<="]
    bound: float

    def met(self, ratio: float) -> bool:
        return ratio >= self.bound if self.sign == ">=" else ratio <= self.bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table: our figure, the peer's, and the median of the pairs' ratios.

    Without a peer the pairs hold our figure and the bound it has to keep, or 0 for none.
    """

    what: str
    peer: str
    unit: str
    pairs: tuple[Pair, ...]
    target: Target | None = None
    note: str = ""

    @property
    def ours(self) -> float:
        return median(ours for ours, _ in self.pairs)

    @property
    def theirs(self) -> float:
        return median(theirs for _, theirs in self.pairs)

    @property
    def ratios(self) -> list[float]:
        return [ours / theirs for ours, theirs in self.pairs if theirs]

    @property
    def ratio(self) -> float | None:
        return median(self.ratios) if self.ratios else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One file of this folder defines one."""

    name: str
    measure: Callable[[Setting], AsyncIterator[Row]]


Measure = Callable[[], Awaitable[float]]


async def in_turns(ours: Measure, theirs: Measure, *, rounds: int) -> tuple[Pair, ...]:
    """Measure both in turns, so that a busy moment strikes both, after one round for warmth.

    Who goes first alternates.
    """
    pairs: list[Pair] = []
    for number in range(rounds + 1):
        if number % 2:
            pair = (await ours(), await theirs())
        else:
            second = await theirs()
            pair = (await ours(), second)
        if number:
            pairs.append(pair)
    return tuple(pairs)


async def alone(ours: Measure, *, rounds: int, bound: float = 0) -> tuple[Pair, ...]:
    """Measure what has no peer."""
    await ours()
    return tuple([(await ours(), bound) for _ in range(rounds)])
