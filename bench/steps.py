"""What a step costs beside its work: plans of no-op steps, against Celery chords.

Slots are equal: two worker processes of one slot each, and Celery's prefork pool of two, over the
same Valkey. So is the graph: a step takes every result of the level before, as a chord's body
does. Submission is inside both timers. Ours commits every step to disk as content and as a fact,
and resumes after kill -9 of anything; Celery keeps results in Valkey only. Our step runs in the
worker as Celery's does in its pool; what a sandboxed child costs on top is measured apart.
"""

import asyncio
import contextlib
import importlib
import importlib.util
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

from bench.benchmark import Benchmark, Row, Setting, Target, alone, in_turns
from bench.databases import servers
from bench.processes import python
from bench.recipes import keep, levels, new_salt, run
from bench.step_worker import PACKAGES
from l1.actions.services import Services
from l1.compose import open_services
from l1.embedded.services import Addresses
from l1.settings import Settings, from_environment
from l1.workers.children import Children, Limits, Task

_SHAPES = ((10, 20), (50, 4))
_LIMITS = Limits(memory_bytes=2**29, cpu_s=10, file_bytes=2**20, timeout_s=10)


async def measure(setting: Setting) -> AsyncIterator[Row]:
    """Measure two shapes of plans, then the cost of a child."""
    async with servers(setting) as at:
        environment = {
            "ARTDAG_HOME": str(setting.home), "DATABASE_URL": at.database_url,
            "REDIS_URL": at.redis_url,
        }  # fmt: skip
        settings = from_environment(environment)
        async with contextlib.AsyncExitStack() as stack:
            services = await stack.enter_async_context(open_services(settings, packages=PACKAGES))
            if importlib.util.find_spec("celery") is not None:
                for _ in range(2):
                    worker = python(["-m", "bench.step_worker"], environment, ready="ready")
                    await stack.enter_async_context(worker)
                celery = await stack.enter_async_context(_celery(at))
                for count, width in _SHAPES:
                    yield await _shape(setting, services, celery, count, width)
        yield await _fork(setting, settings)


async def _shape(
    setting: Setting, services: Services, celery: "Celery", count: int, width: int
) -> Row:
    count = setting.pick(count, 2)

    async def ours() -> float:
        recipe = await keep(services, levels(count, width, salt=new_salt()))
        start = time.perf_counter()
        await run(services, recipe)
        return (time.perf_counter() - start) / (count * width) * 1000

    async def theirs() -> float:
        return await celery.measure(count, width)

    return Row(
        what=f"no-op step, {count} levels of {width}",
        peer="Celery chords, prefork -c 2, same Valkey",
        unit="ms",
        pairs=await in_turns(ours, theirs, rounds=setting.pick(5, 1)),
        target=Target(sign="<=", bound=0.5),
        note="per step, from submission to the end of the run; ours is durable (a fact and a file "
        "fsynced for every step, provenance at the end), Celery's is not",
    )


class Celery:
    """The peer: a client of the Celery app, whose worker is running."""

    def __init__(self, module) -> None:
        self._module = module

    async def measure(self, count: int, width: int) -> float:
        start = time.perf_counter()
        await asyncio.to_thread(self._module.run, count, width)
        return (time.perf_counter() - start) / (count * width) * 1000


@contextlib.asynccontextmanager
async def _celery(at: Addresses) -> AsyncIterator[Celery]:
    url = at.redis_url.rpartition("/")[0] + "/7"
    worker = [
        "-m", "celery", "-A", "bench.peers.celery_app", "worker", "-P", "prefork", "-c", "2",
        "-l", "ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip
    os.environ["BENCH_CELERY_URL"] = url
    async with python(worker, {"BENCH_CELERY_URL": url, "C_FORCE_ROOT": "1"}):
        module = importlib.import_module("bench.peers.celery_app")
        await asyncio.to_thread(module.wait_until_ready)
        yield Celery(module)


async def _fork(setting: Setting, settings: Settings) -> Row:
    """Measure a no-op in a sandboxed child, by itself."""
    folder = Path(setting.home) / "fork"
    folder.mkdir(exist_ok=True)
    count = setting.pick(50, 3)
    async with Children(PACKAGES, sandbox=settings.sandbox) as children:

        async def fork() -> float:
            start = time.perf_counter()
            for number in range(count):
                output = folder / f"{number}-{new_salt()}"
                task = Task(
                    kind="render", name="noop_child", params={}, sources=(), output=str(output),
                    limits=_LIMITS,
                )  # fmt: skip
                await children.run(task)
                output.unlink()
            return (time.perf_counter() - start) / count * 1000

        return Row(
            what="a sandboxed child for a no-op step",
            peer="",
            unit="ms",
            pairs=await alone(fork, rounds=setting.pick(5, 1)),
            note="fork, sandbox, effect, probe of the output, exit: added to a step that decodes",
        )


STEPS = Benchmark(name="steps", measure=measure)
