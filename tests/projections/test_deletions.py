"""Nothing that is held is ever deleted: histories with lagging views, judged by reading the log.

A decision is looked up at one moment and committed at another, with anything in between, and each
view may have come as far as it likes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from l1.actions.delete_content import MIRROR
from l1.content.cid import Cid
from l1.content.deletion import freed_by_discard, why_not_delete, why_not_discard
from l1.events.codec import Codec
from l1.events.content import ContentDeleted, ContentStored
from l1.events.event import Event, Meta, Recorded
from l1.events.publication import (
    PublicationAccepted,
    PublicationRejected,
    PublicationRequested,
    PublicationWithdrawn,
)
from l1.events.run import (
    RunCancelled,
    RunCompleted,
    RunDiscarded,
    RunFailed,
    RunPlanned,
    RunRequested,
    StepCached,
    StepPlanned,
)
from l1.events.step import StepCompleted
from l1.log.append import Appender
from l1.log.command import Barred, Command, Guard, NothingSince, Stale, StreamAt
from l1.log.read import Reader
from l1.log.wakeups import Wakeups
from l1.projections import deletions, rebuilding
from l1.projections.content import CONTENTS
from l1.projections.deletions import DELETIONS, Held
from l1.projections.effects import EFFECTS
from l1.projections.projector import Projector
from l1.projections.recipes import RECIPES
from l1.projections.runs import RUNS
from l1.projections.segments import SEGMENTS
from l1.projections.steps import STEPS
from l1.projections.views import Views
from tests.log.fixtures import forget_everything
from tests.work.shop import Shop, output_of

META = Meta(actor="owner", origin="test")
DAG = {"a": [], "b": ["a"], "c": ["a"]}
PROJECTIONS = {
    each.name: each for each in (CONTENTS, DELETIONS, EFFECTS, RECIPES, RUNS, SEGMENTS, STEPS)
}
INPUTS = ("x", "y")
CIDS = (
    *INPUTS, *(output_of(key) for key in DAG), *(f"plan-{key}" for key in DAG), "recipe",
    "provenance-r1",
)  # fmt: skip

MOVES = (
    "store", "request", "plan", "work", "end", "whole_run", "whole_run", "cancel", "publish",
    "answer", "fold_one", "fold_all", "fold_all", "look", "look", "commit", "commit",
    "look_at_run", "look_at_run", "commit_run", "commit_run",
)  # fmt: skip
moves = st.tuples(st.sampled_from(MOVES), st.integers(0, 11), st.integers(0, 11))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=st.lists(moves, min_size=5, max_size=40))
async def test_what_is_held_is_never_deleted(
    appender: Appender,
    pool: asyncpg.Pool,
    codec: Codec,
    database_url: str,
    drawn: list[tuple[str, int, int]],
) -> None:
    await forget_everything(pool)
    async with pool.acquire() as connection:
        world = World(appender, pool, codec, database_url, connection)
        await connection.execute("drop table if exists projection")
        await rebuilding.ensure(connection, PROJECTIONS.values(), world.reader)
        for name, a, b in drawn:
            await world.move(name, a, b)
        for name in PROJECTIONS:
            await world.fold(name)
        log = [recorded async for recorded in world.reader.everything()]
        judge(log)
        await world.judge_what_may_go(log)


class World:
    """A node's log, work and views, each view folded only when it is told to."""

    def __init__(
        self,
        appender: Appender,
        pool: asyncpg.Pool,
        codec: Codec,
        url: str,
        connection: asyncpg.Connection,
    ) -> None:
        self.appender = appender
        self.pool = pool
        self.reader = Reader(pool, codec)
        self.shop = Shop(appender, pool)
        self.connection = connection
        wakeups = Wakeups(url)
        self.views = Views(pool, wakeups)
        self.projectors = {
            name: Projector(url, pool, {name: each}, codec=codec, wakeups=wakeups)
            for name, each in PROJECTIONS.items()
        }
        self.runs: list[str] = []
        self.asked: list[tuple[str, str]] = []
        self.looks: list[tuple[Cid, Held]] = []
        self.run_looks: list[tuple[str, Command]] = []

    async def move(self, name: str, a: int, b: int) -> None:
        await getattr(self, name)(a, b)

    async def store(self, a: int, _b: int) -> None:
        await self.say(stored(Cid(CIDS[a % len(CIDS)])))

    async def request(self, a: int, _b: int) -> None:
        self.runs.append(f"r{len(self.runs) + 1}")
        await self.shop.request(self.runs[-1], *INPUTS[: a % 3])

    async def plan(self, a: int, b: int) -> None:
        if plans := await self.ready("plan:"):
            key = list(DAG)[b % len(DAG)]
            await self.say(stored(Cid(f"plan-{key}"), source="plan"))
            await self.shop.plan(plans[a % len(plans)].partition(":")[2], DAG, key)

    async def work(self, a: int, _b: int) -> None:
        if steps := [key for key in await self.ready("") if key in DAG]:
            await self.shop.do(steps[a % len(steps)])

    async def end(self, a: int, _b: int) -> None:
        if ends := await self.ready("finish:"):
            await self.shop.finish(ends[a % len(ends)].partition(":")[2])

    async def whole_run(self, a: int, b: int) -> None:
        await self.request(a, b)
        await self.plan(0, b)
        for _ in DAG:
            await self.work(0, 0)
        await self.end(0, 0)

    async def cancel(self, a: int, _b: int) -> None:
        if self.runs:
            await self.attempt(self.shop.cancel(self.runs[a % len(self.runs)]))

    async def publish(self, a: int, _b: int) -> None:
        cid = Cid(CIDS[a % len(CIDS)])
        self.asked.append((cid, f"act{len(self.asked)}"))
        await self.say(PublicationRequested(cid=cid, activity_id=self.asked[-1][1]))

    async def answer(self, a: int, b: int) -> None:
        if self.asked:
            cid, activity = self.asked[a % len(self.asked)]
            await self.say(answer(b, Cid(cid), activity))

    async def fold_one(self, a: int, _b: int) -> None:
        await self.fold(list(PROJECTIONS)[a % len(PROJECTIONS)])

    async def fold_all(self, _a: int, _b: int) -> None:
        for view in PROJECTIONS:
            await self.fold(view)

    async def look(self, a: int, _b: int) -> None:
        cid = Cid(CIDS[a % len(CIDS)])
        self.looks.append((cid, await deletions.held(self.views, [cid])))

    async def commit(self, a: int, _b: int) -> None:
        if self.looks:
            await self.delete(*self.looks[-1 - a % min(3, len(self.looks))])

    async def look_at_run(self, a: int, _b: int) -> None:
        if self.runs:
            await self.decide_on_run(self.runs[a % len(self.runs)])

    async def commit_run(self, a: int, _b: int) -> None:
        if self.run_looks:
            command = self.run_looks[-1 - a % min(3, len(self.run_looks))][1]
            await self.attempt(self.appender.append(command))

    async def attempt(self, doing: object) -> bool:
        try:
            await doing
        except (Stale, Barred):
            return False
        return True

    async def say(self, *facts: Event) -> None:
        await self.appender.append(Command(facts=facts, meta=META))

    async def ready(self, prefix: str) -> list[str]:
        rows = await self.pool.fetch(
            "select key from execution where state = 'ready' and starts_with(key, $1) order by 1",
            prefix,
        )
        return [row["key"] for row in rows]

    async def fold(self, name: str) -> None:
        while await self.projectors[name].step(self.connection):
            pass

    async def delete(self, cid: Cid, held: Held) -> bool:
        """Commit what was decided on, as the action does."""
        if why_not_delete(held.items[0]):
            return False
        command = Command(
            facts=(ContentDeleted(cid=cid, reason="requested"),),
            meta=META,
            conditions=(NothingSince(tags=(f"cid:{cid}",), kinds=MIRROR, after=held.position),),
            guard=Guard(name="unused", args={"cids": [cid]}),
        )
        return await self.attempt(self.appender.append(command))

    async def decide_on_run(self, run_id: str) -> None:
        rows = await self.pool.fetch(
            "select state from view_runs.run where run_id = $1 and not discarded", run_id
        )
        if not rows:
            return
        history = await self.reader.stream(f"run-{run_id}")
        if any(isinstance(recorded.event, RunDiscarded) for recorded in history):
            return
        cids = await deletions.contents_of_run(self.views, run_id)
        held = await deletions.held(self.views, cids)
        if why_not_discard(run_id, rows[0]["state"], held.items):
            return
        freed = freed_by_discard(run_id, held.items)
        tags = tuple(f"cid:{cid}" for cid in cids)
        command = Command(
            facts=(
                RunDiscarded(run_id=run_id, freed=freed),
                *(ContentDeleted(cid=cid, reason=f"run {run_id} discarded") for cid in freed),
            ),
            meta=META,
            conditions=(
                StreamAt(stream=f"run-{run_id}", version=len(history)),
                NothingSince(tags=tags, kinds=MIRROR, after=held.position),
            ),
            guard=Guard(name="unused", args={"cids": freed}),
        )
        self.run_looks.append((run_id, command))

    async def judge_what_may_go(self, log: list[Recorded]) -> None:
        """With all views at the head: what nothing holds may go, and what is held may not."""
        known = Known.of(log)
        for cid in sorted(known.stored):
            held = await deletions.held(self.views, [Cid(cid)])
            reasons = known.reasons(cid)
            deleted = await self.delete(Cid(cid), held)
            assert deleted == (not reasons), (cid, reasons, held.items)
            await self.fold("content")


def stored(cid: Cid, source: str = "upload") -> ContentStored:
    return ContentStored(cid=cid, content_hash="", size=1, source=source, owner="owner")


def answer(which: int, cid: Cid, activity: str) -> Event:
    match which % 3:
        case 0:
            return PublicationAccepted(cid=cid, activity_id=activity)
        case 1:
            return PublicationRejected(cid=cid, activity_id=activity, reason="r")
        case _:
            return PublicationWithdrawn(cid=cid, activity_id=activity)


@dataclass
class Named:
    """What a run names, and how far it is."""

    inputs: set[str]
    records: set[str]
    keys: set[str] = field(default_factory=set)
    outputs: set[str] = field(default_factory=set)
    active: bool = True


@dataclass
class Known:
    """What a log says, by the plainest reading."""

    runs: dict[str, Named] = field(default_factory=dict)
    published: dict[str, set[str]] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    brought: set[str] = field(default_factory=set)
    stored: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, log: Iterable[Recorded]) -> "Known":
        known = cls()
        for recorded in log:
            known.see(recorded.event)
        return known

    def see(self, fact: Event) -> None:  # noqa: C901 - one case a kind
        match fact:
            case ContentStored(cid=cid, source=source):
                self.stored.add(cid)
                if source == "upload":
                    self.brought.add(cid)
            case ContentDeleted(cid=cid):
                self.stored.discard(cid)
                self.brought.discard(cid)
            case StepCompleted(key=key, output=output):
                self.made[key] = output
                self.stored.add(output)
            case RunRequested():
                self.runs[fact.run_id] = Named(set(fact.inputs.values()), {fact.recipe})
            case StepPlanned(steps=steps) | StepCached(steps=steps):
                self.runs[fact.run_id].keys |= {step.key for step in steps}
            case RunPlanned():
                self.runs[fact.run_id].records.add(fact.plan)
            case RunCompleted():
                self.runs[fact.run_id].active = False
                self.runs[fact.run_id].records.add(fact.provenance)
                self.runs[fact.run_id].outputs.add(fact.output)
            case RunFailed() | RunCancelled():
                self.runs[fact.run_id].active = False
            case RunDiscarded():
                del self.runs[fact.run_id]
            case PublicationRequested() | PublicationAccepted():
                self.published.setdefault(fact.cid, set()).add(fact.activity_id)
            case PublicationRejected() | PublicationWithdrawn():
                self.published.setdefault(fact.cid, set()).discard(fact.activity_id)

    def reasons(self, cid: str, *, apart_from: str = "") -> list[str]:
        found = [f"published by {activity}" for activity in self.published.get(cid, ())]
        for run_id, run in self.runs.items():
            if run_id == apart_from:
                continue
            roles = ("inputs", "records", "outputs")
            found += [f"among the {r} of {run_id}" for r in roles if cid in getattr(run, r)]
            if run.active and any(self.made.get(key) == cid for key in run.keys):
                found.append(f"in use by {run_id}")
        return found


def judge(log: list[Recorded]) -> None:
    """Read the log forward; at each deletion, nothing known before may stand against it."""
    known, discarding = Known(), ""
    for recorded in log:
        fact = recorded.event
        if isinstance(fact, ContentDeleted):
            own = discarding if fact.reason != "requested" else ""
            assert known.reasons(fact.cid, apart_from=own) == []
            if own:
                assert fact.cid not in known.brought, "somebody uploaded it"
        if isinstance(fact, RunDiscarded):
            run = known.runs[fact.run_id]
            discarding = fact.run_id
            assert not run.active
        known.see(fact)
