"""What holds content: who published it, and which runs name it, as the deletion rules ask."""

from collections.abc import Sequence
from dataclasses import dataclass

from l1.content.cid import Cid
from l1.content.deletion import Item, Publication, Role, RunState, Use
from l1.events import publication as facts
from l1.events import run as run_facts
from l1.events.event import Placed
from l1.projections.projection import Projection, Rows, Table
from l1.projections.views import Views

PUBLICATION = Table(
    name="publication",
    key=("cid", "activity_id"),
    columns={"cid": "text", "activity_id": "text", "state": "text"},
)
USE = Table(
    name="use",
    key=("cid", "run_id", "role"),
    columns={"cid": "text", "run_id": "text", "role": "text"},
    indexes=("(run_id)",),
)
DELETIONS = Projection(name="deletions", version=2, tables=(PUBLICATION, USE))

READS = ("content", "deletions", "effects", "recipes", "runs", "segments", "steps")
"""The views that a decision reads; the slowest of them tells its position."""


@DELETIONS.on(facts.PublicationRequested)
def requested(rows: Rows, recorded: Placed, fact: facts.PublicationRequested) -> None:
    """From the request on, it counts as published."""
    _publication(rows, fact.cid, fact.activity_id, "published")
    del recorded


@DELETIONS.on(facts.PublicationAccepted)
def accepted(rows: Rows, recorded: Placed, fact: facts.PublicationAccepted) -> None:
    """The registry has it."""
    _publication(rows, fact.cid, fact.activity_id, "published")
    del recorded


@DELETIONS.on(facts.PublicationRejected)
def rejected(rows: Rows, recorded: Placed, fact: facts.PublicationRejected) -> None:
    """The registry did not take it."""
    _publication(rows, fact.cid, fact.activity_id, "private")
    del recorded


@DELETIONS.on(facts.PublicationWithdrawn)
def withdrawn(rows: Rows, recorded: Placed, fact: facts.PublicationWithdrawn) -> None:
    """It is private again."""
    _publication(rows, fact.cid, fact.activity_id, "private")
    del recorded


@DELETIONS.on(run_facts.RunRequested)
def run_requested(rows: Rows, recorded: Placed, fact: run_facts.RunRequested) -> None:
    """A run names its inputs and its recipe."""
    del recorded
    for cid in (*fact.inputs.values(), *fact.fixed):
        rows.merge(USE, cid=cid, run_id=fact.run_id, role="input")
    for cid in (fact.recipe, fact.recipe_text):
        if cid:
            rows.merge(USE, cid=cid, run_id=fact.run_id, role="record")


@DELETIONS.on(run_facts.RunPlanned)
def run_planned(rows: Rows, recorded: Placed, fact: run_facts.RunPlanned) -> None:
    """A run names its plan."""
    del recorded
    rows.merge(USE, cid=fact.plan, run_id=fact.run_id, role="record")


@DELETIONS.on(run_facts.RunCompleted)
def run_completed(rows: Rows, recorded: Placed, fact: run_facts.RunCompleted) -> None:
    """A run names its provenance."""
    del recorded
    rows.merge(USE, cid=fact.provenance, run_id=fact.run_id, role="record")


def _publication(rows: Rows, cid: Cid, activity_id: str, state: Publication) -> None:
    rows.merge(PUBLICATION, cid=cid, activity_id=activity_id, state=state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The items asked for, and the log position at which this was so."""

    items: tuple[Item, ...]
    position: int


_USES = """
with asked(cid) as (select unnest($1::text[])), named as (
  select u.cid, r.run_id, r.state, u.role from asked a join view_deletions.use u using (cid)
    join view_runs.run r using (run_id) where not r.discarded
  union
  select a.cid, r.run_id, r.state, 'intermediate' from asked a
    join (select key, output from view_steps.step where output = any($1)
      union select key, output from view_steps.run_step where output = any($1)) s
      on s.output = a.cid
    join view_steps.run_step rs on rs.key = s.key join view_runs.run r on r.run_id = rs.run_id
    where not r.discarded and (r.output is null or r.output_key is distinct from rs.key)
  union
  select a.cid, r.run_id, r.state, case when made.last and r.output_key = rs.key and exists (
      select from view_segments.stream t where t.step_key = rs.key and t.playlist = r.output
    ) then 'output' else 'intermediate' end  -- a playlist is nothing without what it names
  from asked a join lateral (
      select p.step_key, true as last from view_segments.segment g join view_segments.split p
        on p.segment_key = g.track where g.output = a.cid
      union select p.step_key, true from view_segments.segment g join view_segments.split p
        on p.segment_key = g.track where g.header = a.cid
      union select step_key, complete from view_segments.stream where playlist = a.cid
      union select step_key, complete from view_segments.stream where pictures = a.cid
      union select step_key, complete from view_segments.stream where sound = a.cid
    ) made on true
    join view_steps.run_step rs on rs.key = made.step_key
    join view_runs.run r on r.run_id = rs.run_id
    where not r.discarded
  union
  select a.cid, r.run_id, r.state, 'output' from asked a join view_runs.run r on r.output = a.cid
    where not r.discarded
)
select cid, run_id, state, role from named
"""
_PUBLISHED = "select distinct cid from view_deletions.publication where cid = any($1) and state = 'published'"
_RECIPES = "select cid, name from view_recipes.recipe where cid = any($1) and not removed"
_EFFECTS = "select cid, name from view_effects.effect where cid = any($1) and not removed"
_BROUGHT = "select cid from view_content.content where cid = any($1) and brought"


_TABLES = (
    "view_content.content, view_deletions.publication, view_deletions.use, view_effects.effect, "
    "view_recipes.recipe, view_runs.run, view_segments.segment, view_segments.split, "
    "view_segments.stream, view_steps.run_step, view_steps.step"
)


async def held(views: Views, cids: Sequence[Cid]) -> Held:
    """Tell what holds each of these contents, all in one snapshot."""
    wanted = list(dict.fromkeys(cids))
    async with (
        views.pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        # Taken before the snapshot: else a rebuilt table that takes a view's place between our
        # statements would look empty, for its rows are younger than the snapshot.
        await connection.execute(f"lock table {_TABLES} in access share mode")
        position = await connection.fetchval(
            "select min(position) from projection where name = any($1)", list(READS)
        )
        uses = await connection.fetch(_USES, wanted)
        published = {row["cid"] for row in await connection.fetch(_PUBLISHED, wanted)}
        recipes = {row["cid"]: row["name"] for row in await connection.fetch(_RECIPES, wanted)}
        effects = {row["cid"]: row["name"] for row in await connection.fetch(_EFFECTS, wanted)}
        brought = {row["cid"] for row in await connection.fetch(_BROUGHT, wanted)}
    by_cid: dict[str, list[Use]] = {cid: [] for cid in wanted}
    for row in uses:
        by_cid[row["cid"]].append(_use(row["run_id"], row["state"], row["role"]))
    items = tuple(
        Item(
            cid=cid,
            publication="published" if cid in published else "private",
            uses=tuple(by_cid[cid]),
            brought=cid in brought,
            recipe=recipes.get(cid, ""),
            effect=effects.get(cid, ""),
        )
        for cid in wanted
    )
    return Held(items=items, position=position or 0)


_OF_RUN = """
with of_run as (select key, output from view_steps.run_step where run_id = $1),
pieces as (select g.output, g.header from of_run r
  join view_segments.split p on p.step_key = r.key
  join view_segments.segment g on g.track = p.segment_key),
watched as (select t.playlist, t.pictures, t.sound from of_run r
  join view_segments.stream t on t.step_key = r.key)
select cid from (
  select cid from view_deletions.use where run_id = $1
  union select output from view_runs.run where run_id = $1
  union select coalesce(s.output, r.output) from of_run r left join view_steps.step s using (key)
  union select output from pieces union select header from pieces
  union select playlist from watched union select pictures from watched
  union select sound from watched
) named(cid) where cid <> ''
"""


async def contents_of_run(views: Views, run_id: str) -> list[Cid]:
    """Name every content that a run names, in whichever role."""
    return [row["cid"] for row in await views.fetch(_OF_RUN, run_id)]


def _use(run: str, state: RunState, role: Role) -> Use:
    return Use(run=run, state=state, role=role)
