"""Random runs, claims, results, failures, losses, cancellings and deletions over one work table."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

import asyncpg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from l1.events.codec import Codec
from l1.events.content import ContentDeleted
from l1.events.step import StepCompleted
from l1.log.append import Appender
from l1.log.command import Barred
from l1.log.read import Reader
from l1.work.leases import Claimed
from tests.log.fixtures import forget_everything
from tests.work.shop import Shop, output_of, piece_of

DAG = {
    "a": [], "b": [], "c": ["a", "b"], "d": ["a"], "e": ["c", "d"], "f": ["d"], "g": ["e", "f"],
    "h": ["b", "b"], "i": ["h", "e"],
}  # fmt: skip
CIDS = ("x", "y")
KEYS = st.sampled_from(sorted(DAG))
PICK = st.integers(0, 9)

_RULES = {
    "what is ready has all its inputs": """
        select e.key from execution e join execution_input i on i.key = e.key
          left join execution x on x.key = i.input_key
        where e.state = 'ready' and x.state is distinct from 'done'
    """,
    "what is waited for is counted right": """
        select e.key from execution e
          left join execution_input i on i.key = e.key
          left join execution x on x.key = i.input_key and x.state <> 'done'
        where e.state in ('ready', 'waiting') group by e.key, e.state, e.pending
        having e.pending <> count(x.key) or (e.state = 'ready') <> (count(x.key) = 0)
    """,
    "a run settles when nothing of it is open, and not before": """
        select r.run_id from run_work r left join execution f on f.key = 'finish:' || r.run_id
        group by r.run_id having bool_or(r.state = 'open') = (count(f.key) > 0)
    """,
    "what is open can move, or rests on what can": """
        (with recursive rests(run_id, key) as (
          select run_id, key from run_work where state = 'open'
          union
          select r.run_id, i.input_key from rests r join execution e on e.key = r.key
            join execution_input i on i.key = r.key where e.state = 'waiting'
        )
        select run_id from run_work where state = 'open'
        except
        select run_id from rests join execution e using (key) where e.state = 'ready')
    """,
    "a run knows what is done": """
        select w.key from run_work w join execution e using (key)
        where w.state in ('open', 'done') and (w.state = 'done') <> (e.state = 'done')
    """,
    "a run waits for no work that has failed": """
        select w.key from run_work w join execution_input i on i.key = w.key
          join run_work b on b.run_id = w.run_id and b.key = i.input_key
        where w.state = 'open' and b.state in ('failed', 'blocked')
    """,
    "nothing is done that no run wants": """
        select key from execution e where kind = 'step' and state in ('ready', 'waiting')
          and not exists (select 1 from run_work r where r.key = e.key)
    """,
    "a part is there as long as its step waits for it, or joins": """
        select p.key from execution p left join execution_input i on i.input_key = p.key
          left join execution e on e.key = i.key
        where p.kind = 'part' and (e.state is null or e.state not in ('ready', 'waiting'))
    """,
    "what is split says so, and nothing else does": """
        select e.key from execution e where (e.spec like '%"split"%') <> exists (
          select 1 from execution_input i where i.key = e.key and i.input_key like 'part:%')
    """,
    "only what is ready, or was dropped under its worker, is held": """
        select l.key from lease l left join execution e using (key)
        where e.key is not null and e.state not in ('ready', 'dropped')
    """,
}
_BROKEN_RULES = " union all ".join(
    f"select '{name}: ' || k from ({sql}) broken(k)" for name, sql in _RULES.items()
)


def holding(machine: "Machine") -> bool:
    return bool(machine.held)


def living(machine: "Machine") -> bool:
    return bool(machine.alive())


def some_ready(*kinds: str) -> Callable[["Machine"], bool]:
    def check(machine: "Machine") -> bool:
        return bool(machine.ready(*kinds))

    return check


class Machine(RuleBasedStateMachine):
    """What people and workers may do, in any order; what must hold after each."""

    def __init__(self, url: str, codec: Codec) -> None:
        super().__init__()
        self.url = url
        self.codec = codec
        self.loop = asyncio.new_event_loop()
        self.runs = 0
        self.held: list[Claimed] = []
        self.do(self.open())

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    async def open(self) -> None:
        self.pool = await asyncpg.create_pool(self.url, min_size=1, max_size=2)
        await forget_everything(self.pool)
        self.appender = Appender(self.url, self.codec)
        await self.appender.start()
        self.shop = Shop(self.appender, self.pool)

    async def close(self) -> None:
        await self.appender.close()
        await self.pool.close()

    def teardown(self) -> None:
        try:
            self.do(self.judge_all())
        finally:
            self.do(self.close())
            self.loop.close()

    # What people do ------------------------------------------------------------------------------

    @rule(cid=st.sampled_from(CIDS))
    def store(self, cid: str) -> None:
        self.do(self.shop.store(cid))

    @rule(cids=st.lists(st.sampled_from(CIDS), unique=True))
    def request(self, cids: list[str]) -> None:
        self.runs += 1
        self.do(self.shop.request(f"r{self.runs}", *cids))

    @rule(pick=PICK)
    @precondition(living)
    def cancel(self, pick: int) -> None:
        runs = self.alive()
        self.do(self.shop.cancel(runs[pick % len(runs)]))

    @rule(key=KEYS)
    def delete(self, key: str) -> None:
        self.delete_if_unused(output_of(key))

    @rule(cid=st.sampled_from(CIDS))
    def delete_input(self, cid: str) -> None:
        self.delete_if_unused(cid)

    def delete_if_unused(self, cid: str) -> None:
        used = self.fetch(
            "select 1 from execution join run_work using (key) where output = $1", cid
        )
        try:
            self.do(self.shop.delete(cid))
            assert not used
            assert self.fetch("select key from execution where output = $1", cid) == []
        except Barred:
            assert used

    # What workers do -----------------------------------------------------------------------------

    @rule(pick=PICK, wanted=KEYS, retry=st.booleans())
    @precondition(some_ready("plan"))
    def plan(self, pick: int, wanted: str, retry: bool) -> None:
        plans = self.ready("plan")
        self.plan_run(plans[pick % len(plans)].removeprefix("plan:"), wanted, retry)

    def plan_run(self, run: str, wanted: str, retry: bool) -> None:
        quarantined = "select key from execution where state = 'failed' and losses >= 20"
        before = self.fetch(quarantined)
        self.do(self.shop.plan(run, DAG, wanted, retry=retry))
        assert retry or self.fetch(quarantined) == before

    @rule(wanted=KEYS, retry=st.sampled_from([False, False, True]))
    def start(self, wanted: str, retry: bool) -> None:
        self.request([])
        self.plan_run(f"r{self.runs}", wanted, retry)

    @rule(pick=PICK)
    @precondition(some_ready("step", "probe", "part"))
    def claim(self, pick: int) -> None:
        ready = self.ready("step", "probe", "part")
        claimed = self.do(self.shop.try_claim(ready[pick % len(ready)]))
        if claimed is not None:
            assert claimed.key not in [other.key for other in self.held]
            self.held.append(claimed)

    def drop(self, pick: int) -> Claimed:
        return self.held.pop(pick % len(self.held))

    @rule(pick=PICK, parts=st.integers(1, 3))
    @precondition(holding)
    def split(self, pick: int, parts: int) -> None:
        """A film is long: so it is said, or a part of it is said to be there."""
        claimed = self.drop(pick)
        if claimed.kind == "step":
            self.do(self.shop.split(claimed, *((n, n + 1) for n in range(parts))))
        elif claimed.kind == "part":
            self.do(self.shop.render(claimed, 0))
            self.held.append(claimed)
        else:
            self.do(self.shop.complete(claimed))

    @rule(number=st.integers(0, 2), key=KEYS)
    def delete_piece(self, number: int, key: str) -> None:
        self.delete_if_unused(output_of(piece_of(key, number)))

    @rule(pick=PICK)
    @precondition(holding)
    def complete(self, pick: int) -> None:
        self.do(self.shop.complete(self.drop(pick)))

    @rule(pick=PICK)
    @precondition(holding)
    def complete_again(self, pick: int) -> None:
        claimed = self.drop(pick)
        self.do(self.shop.complete(claimed))
        try:
            self.do(self.shop.complete(claimed))
            raise AssertionError("one lease was completed twice")
        except Barred:
            pass

    @rule(pick=PICK, final=st.sampled_from([True, True, False]))
    @precondition(holding)
    def fail(self, pick: int, final: bool) -> None:
        claimed = self.drop(pick)
        self.do(self.shop.fail(claimed, final=final))

    @rule(pick=PICK)
    @precondition(holding)
    def fall_silent(self, pick: int) -> None:
        self.do(self.shop.fall_silent(self.drop(pick)))

    @rule(pick=PICK)
    @precondition(some_ready("step", "part"))
    def kill_twenty_workers(self, pick: int) -> None:
        ready = self.ready("step", "part")
        key = ready[pick % len(ready)]
        claimed = self.do(self.shop.try_claim(key))
        if claimed is not None:
            self.do(self.shop.lose_to_the_end(claimed))

    @rule(pick=PICK)
    @precondition(holding)
    def release(self, pick: int) -> None:
        claimed = self.drop(pick)
        self.do(self.shop.leases.release(claimed.key, claimed.token))

    @rule(pick=PICK)
    @precondition(some_ready("finish"))
    def finish(self, pick: int) -> None:
        ready = self.ready("finish")
        self.do(self.shop.finish(ready[pick % len(ready)].removeprefix("finish:")))

    @rule()
    def work_all_off(self) -> None:
        """What can be done is done, and then nothing is left but what rests after a failure."""
        for claimed in self.held:
            self.do(self.shop.leases.release(claimed.key, claimed.token))
        self.held.clear()
        while ready := self.ready("step", "probe", "part"):
            claims = [self.do(self.shop.try_claim(key)) for key in ready]
            for claimed in claims:
                if claimed is not None:
                    self.do(self.shop.complete(claimed))
        for key in self.ready("finish"):
            self.do(self.shop.finish(key.removeprefix("finish:")))

    # What must hold ------------------------------------------------------------------------------

    @invariant()
    def all_holds(self) -> None:
        assert self.fetch(_BROKEN_RULES) == []

    async def judge_all(self) -> None:
        assert await self.shop.is_a_fold()
        made: Counter[str] = Counter()
        async for recorded in Reader(self.pool, self.codec).everything():
            if isinstance(recorded.event, StepCompleted):
                made[recorded.event.output] += 1
                assert made[recorded.event.output] == 1, "made twice, and never deleted between"
            elif isinstance(recorded.event, ContentDeleted):
                made[recorded.event.cid] = 0

    # Asking --------------------------------------------------------------------------------------

    def fetch(self, sql: str, *arguments: object) -> list[str]:
        return [str(row[0]) for row in self.do(self.pool.fetch(sql, *arguments))]

    def alive(self) -> list[str]:
        return sorted(self.fetch("select distinct run_id from run_work"))

    def ready(self, *kinds: str) -> list[str]:
        """Name what can be claimed now, back-off aside."""
        return self.fetch(
            "select key from execution e where state = 'ready' and kind = any($1) "
            "and due <= clock_timestamp() "
            "and not exists (select 1 from lease l where l.key = e.key) order by key",
            list(kinds),
        )


def test_the_work_holds_through_anything(database_url: str, codec: Codec) -> None:
    def machine() -> Machine:
        return Machine(database_url, codec)

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
