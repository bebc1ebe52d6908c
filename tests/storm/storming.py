"""What all storms share: a pool of workers to be killed, the pass rule, the table of figures."""

import asyncio
import random
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field

import asyncpg

from l1.compose import projections
from l1.events.step import StepCompleted, StepLost
from l1.log.verifying import audit
from l1.projections import verifying
from l1.work import rebuild
from tests.running.node import Node, end

FIGURES: list[tuple[str, Mapping[str, object]]] = []


@dataclass
class Pool:
    """Worker processes; one that is killed is followed by another."""

    node: Node
    size: int
    slots: Mapping[str, int]
    environment: Mapping[str, str] = field(default_factory=dict)
    kills: int = 0

    def __post_init__(self) -> None:
        self.running = [self._another() for _ in range(self.size)]

    def _another(self):
        return self.node.process(self.slots, **self.environment)

    def kill_one(self) -> None:
        """SIGKILL one at random, mostly in the middle of something."""
        place = random.randrange(self.size)
        victim = self.running[place]
        if victim.poll() is None:
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            self.kills += 1
        self.running[place] = self._another()

    def replace_dead(self) -> int:
        """Start another for each that ended by itself; answers how many had."""
        dead = [place for place, process in enumerate(self.running) if process.poll() is not None]
        for place in dead:
            self.running[place] = self._another()
        return len(dead)

    def close(self) -> None:
        for process in self.running:
            end(process)


async def done(node: Node) -> int:
    """Count the steps that are done."""
    query = "select count(*) from execution where kind = 'step' and state = 'done'"
    return await node.services.views.pool.fetchval(query)


async def until_done(node: Node, count: int, *, seconds: float = 120) -> None:
    async def enough() -> bool:
        return await done(node) >= count

    await node.until(enough, seconds=seconds, what=f"{count} steps done")


async def passes(node: Node, title: str, steps: int, **figures: object) -> None:
    """The pass rule: nothing lost, nothing twice, and all that is derived is what the log says."""
    completed = await node.facts(StepCompleted)
    lost = await node.facts(StepLost)
    executions = sum(node.executions().values())
    FIGURES.append(
        (
            title,
            {
                "steps": steps,
                "completed events": len(completed),
                "distinct keys": len({fact.key for fact in completed}),
                "executions": executions or "-",
                "re-executions": executions - steps if executions else "-",
                "leases lost": len(lost),
                **figures,
            },
        )
    )
    assert len(completed) == steps
    assert len({fact.key for fact in completed}) == steps
    await consistent(node)


async def consistent(node: Node) -> None:
    """Work, views and leaves are what the log says."""
    head = await node.services.reader.head()
    for view in projections():
        assert await node.services.views.wait_for(view, head, seconds=60), f"{view} lags"
    connection = await asyncpg.connect(node.settings.database_url)
    try:
        assert await rebuild.differences(connection) == []
        reader = node.services.reader
        assert await verifying.differences(connection, projections().values(), reader) == []
    finally:
        await connection.close()
    await no_gap(node)


async def no_gap(node: Node) -> None:
    """Every fact follows the one before, and is what its leaf says."""
    services = node.services
    audited = await audit(services.views.pool, services.codec)
    assert audited.wrong == ()
    assert (audited.size, audited.root) == await services.roots.newest()


def table() -> str:
    """Draw the figures."""
    lines = []
    for title, figures in FIGURES:
        lines.append(f"\n{title}")
        lines += [f"  {name:<24}{value!s:>10}" for name, value in figures.items()]
    return "\n".join(lines)


async def nap(low: float, high: float) -> None:
    """A storm has no rhythm."""
    await asyncio.sleep(random.uniform(low, high))
