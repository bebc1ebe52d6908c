"""Reads the log: always forward, in pages, by plain `position > n`, for positions have no gaps."""

from collections.abc import AsyncIterator, Collection, Sequence
from typing import TYPE_CHECKING

import asyncpg

from l1.events.codec import Codec
from l1.events.event import Placed, Recorded

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]

_COLUMNS = "position, stream, version, kind, schema, data, meta, event_id, at"
_PAGE = f"select {_COLUMNS} from event where position > $1 order by position limit $2"  # noqa: S608
_PLACED = """
select position, at, kind, schema, data from event
where position > $1 and position <= $1 + $2::int and kind = any($3) order by position
"""
_STREAM = f"select {_COLUMNS} from event where stream = $1 and version > $2 order by version"  # noqa: S608
_TAGGED = f"""
select {_COLUMNS} from event
where position in (select position from event_tag where tag = any($1) and position > $2)
order by position limit $3
"""  # noqa: S608


class Reader:
    """Decoded facts from a pool of connections."""

    def __init__(self, pool: "Pool", codec: Codec) -> None:
        self._pool = pool
        self._codec = codec

    async def head(self) -> int:
        """Tell the position of the newest fact, 0 for an empty log."""
        return await self._pool.fetchval("select coalesce(max(position), 0) from event") or 0

    async def name(self) -> str:
        """Tell the name that this log has for ever."""
        return str(await self._pool.fetchval("select name from log_name"))

    async def page(self, after: int, limit: int = 1000) -> list[Recorded]:
        """Read up to `limit` facts behind position `after`."""
        return self.decode(await self._pool.fetch(_PAGE, after, limit))

    async def placed(self, after: int, limit: int, *, kinds: Collection[str]) -> list[Placed]:
        """Read the facts of these kinds among the `limit` behind position `after`.

        It costs half of a whole page.
        """
        decode = self._codec.decode
        rows = await self._pool.fetch(_PLACED, after, limit, list(kinds))
        return [
            Placed(position=position, at=at, event=decode(kind, schema, data))
            for position, at, kind, schema, data in rows
        ]

    async def stream(self, name: str, after_version: int = 0) -> list[Recorded]:
        """Read one stream's facts."""
        return self.decode(await self._pool.fetch(_STREAM, name, after_version))

    async def tagged(
        self, tags: Sequence[str], after: int = 0, limit: int = 1000
    ) -> list[Recorded]:
        """Read facts that carry one of these tags."""
        return self.decode(await self._pool.fetch(_TAGGED, list(tags), after, limit))

    async def everything(self, after: int = 0, upto: int | None = None) -> AsyncIterator[Recorded]:
        """Walk the log, page by page."""
        end = await self.head() if upto is None else upto
        while after < end:
            for recorded in await self.page(after, min(1000, end - after)):
                yield recorded
                after = recorded.position

    async def leaves(self, after: int, limit: int) -> list[bytes]:
        """Read leaf hashes behind position `after`."""
        rows = await self._pool.fetch(
            "select leaf from event where position > $1 order by position limit $2", after, limit
        )
        return [row["leaf"] for row in rows]

    def decode(self, rows: Sequence[asyncpg.Record]) -> list[Recorded]:
        """Turn rows of the event table into facts."""
        decode, decode_meta = self._codec.decode, self._codec.decode_meta
        return [
            Recorded(
                position=row[0],
                stream=row[1],
                version=row[2],
                event=decode(row[3], row[4], row[5]),
                meta=decode_meta(row[6]),
                event_id=row[7],
                at=row[8],
            )
            for row in rows
        ]
