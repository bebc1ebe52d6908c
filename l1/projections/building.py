"""Folds the log into fresh tables: one walk over it for any number of views."""

import asyncio
import contextlib
import gc
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Self

import asyncpg

from l1.events.event import Event, Placed
from l1.log.read import Reader
from l1.projections import writing
from l1.projections.growing import Growing
from l1.projections.projection import Fold, Projection, Rows

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

PAGE = 2000
"""So many facts are read at once."""
_ALLOCATIONS = 100_000


async def build(
    connection: "Connection",
    projections: Sequence[Projection],
    reader: Reader,
    suffix: str,
    *,
    upto: int | None = None,
) -> int:
    """Fold the log up to a position (its present head by default) into fresh schemas.

    Each is named like the view's own, with a suffix. Answers the position.
    """
    growing = [Growing(each, f"{each.schema}_{suffix}") for each in projections]
    for each in growing:
        await each.create(connection)
    end = await reader.head() if upto is None else upto
    routes = _routes(growing)
    with _seldom_collecting():
        async with _Spilling(connection) as spilling:
            async for page in _pages(reader, after=0, upto=end, kinds=_kinds(projections)):
                for recorded in page:
                    event = recorded.event
                    for fold, view in routes.get(type(event), ()):
                        fold(view.rows, recorded, event)
                for each in growing:
                    if each.is_full:
                        await spilling.spill(each)
    for each in growing:
        await each.finish(connection)
    return end


@contextlib.contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Look for cycles seldom: facts and rows form none, and it takes a quarter of a rebuild."""
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], _ALLOCATIONS), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


class _Spilling:
    """Spills one view at a time while the next pages are folded."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._task: asyncio.Task[None] | None = None

    async def spill(self, view: Growing) -> None:
        """Begin to spill, after what is being spilled."""
        await self._ended()
        self._task = asyncio.create_task(view.spill(self._connection))

    async def _ended(self) -> None:
        if self._task is not None:
            await self._task

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            await self._ended()
        elif self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


async def fold_into(
    connection: "Connection",
    projection: Projection,
    reader: Reader,
    schema: str,
    *,
    after: int,
    upto: int,
) -> None:
    """Fold what lies between two positions into tables that have their keys."""
    async for page in _pages(reader, after=after, upto=upto, kinds=_kinds((projection,))):
        rows = Rows()
        for recorded in page:
            projection.fold(rows, recorded)
        await writing.merge(connection, projection, schema, rows)


def _routes(growing: Sequence[Growing]) -> Mapping[type[Event], list[tuple[Fold, Growing]]]:
    routes: dict[type[Event], list[tuple[Fold, Growing]]] = {}
    for each in growing:
        for kind, fold in each.projection.folds.items():
            routes.setdefault(kind, []).append((fold, each))
    return routes


def _kinds(projections: Iterable[Projection]) -> frozenset[str]:
    return frozenset(event.kind for each in projections for event in each.folds)


async def _pages(
    reader: Reader, *, after: int, upto: int, kinds: frozenset[str]
) -> AsyncIterator[list[Placed]]:
    """Walk the log, asking for each page before the one ahead of it is worked on."""
    asked: deque[asyncio.Task[list[Placed]]] = deque()
    try:
        while asked or after < upto:
            if after < upto:
                limit = min(PAGE, upto - after)
                asked.append(asyncio.create_task(reader.placed(after, limit, kinds=kinds)))
                after += limit  # positions have no gaps
            if len(asked) > 1 or after == upto:
                await asyncio.sleep(0)  # lets the question go out before the loop is busy
                yield await asked.popleft()
    finally:
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
