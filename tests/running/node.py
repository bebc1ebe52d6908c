"""A whole node in a test: real services, workers in this process and in others."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from l1.actions.services import Caller, Services
from l1.actions.start_run import start_run
from l1.actions.store_content import store_content
from l1.compose import open_services, open_worker
from l1.content.cid import Cid
from l1.events.event import Event
from l1.projections import runs, steps
from l1.projections.runs import Run
from l1.projections.steps import RunStep
from l1.settings import Settings, from_environment
from tests.running.process import PACKAGES, SLOTS

ROOT = Path(__file__).parent.parent.parent
ME = Caller(name="owner", origin="cli")


def step(name: str, effect: str = "noop", inputs: Sequence[str] = (), **params: Any) -> dict:
    """Write one step of a recipe."""
    config: dict[str, Any] = {"effect": effect}
    if params:
        config["params"] = params
    return {"id": name, "type": "EFFECT", "config": config, "inputs": list(inputs)}


def recipe(*written: dict, output: str | None = None, inputs: Sequence[str] = ()) -> bytes:
    """Write a recipe; the last step is the output unless another is named."""
    document = {
        "name": "test",
        "inputs": {name: {} for name in inputs},
        "steps": list(written),
        "output": output or written[-1]["id"],
    }
    return yaml.dump(document, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper)).encode()


def grid(levels: int, width: int, effect: str = "noop", **params: Any) -> bytes:
    """Write `levels` x `width` steps: each takes two of the level before; one step joins all."""
    written, before = [], []
    for level in range(levels):
        here = []
        for place in range(width):
            name = f"s{level}_{place}"
            takes = dict.fromkeys((before[place], before[(place + 1) % width])) if before else ()
            written.append(step(name, effect, list(takes), n=level * width + place, **params))
            here.append(name)
        before = here
    return recipe(*written, step("joined", effect, before, n=levels * width, **params))


@dataclass
class Node:
    """Open services and the ways to work with them."""

    settings: Settings
    services: Services
    environment: Mapping[str, str]
    folder: Path
    processes: list[subprocess.Popen] = field(default_factory=list)

    @contextlib.asynccontextmanager
    async def worker(self, **slots: int) -> AsyncIterator[asyncio.Task[None]]:
        """Run a worker in this process."""
        async with open_worker(
            self.settings, self.services, slots=slots or SLOTS, packages=PACKAGES
        ) as worker:
            task = asyncio.create_task(worker.run())
            try:
                yield task
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                if not task.cancelled():
                    task.result()

    def process(self, slots: Mapping[str, int] = SLOTS, **environment: str) -> subprocess.Popen:
        """Start a worker as a process of its own."""
        log = (self.folder / "workers.log").open("ab")
        with log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.running.process"],
                cwd=ROOT,
                env={
                    **os.environ,
                    **self.environment,
                    "TEST_SLOTS": json.dumps(slots),
                    **environment,
                },
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process

    @contextlib.contextmanager
    def workers(self, count: int, slots: Mapping[str, int] = SLOTS) -> Iterator[list]:
        """Run worker processes, and end them."""
        started = [self.process(slots) for _ in range(count)]
        try:
            yield started
        finally:
            for process in started:
                end(process)

    async def store(self, data: bytes, *, source: str = "upload") -> Cid:
        """Store content and wait until it can be seen."""
        since = await self.services.reader.head()
        identity = await self.services.store.put_bytes(data)
        stored = await store_content(self.services, ME, identity, source=source, since=since)
        assert await self.services.views.wait_for("content", stored.last)
        return identity.cid

    async def probed(self, cid: Cid) -> None:
        """Wait until a worker has looked into content."""
        query = "select info is not null from view_content.content where cid = $1"
        await self.until(lambda: self.services.views.pool.fetchval(query, cid))

    async def start(self, written: bytes, inputs: Any = ()) -> str:
        """Store a recipe, start a run of it and wait until it can be seen."""
        cid = await self.store(written)
        return await self.start_stored(cid, inputs)

    async def start_stored(self, cid: str, inputs: Any = ()) -> str:
        started = await start_run(self.services, ME, recipe=cid, inputs=inputs)
        assert await self.services.views.wait_for("runs", started.position, seconds=30)
        return started.run_id

    async def run(self, written: bytes, inputs: Any = (), *, seconds: float = 60) -> Run:
        """Start a run and wait for its end."""
        return await self.ended(await self.start(written, inputs), seconds=seconds)

    async def ended(self, run_id: str, *, seconds: float = 60) -> Run:
        """Wait for the end of a run."""
        run: Run | None = None

        async def over() -> bool:
            nonlocal run
            run = await runs.get(self.services.views, run_id)
            return run.over

        await self.until(over, seconds=seconds, what=f"the end of run {run_id}")
        assert run is not None
        for view in ("steps", "content", "deletions"):
            assert await self.services.views.wait_for(view, run.ended_at or 0, seconds=30)
        return run

    async def steps(self, run: Run) -> dict[str, RunStep]:
        return {
            s.step_id: s for s in await steps.of_run(self.services.views, run.run_id, run.state)
        }

    async def facts(self, kind: type[Event]) -> list[Any]:
        """Read all facts of one kind."""
        rows = await self.services.views.pool.fetch(
            "select position, stream, version, kind, schema, data, meta, event_id, at from event "
            "where kind = $1 order by position",
            kind.kind,
        )
        return [recorded.event for recorded in self.services.reader.decode(rows)]

    async def until(self, asked: Any, *, seconds: float = 20, what: str = "") -> None:
        """Wait until a question is answered with yes."""
        try:
            async with asyncio.timeout(seconds):
                while not await asked():
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(
                f"in vain for {seconds} s: {what or asked}; {await self.work()}"
            ) from None

    async def appears(self, path: Path, *, seconds: float = 20) -> None:
        """Wait for a file."""

        async def exists() -> bool:
            return path.exists()

        await self.until(exists, seconds=seconds, what=str(path))

    async def work(self) -> dict[str, Any]:
        """Show the work table, for a failing test."""
        pool = self.services.views.pool
        states = await pool.fetch("select kind, state, count(*) from execution group by 1, 2")
        leases = await pool.fetch("select key, worker, until - now() as left from lease limit 10")
        return {"states": [tuple(r) for r in states], "leases": [tuple(r) for r in leases]}

    @property
    def ledger(self) -> str:
        return str(self.folder / "ledger")

    def executions(self) -> Counter[int]:
        """Count executions by the parameter `n`, as the effects themselves noted them."""
        path = Path(self.ledger)
        lines = path.read_text().splitlines() if path.exists() else []
        return Counter(int(line.split()[0]) for line in lines)


def end(process: subprocess.Popen, number: int = signal.SIGTERM, seconds: float = 20) -> int:
    """End a process we started and wait for it."""
    if process.poll() is None:
        process.send_signal(signal.SIGCONT)
        process.send_signal(number)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


@contextlib.asynccontextmanager
async def open_node(
    folder: Path, database_url: str, redis_url: str, **variables: str
) -> AsyncIterator[Node]:
    """Open a node over given servers, with a short lease."""
    environment = {
        "ARTDAG_HOME": str(folder / "home"),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "ARTDAG_LEASE_SECONDS": "2",
        "ARTDAG_LOG_LEVEL": "warning",
        **variables,
    }
    settings = from_environment(environment)
    async with open_services(settings, packages=PACKAGES) as services:
        node = Node(settings, services, environment, folder)
        try:
            yield node
        finally:
            for process in node.processes:
                if process.poll() is None:
                    process.kill()
                process.wait()
