"""Content: what is in the store, what a probe found in it, whose it is."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from l1.content.cid import Cid
from l1.content.media_info import MediaInfo
from l1.errors import NotFound
from l1.events import content as facts
from l1.events.event import Placed, Sealed
from l1.events.step import StepCompleted
from l1.projections.projection import Projection, Rows, Table
from l1.projections.views import Views

CONTENT = Table(
    name="content",
    key=("cid",),
    columns={
        "cid": "text", "content_hash": "text", "size": "bigint", "source": "text",
        "owner": "text", "name": "text", "media_type": "text", "kind": "text", "info": "text",
        "problem": "text", "brought": "boolean", "state": "text", "stored": "timestamptz", "stored_at": "bigint",
    },
    indexes=("(content_hash)", "(stored_at)"),
)  # fmt: skip
CONTENTS = Projection(name="content", version=3, tables=(CONTENT,))

BROUGHT = ("upload", "import", "asset")
"""The sources of content that no run can make again, even when a run made the same."""


@CONTENTS.on(facts.ContentStored)
def stored(rows: Rows, recorded: Placed, fact: facts.ContentStored) -> None:
    """Bytes came to rest."""
    rows.merge(
        CONTENT,
        cid=fact.cid,
        content_hash=fact.content_hash,
        size=fact.size,
        source=fact.source,
        owner=fact.owner,
        name=fact.name or None,  # an upload without a name takes none away
        media_type=fact.media_type or None,
        brought=True if fact.source in BROUGHT else None,
        state="stored",
        stored=recorded.at,
        stored_at=recorded.position,
    )


@CONTENTS.on(facts.ContentProbed)
def probed(rows: Rows, recorded: Placed, fact: facts.ContentProbed) -> None:
    """A probe looked into it."""
    del recorded
    rows.merge(CONTENT, cid=fact.cid, **_described(fact.info))


@CONTENTS.on(StepCompleted)
def rendered(rows: Rows, recorded: Placed, fact: StepCompleted) -> None:
    """A step's output is content."""
    rows.merge(
        CONTENT,
        cid=fact.output,
        content_hash=fact.content_hash,
        size=fact.size,
        source="step",
        state="stored",
        stored=recorded.at,
        stored_at=recorded.position,
        **_described(fact.info),
    )


@CONTENTS.on(facts.ContentCorrupted)
def corrupted(rows: Rows, recorded: Placed, fact: facts.ContentCorrupted) -> None:
    """Its bytes are lost."""
    del recorded
    rows.merge(CONTENT, cid=fact.cid, state="lost")


@CONTENTS.on(facts.ContentDeleted)
def deleted(rows: Rows, recorded: Placed, fact: facts.ContentDeleted) -> None:
    """It is gone."""
    del recorded
    rows.merge(CONTENT, cid=fact.cid, state="deleted", brought=False)


def _described(info: MediaInfo) -> dict[str, str]:
    text = msgspec.json.encode(info).decode()
    return {
        "media_type": info.media_type, "kind": info.kind, "problem": info.problem, "info": text,
    }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Content as the view has it. `info` is None until a probe has looked."""

    cid: Cid
    content_hash: str
    size: int
    source: str
    owner: str | None
    name: Sealed | None
    media_type: str | None
    kind: str | None
    info: MediaInfo | None
    problem: str | None
    brought: bool | None
    state: str
    stored: datetime
    stored_at: int


async def get(views: Views, identifier: str) -> Content:
    """Find stored content by CID or SHA3-256 hex; `NotFound` if it is not here (any more)."""
    rows = await views.fetch(
        "select * from view_content.content where (cid = $1 or content_hash = $1) "
        "and state = 'stored'",
        identifier,
    )
    if not rows:
        raise NotFound(f"there is no content {identifier} here", identifier=identifier)
    return _content(dict(rows[0]))


async def find(views: Views, identifiers: list[str]) -> dict[str, Content]:
    """Find stored contents, by the identifiers that were asked for."""
    rows = await views.fetch(
        "select * from view_content.content where (cid = any($1) or content_hash = any($1)) "
        "and state = 'stored'",
        identifiers,
    )
    found: dict[str, Content] = {}
    for row in rows:
        content = _content(dict(row))
        found |= {i: content for i in identifiers if i in (content.cid, content.content_hash)}
    return found


async def page(
    views: Views, *, limit: int, before: int | None = None, kind: str | None = None
) -> list[Content]:
    """List stored contents, the newest first; `before` is the last one's `stored_at`."""
    rows = await views.fetch(
        "select * from view_content.content where state = 'stored' and stored_at < $1 "
        "and ($3::text is null or kind = $3) order by stored_at desc, cid limit $2",
        before or 2**62,
        limit,
        kind,
    )
    return [_content(dict(row)) for row in rows]


async def every_cid(views: Views) -> list[Cid]:
    """Name everything that is stored."""
    rows = await views.fetch("select cid from view_content.content where state = 'stored'")
    return [row["cid"] for row in rows]


async def total(views: Views) -> int:
    """Count what is stored."""
    rows = await views.fetch("select count(*) from view_content.content where state = 'stored'")
    return int(rows[0][0])


def _content(row: dict[str, object]) -> Content:
    info = row["info"]
    row["info"] = msgspec.json.decode(str(info), type=MediaInfo) if info else None
    return Content(**row)  # type: ignore[arg-type]
