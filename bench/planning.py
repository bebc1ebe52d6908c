"""Planning a run of 10,000 steps whose results exist, all but the last one's."""

import asyncio
import time
from collections.abc import AsyncIterator

from bench import facts
from bench.benchmark import Benchmark, Row, Setting, Target, alone
from bench.databases import servers
from bench.recipes import CALLER, keep, mesh, new_salt
from l1.actions.plan_run import plan_run
from l1.actions.services import Services
from l1.actions.start_run import start_run
from l1.compose import open_services
from l1.content.cid import Cid
from l1.content.identity import Identity
from l1.events.run import RunCancelled, StepPlanned
from l1.events.step import StepCompleted
from l1.log.command import Command
from l1.settings import from_environment
from l1.work.leases import Leases

_WIDTH = 99
_BOUND_S = 1.0


async def measure(setting: Setting) -> AsyncIterator[Row]:
    """Measure `plan_run` from claim to facts."""
    count = setting.pick(10_000, 300)
    async with servers(setting) as at:
        settings = from_environment({
            "ARTDAG_HOME": str(setting.home), "DATABASE_URL": at.database_url,
            "REDIS_URL": at.redis_url,
        })  # fmt: skip
        async with open_services(settings, packages=("l1.effects", "bench.nodes")) as services:
            recipe = await keep(services, mesh(count, _WIDTH, salt=new_salt()))
            await _complete(services, recipe)

            async def plan() -> float:
                return await _plan(services, recipe, needed=1)

            yield Row(
                what=f"plan of {count:,} steps, only the sink missing",
                peer="(a bound, not a peer)",
                unit="s",
                pairs=await alone(plan, rounds=setting.pick(7, 1), bound=_BOUND_S),
                target=Target(sign="<=", bound=1.0),
                note="plan_run end to end: recipe read, keys made, cache asked, plan stored, facts "
                f"appended, run planned; a bound of {_BOUND_S:g} s stands in the peer's place",
            )


async def _plan(services: Services, recipe: Cid, *, needed: int) -> float:
    """Start a run, plan it in the timer, see that so many steps are needed, cancel it."""
    leases = Leases(services.views.pool, worker="bench", ttl=600)
    started = await start_run(services, CALLER, recipe=recipe, inputs={})
    claimed = await leases.claim("io", f"plan:{started.run_id}")
    assert claimed is not None
    start = time.perf_counter()
    await plan_run(services, CALLER, run_id=started.run_id, token=str(claimed.token))
    took = time.perf_counter() - start
    planned = await _planned(services, started.run_id)
    assert sum(len(fact.steps) for fact in planned) == needed
    cancelled = RunCancelled(run_id=started.run_id)
    await services.log.append(Command(facts=(cancelled,), meta=CALLER.meta(started.run_id)))
    return took


async def _complete(services: Services, recipe: Cid) -> None:
    """Plan a first run of it with nothing cached, and complete all steps but the last."""
    leases = Leases(services.views.pool, worker="bench", ttl=600)
    started = await start_run(services, CALLER, recipe=recipe, inputs={})
    claimed = await leases.claim("io", f"plan:{started.run_id}")
    assert claimed is not None
    await plan_run(services, CALLER, run_id=started.run_id, token=str(claimed.token))
    planned = await _planned(services, started.run_id)
    steps = [step for fact in planned for step in fact.steps if step.id != "sink"]
    for first in range(0, len(steps), 500):
        keys = [step.key for step in steps[first : first + 500]]
        outputs = await asyncio.gather(*(services.store.put_bytes(key.encode()) for key in keys))
        page = tuple(_completed(*each) for each in zip(keys, outputs, strict=True))
        await services.log.append(Command(facts=page, meta=CALLER.meta(started.run_id)))
    cancelled = RunCancelled(run_id=started.run_id)
    await services.log.append(Command(facts=(cancelled,), meta=CALLER.meta(started.run_id)))


async def _planned(services: Services, run_id: str) -> list[StepPlanned]:
    stream = await services.reader.stream(f"run-{run_id}")
    return [each.event for each in stream if isinstance(each.event, StepPlanned)]


def _completed(key: str, output: Identity) -> StepCompleted:
    return StepCompleted(
        key=key, output=output.cid, content_hash=output.content_hash, size=output.size,
        info=facts.INFO, attempt=1, worker="bench", task_id="bench", started_us=1, elapsed_us=1,
    )  # fmt: skip


PLANNING = Benchmark(name="planning", measure=measure)
