"""A log of many facts, written quickly: what `log_append` would have stored, by COPY."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import asyncpg

from bench import facts
from l1.events.codec import Codec
from l1.events.event import new_event_id
from l1.events.tree import leaf_hash

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_COLUMNS = [
    "position", "stream", "version", "kind", "schema", "data", "meta", "event_id", "at", "leaf",
]  # fmt: skip


async def fill(connection: "Connection", codec: Codec, count: int) -> int:
    """Write at least `count` facts of whole runs into an empty log; answer how many."""
    tags: list[tuple[str, int]] = []
    await connection.execute("set synchronous_commit = off")
    runs = -(-count // facts.PER_RUN)
    await connection.copy_records_to_table(
        "event", records=_records(codec, runs, tags), columns=_COLUMNS
    )
    await connection.copy_records_to_table("event_tag", records=tags, columns=["tag", "position"])
    await connection.execute("vacuum analyze event")
    await connection.execute("reset synchronous_commit")
    return runs * facts.PER_RUN


def _records(codec: Codec, runs: int, tags: list[tuple[str, int]]) -> Iterator[tuple[Any, ...]]:
    versions: Counter[str] = Counter()
    for position, fact in enumerate(facts.history(runs), 1):
        row = codec.encode(new_event_id(), fact, facts.META)
        versions[row.stream] += 1
        version = versions[row.stream]
        at_us = position * 1000
        tags += ((tag, position) for tag in dict.fromkeys(row.tags))
        yield (
            position, row.stream, version, row.kind, row.schema, row.data, row.meta, row.event_id,
            _EPOCH + timedelta(microseconds=at_us),
            leaf_hash(position, version, int(_EPOCH.timestamp()) * 1_000_000 + at_us, row.body),
        )  # fmt: skip
