"""Shows that the log is whole: hashes every fact again, and looks for gaps in the numbers."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import asyncpg

from l1.events.tree import body_hash, leaf_hash

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]

_PAGE = 5_000
_MOST = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FACTS = """
select position, stream, version, kind, schema, data, meta, event_id, at, leaf
from event where position > $1 order by position limit $2
"""


async def differences(pool: "Pool") -> list[str]:
    """Describe each fact whose leaf or number is not what it must be, up to ten."""
    found: list[str] = []
    versions: dict[str, int] = {}
    position, before = 0, _EPOCH
    while (rows := await pool.fetch(_FACTS, position, _PAGE)) and len(found) < _MOST:
        for row in rows:
            if row["position"] != position + 1:
                found.append(f"fact {row['position']} follows fact {position}")
            if row["version"] != versions.get(row["stream"], 0) + 1:
                found.append(f"fact {row['position']} is version {row['version']} of its stream")
            if row["at"] < before:
                found.append(f"fact {row['position']} is older than the fact before it")
            if _leaf(row) != row["leaf"]:
                found.append(f"fact {row['position']} ({row['kind']}) does not hash to its leaf")
            position, before = row["position"], row["at"]
            versions[row["stream"]] = row["version"]
    return found[:_MOST]


def _leaf(row: asyncpg.Record) -> bytes:
    body = body_hash(
        row["event_id"],
        row["stream"],
        row["kind"],
        row["schema"],
        row["meta"].encode(),
        row["data"].encode(),
    )
    at_us = (row["at"] - _EPOCH) // timedelta(microseconds=1)
    return leaf_hash(row["position"], row["version"], at_us, body)
