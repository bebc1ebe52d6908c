"""Runs, claims and results, said to a real log the way the actions say them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg
import msgspec

from l1.content.cid import Cid, ContentHash
from l1.content.media_info import MediaInfo
from l1.events.content import ContentDeleted, ContentProbed, ContentStored
from l1.events.event import Event, Meta
from l1.events.run import (
    CachedStep,
    PlannedStep,
    RunCancelled,
    RunCompleted,
    RunFailed,
    RunPlanned,
    RunRequested,
    StepCached,
    StepPlanned,
)
from l1.events.step import (
    Segment,
    SegmentsRendered,
    SplitPart,
    StepCompleted,
    StepFailed,
    StepLost,
    StepSplit,
    part_key,
    whole,
)
from l1.log.append import Appender
from l1.log.command import Appended, Command, Guard
from l1.work.leases import Claimed, Leases
from l1.work.rebuild import differences
from l1.work.table import Work

META = Meta(actor="owner", origin="test")
INFO = MediaInfo(kind="data", media_type="application/octet-stream")
QUEUES = {"step": "cpu", "probe": "cpu", "plan": "io", "finish": "io"}

Dag = Mapping[str, Sequence[str]]
"""Steps and their inputs, inputs first."""


def output_of(key: str) -> Cid:
    """Name what a step gives: equal steps give equal content."""
    return Cid(f"out-{key}")


def piece_of(step: str, number: int) -> str:
    """Name a segment of a step; the first is the same in all."""
    return f"piece-{step}-{number}" if number else "piece-0"


def probe_of(cid: str) -> str:
    """Name the execution that probes content."""
    return f"probe:1:{cid}"


class Shop:
    """One log, one worker that may hold many leases."""

    def __init__(self, appender: Appender, pool: asyncpg.Pool, worker: str = "w") -> None:
        self.pool = pool
        self.work = Work(pool)
        self.leases = Leases(pool, worker=worker, ttl=60)
        self.targets: dict[str, str] = {}
        self._appender = appender

    async def say(self, *facts: Event, guard: Guard | None = None) -> Appended:
        return await self._appender.append(Command(facts=facts, meta=META, guard=guard))

    async def store(self, cid: str) -> None:
        await self.say(
            ContentStored(
                cid=Cid(cid), content_hash=ContentHash(""), size=1, source="upload", owner="owner",
                probe=probe_of(cid),
            )
        )  # fmt: skip

    async def request(self, run: str, *cids: str, retry_of: str = "") -> None:
        await self.say(
            RunRequested(
                run_id=run, recipe=Cid("recipe"), recipe_name="r", owner="owner",
                inputs={cid: Cid(cid) for cid in cids}, retry_of=retry_of,
                waits_for=tuple(await self.work.unfinished([probe_of(cid) for cid in cids])),
            )
        )  # fmt: skip

    async def plan(self, run: str, dag: Dag, target: str, *, retry: bool = False) -> None:
        """Plan a run under its lease: what is not there is needed, what it rests on are hits."""
        self.targets[run] = target
        claimed = await self.claim(f"plan:{run}")
        outputs = await self.work.outputs(list(dag))
        needed, hits = pruned(dag, target, outputs)
        guard = Guard(
            name="plan",
            args={
                "key": claimed.key, "token": str(claimed.token),
                "hits": [{"key": key, "output": outputs[key]} for key in hits],
            },
        )  # fmt: skip
        steps = tuple(
            PlannedStep(
                id=k, key=k, queue="cpu", level=level_of(dag, k), inputs=tuple(dag[k]), spec={}
            )
            for k in needed
        )
        cached = tuple(
            CachedStep(id=k, key=k, node="n", level=0, output=Cid(outputs[k])) for k in hits
        )
        await self.say(
            *((StepCached(run_id=run, steps=cached),) if cached else ()),
            *((StepPlanned(run_id=run, steps=steps, retry=retry),) if steps else ()),
            RunPlanned(
                run_id=run, plan=Cid(f"plan-{target}"), plan_id="p", run_key=target, output_key=target,
                steps=len(steps), cached=len(cached), levels=1,
            ),
            guard=guard,
        )  # fmt: skip

    async def start(self, run: str, dag: Dag, target: str, *, retry: bool = False) -> None:
        await self.request(run)
        await self.plan(run, dag, target, retry=retry)

    async def claim(self, key: str) -> Claimed:
        claimed = await self.try_claim(key)
        assert claimed is not None, f"{key} is not to be had"
        return claimed

    async def try_claim(self, key: str) -> Claimed | None:
        return await self.leases.claim(QUEUES.get(key.partition(":")[0], "cpu"), key)

    async def complete(self, claimed: Claimed) -> None:
        if claimed.kind == "probe":
            cid = Cid(str(claimed.spec["cid"]))
            fact: Event = ContentProbed(cid=cid, key=claimed.key, info=INFO)
        elif claimed.kind == "part":
            part = msgspec.convert(claimed.spec, SplitPart)
            fact = rendered(claimed, *range(part.first, part.stop), done=True)
        else:
            fact = StepCompleted(
                key=claimed.key, output=output_of(claimed.key), content_hash=ContentHash(""),
                size=1, info=INFO, attempt=claimed.attempt, worker="w", task_id="t",
                started_us=0, elapsed_us=1,
            )  # fmt: skip
        await self.say(fact, guard=held(claimed))

    async def split(
        self, claimed: Claimed, *parts: tuple[int, int], hits: Mapping[str, str] | None = None
    ) -> list[str]:
        """Render a step in parts, each from one segment to before another; answer their keys."""
        made = tuple(
            SplitPart(key=part_key(claimed.key, claimed.head, n), first=first, stop=stop)
            for n, (first, stop) in enumerate(parts)
        )
        count = max(stop for _, stop in parts)
        fact = StepSplit(
            key=claimed.key, frames=count * 50, segment_frames=50, rate_num=25, rate_den=1,
            segments=tuple(piece_of(claimed.key, n) for n in range(count)), parts=made,
            started_us=0,
        )  # fmt: skip
        known = [{"key": key, "output": output} for key, output in (hits or {}).items()]
        guard = held(claimed, "plan")
        await self.say(fact, guard=Guard(name="plan", args={**guard.args, "hits": known}))
        return [part.key for part in made]

    async def render(self, claimed: Claimed, *numbers: int) -> None:
        """Record some segments of a part, and go on with it."""
        await self.say(rendered(claimed, *numbers, done=False), guard=held(claimed, "holding"))

    async def do(self, *keys: str) -> None:
        for key in keys:
            await self.complete(await self.claim(key))

    async def fail(self, claimed: Claimed, *, final: bool) -> None:
        fact = StepFailed(
            key=claimed.key, attempt=claimed.attempt, worker="w", code="c", message="m", final=final
        )
        await self.say(fact, guard=held(claimed))

    async def fall_silent(self, claimed: Claimed) -> None:
        """Let a lease run out and be called lost; the twentieth time is the last."""
        sql = "update lease set until = now() - interval '1 second' where key = $1"
        await self.pool.execute(sql, claimed.key)
        await self.say_lost(claimed)

    async def say_lost(self, claimed: Claimed) -> None:
        losses = claimed.losses + 1
        await self.say(
            StepLost(key=claimed.key, worker="w", losses=losses, final=losses >= 20),
            guard=held(claimed, "overdue"),
        )

    async def lose_to_the_end(self, claimed: Claimed) -> None:
        """Lose so many workers over an execution that it is quarantined."""
        losses = range(claimed.losses + 1, 21)
        facts = [StepLost(key=claimed.key, worker="w", losses=n, final=n == 20) for n in losses]
        await self.say(*facts, guard=held(claimed))

    async def cancel(self, run: str) -> None:
        guard = Guard(name="alive", args={"run_id": run})
        await self.say(RunCancelled(run_id=run), guard=guard)

    async def finish(self, run: str) -> str:
        """End a run that has settled, well or not, and tell which."""
        claimed = await self.claim(f"finish:{run}")
        states = await self.work.run_states(run)
        done = set(states.values()) == {"done"}
        fact: Event = RunFailed(run_id=run, code="c", message="m")
        if done:
            output, provenance = output_of(self.targets[run]), Cid(f"provenance-{run}")
            fact = RunCompleted(run_id=run, output=output, provenance=provenance)
        await self.say(fact, guard=held(claimed))
        return "completed" if done else "failed"

    async def delete(self, cid: str) -> None:
        guard = Guard(name="unused", args={"cids": [cid]})
        await self.say(ContentDeleted(cid=Cid(cid), reason="requested"), guard=guard)

    async def states(self) -> dict[str, str]:
        """Tell the state of every execution; a leased one is `running`."""
        rows = await self.pool.fetch(
            "select key, case when l.key is null then state else 'running' end as state "
            "from execution left join lease l using (key)"
        )
        return {row["key"]: row["state"] for row in rows}

    async def is_a_fold(self) -> bool:
        """Refold the log and compare; says what differs when something does."""
        async with self.pool.acquire() as connection:
            found = await differences(connection)
        assert found == [], found
        return True


def rendered(claimed: Claimed, *numbers: int, done: bool) -> SegmentsRendered:
    """Say that segments of a part are there."""
    step = whole(claimed.key)
    keys = [piece_of(step, number) for number in numbers]
    return SegmentsRendered(
        step=step, part=claimed.key, attempt=claimed.attempt, worker="w", done=done,
        segments=tuple(Segment(key=key, output=output_of(key), size=1) for key in keys),
    )  # fmt: skip


def held(claimed: Claimed, name: str = "lease") -> Guard:
    return Guard(name=name, args={"key": claimed.key, "token": str(claimed.token)})


def token_of(claimed: Claimed) -> tuple[str, UUID]:
    return claimed.key, claimed.token


def level_of(dag: Dag, key: str) -> int:
    return 1 + max((level_of(dag, i) for i in dag[key]), default=-1)


def pruned(dag: Dag, target: str, outputs: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Split what a target rests on into what has to be done and what is there."""
    needed, hits, look = set(), set(), [target]
    while look:
        key = look.pop()
        if key in outputs:
            hits.add(key)
        elif key not in needed:
            needed.add(key)
            look += dag[key]
    return [key for key in dag if key in needed], [key for key in dag if key in hits]
