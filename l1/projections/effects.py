"""Effects by others that may be run here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from l1.content.cid import Cid
from l1.events import effect as facts
from l1.events.event import Placed, Sealed
from l1.projections.projection import Projection, Rows, Table
from l1.projections.views import Views

EFFECT = Table(
    name="effect",
    key=("cid",),
    columns={
        "cid": "text", "name": "text", "version": "text", "owner": "text", "author": "text",
        "description": "text", "removed": "boolean", "added": "timestamptz", "added_at": "bigint",
    },
    indexes=("(name)", "(added_at)"),
)  # fmt: skip
EFFECTS = Projection(name="effects", version=1, tables=(EFFECT,))


@EFFECTS.on(facts.EffectAdded)
def added(rows: Rows, recorded: Placed, fact: facts.EffectAdded) -> None:
    """It may be run, perhaps again."""
    rows.merge(
        EFFECT,
        cid=fact.cid,
        name=fact.name,
        version=fact.version,
        owner=fact.owner,
        author=fact.author,
        description=fact.description,
        removed=False,
        added=recorded.at,
        added_at=recorded.position,
    )


@EFFECTS.on(facts.EffectRemoved)
def removed(rows: Rows, recorded: Placed, fact: facts.EffectRemoved) -> None:
    """It may be run no longer."""
    del recorded
    rows.merge(EFFECT, cid=fact.cid, removed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEffect:
    """An effect as the view has it; `cid` names its file."""

    cid: Cid
    name: str
    version: str
    owner: str
    author: Sealed
    description: Sealed
    removed: bool
    added: datetime
    added_at: int


async def named(views: Views, name: str) -> KeptEffect | None:
    """Find the newest effect of a name."""
    rows = await views.fetch(
        "select * from view_effects.effect where name = $1 and not removed "
        "order by added_at desc limit 1",
        name,
    )
    return _effect(dict(rows[0])) if rows else None


async def find(views: Views, cids: Sequence[Cid]) -> dict[Cid, KeptEffect]:
    """Find effects by the CIDs of their files; who is not kept is left out."""
    rows = await views.fetch(
        "select * from view_effects.effect where cid = any($1) and not removed", list(cids)
    )
    return {row["cid"]: _effect(dict(row)) for row in rows}


async def page(views: Views, *, limit: int, before: int | None = None) -> list[KeptEffect]:
    """List effects, the newest first; `before` is the last one's `added_at`."""
    rows = await views.fetch(
        "select * from view_effects.effect where not removed and added_at < $1 "
        "order by added_at desc limit $2",
        before or 2**62,
        limit,
    )
    return [_effect(dict(row)) for row in rows]


def _effect(row: dict[str, object]) -> KeptEffect:
    return KeptEffect(**row)  # type: ignore[arg-type]
