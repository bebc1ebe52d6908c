"""Pieces of steps that are rendered in parts: which there are, and what can be watched."""

from collections.abc import Sequence
from dataclasses import dataclass

from l1.content.cid import Cid
from l1.events import step as facts
from l1.events.event import Placed
from l1.projections.projection import Projection, Rows, Table
from l1.projections.views import Views

SPLIT = Table(
    name="split",
    key=("step_key", "segment_key"),
    columns={"step_key": "text", "segment_key": "text"},
    indexes=("(segment_key)",),
)
SEGMENT = Table(
    name="segment",
    key=("key",),
    columns={"key": "text", "track": "text", "output": "text", "header": "text", "at": "bigint"},
    indexes=("(track)", "(output)", "(header)"),
)
STREAM = Table(
    name="stream",
    key=("step_key", "at"),
    columns={
        "step_key": "text", "segments": "bigint", "complete": "boolean", "playlist": "text",
        "pictures": "text", "sound": "text", "at": "bigint",
    },
    indexes=("(playlist)", "(pictures)", "(sound)"),
)  # fmt: skip
SEGMENTS = Projection(name="segments", version=1, tables=(SPLIT, SEGMENT, STREAM))


@SEGMENTS.on(facts.StepSplit)
def split(rows: Rows, recorded: Placed, fact: facts.StepSplit) -> None:
    """A step consists of these."""
    del recorded
    for key in {*fact.segments, fact.sound} - {""}:
        rows.merge(SPLIT, step_key=fact.key, segment_key=key)


@SEGMENTS.on(facts.SegmentsRendered)
def rendered(rows: Rows, recorded: Placed, fact: facts.SegmentsRendered) -> None:
    """They are there. The pieces of a sound are found by the key of the whole."""
    for each in fact.segments:
        rows.merge(
            SEGMENT,
            key=each.key,
            track=each.key.partition(":")[0],
            output=each.output,
            header=each.header,
            at=recorded.position,
        )


@SEGMENTS.on(facts.StreamAdvanced)
def advanced(rows: Rows, recorded: Placed, fact: facts.StreamAdvanced) -> None:
    """More can be watched."""
    rows.merge(
        STREAM,
        step_key=fact.step,
        segments=fact.segments,
        complete=fact.complete,
        playlist=fact.playlist,
        pictures=fact.pictures,
        sound=fact.sound,
        at=recorded.position,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """What can be watched of a step: the playlist to open, and those of its tracks."""

    playlist: Cid
    pictures: Cid
    sound: Cid
    segments: int
    complete: bool


# What was deleted, as with a discarded run, can no longer be watched.
_THERE = """view_segments.stream s join view_content.content c
  on c.cid = s.playlist and c.state = 'stored'"""
_NEWEST = f"""
select s.playlist, s.pictures, s.sound, s.segments, s.complete from {_THERE}
where s.step_key = $1 order by s.at desc limit 1
"""  # noqa: S608
_STREAMED = f"select distinct s.step_key from {_THERE} where s.step_key = any($1)"  # noqa: S608


async def stream_of(views: Views, step_key: str) -> Stream | None:
    """Answer the newest playlists of a step, None while there are none."""
    rows = await views.fetch(_NEWEST, step_key)
    return Stream(**dict(rows[0])) if rows else None


async def tracks_of(views: Views, cids: Sequence[Cid]) -> dict[Cid, frozenset[Cid]]:
    """Tell which of these contents are playlists to open, and what the lists of their tracks are."""
    rows = await views.fetch(
        "select distinct playlist, pictures, sound from view_segments.stream "
        "where playlist = any($1)",
        list(cids),
    )
    return {Cid(row[0]): frozenset(Cid(cid) for cid in row[1:] if cid) for row in rows}


async def streamed(views: Views, step_keys: Sequence[str]) -> frozenset[str]:
    """Tell which of these steps can be watched."""
    rows = await views.fetch(_STREAMED, list(step_keys))
    return frozenset(row[0] for row in rows)
