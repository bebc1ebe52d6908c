"""A view that is being built: its rows are copied as they come, keys and indexes are made last."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import asyncpg

from l1.projections import writing
from l1.projections.projection import Projection, Rows, Table

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

_IN_MEMORY = 200_000
_LATE = 1_000_000  # so many rows may wait; the keys are made when there are more


class Growing:
    """Gathers rows and spills them into tables without keys, several times faster than merging.

    A row that changes again after it was spilled waits, gathered, for the tables to have their
    keys. Which rows were spilled is known by their hashes: one that only seems to have been waits
    too, and no harm is done.
    """

    def __init__(self, projection: Projection, schema: str, *, late: int = _LATE) -> None:
        self.projection = projection
        self.schema = schema
        self.rows = Rows()
        self._late = Rows()
        self._most_late = late
        self._spilled: dict[str, set[int]] = {table.name: set() for table in projection.tables}
        self._indexed = False

    @property
    def is_full(self) -> bool:
        """Tell whether it is time to spill."""
        return self.rows.count >= _IN_MEMORY

    async def create(self, connection: "Connection") -> None:
        """Make the empty tables."""
        await writing.create(connection, self.projection, self.schema)

    async def spill(self, connection: "Connection") -> None:
        """Write what was gathered, and forget it."""
        rows, self.rows = self.rows, Rows()
        if self._indexed:
            await writing.merge(connection, self.projection, self.schema, rows)
            return
        for table in self.projection.tables:
            await writing.fill(connection, table, self.schema, self._new(table, rows))
        if self._late.count >= self._most_late:
            await self._index(connection)

    async def finish(self, connection: "Connection") -> None:
        """Write what is left, and make keys and indexes."""
        await self.spill(connection)
        if not self._indexed:
            await self._index(connection)

    def _new(self, table: Table, rows: Rows) -> Iterator[tuple[Any, ...]]:
        """Pick the rows that were not spilled before; the others are late."""
        spilled = self._spilled[table.name]
        for key, row in rows.keyed(table).items():
            mark = hash(key)
            if mark in spilled:
                self._late.merge(table, **row)
            else:
                spilled.add(mark)
                yield tuple(row.values())

    async def _index(self, connection: "Connection") -> None:
        for table in self.projection.tables:
            await writing.index(connection, table, self.schema)
        await writing.merge(connection, self.projection, self.schema, self._late)
        self._late, self._spilled, self._indexed = Rows(), {}, True
