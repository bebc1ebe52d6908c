"""Shows that nobody touched the log: checks every row against its leaf, and all leaves together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import asyncpg

from l1.errors import Failure
from l1.events.codec import Codec
from l1.events.tree import Frontier, body_hash, leaf_hash

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]

_PAGE = 5_000
_FEW = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ROWS = """
select e.*, array(select tag from event_tag t where t.position = e.position) as tags
from event e where position > $1 and position <= $2 order by position limit $3
"""
_STRAY = """
select t.position, t.tag from event_tag t
where not exists (select 1 from event e where e.position = t.position) limit $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What a log holds: its size, the root over it (hex), and what is wrong, the first first."""

    size: int
    root: str
    wrong: tuple[str, ...]


async def audit(pool: "Pool", codec: Codec, *, heads: Mapping[int, str] | None = None) -> Audit:
    """Recompute every leaf from the stored columns and the root over all, up to ten faults.

    `heads` maps sizes to roots that were told before, by this node or by a witness: who can
    rewrite a row can rewrite its leaf too, but not what others have written down.
    """
    end: int = await pool.fetchval("select coalesce(max(position), 0) from event") or 0
    walk = _Walk(codec, heads or {})
    after = 0
    while after < end and len(walk.wrong) < _FEW:
        rows = await pool.fetch(_ROWS, after, end, _PAGE)
        for row in rows:
            walk.see(row)
        after = rows[-1]["position"]
    for row in await pool.fetch(_STRAY, _FEW):
        walk.wrong.append(f"tag {row['tag']!r} names position {row['position']}, which is empty")
    walk.wrong += [f"the log ends before {size}, of which a root is known" for size in walk.heads]
    return Audit(
        size=walk.frontier.size, root=walk.frontier.root().hex(), wrong=tuple(walk.wrong[:_FEW])
    )


async def differences(pool: "Pool", codec: Codec) -> Sequence[str]:
    """Name the rows of the log that are not as they were written; empty when all are."""
    return (await audit(pool, codec)).wrong


class _Walk:
    """What has been seen of the log so far."""

    def __init__(self, codec: Codec, heads: Mapping[int, str]) -> None:
        self.frontier = Frontier()
        self.wrong: list[str] = []
        self.heads = dict(heads)
        self._codec = codec
        self._versions: dict[str, int] = {}
        self._position = 0
        self._at = _EPOCH

    def see(self, row: asyncpg.Record) -> None:
        """Check the next row, and put its leaf into the tree."""
        faults = [*self._misplaced(row), *self._forged(row), *self._mistagged(row)]
        if faults:
            self.wrong.append(f"position {row['position']} ({row['kind']}): {'; '.join(faults)}")
        self._position = row["position"]
        self._versions[row["stream"]] = row["version"]
        self._at = row["at"]
        self.frontier.add(row["leaf"])
        told = self.heads.pop(self.frontier.size, None)
        if told is not None and told != self.frontier.root().hex():
            self.wrong.append(f"the first {self.frontier.size} facts are not those of root {told}")

    def _misplaced(self, row: asyncpg.Record) -> Sequence[str]:
        faults = []
        if row["position"] != self._position + 1:
            faults.append(f"it follows position {self._position}")
        version = self._versions.get(row["stream"], 0)
        if row["version"] != version + 1:
            faults.append(f"version {row['version']} of {row['stream']} follows {version}")
        if row["at"] < self._at:
            faults.append("its time runs backwards")
        return faults

    def _forged(self, row: asyncpg.Record) -> Sequence[str]:
        body = body_hash(
            row["event_id"], row["stream"], row["kind"], row["schema"],
            row["meta"].encode(), row["data"].encode(),
        )  # fmt: skip
        at_us = (row["at"] - _EPOCH) // timedelta(microseconds=1)
        if leaf_hash(row["position"], row["version"], at_us, body) != row["leaf"]:
            return ["what is stored does not have its leaf hash"]
        return []

    def _mistagged(self, row: asyncpg.Record) -> Sequence[str]:
        """Tags are not hashed, for they follow from the fact."""
        try:
            event = self._codec.decode(row["kind"], row["schema"], row["data"])
        except (Failure, ValueError) as error:
            return [f"it cannot be read: {error}"]
        return (
            [] if set(event.tags()) == set(row["tags"]) else ["its tags are not those of the fact"]
        )
