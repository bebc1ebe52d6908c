"""Recipes of steps that do nothing, and running them."""

import asyncio
import json
import uuid

from l1.actions.contents import stored
from l1.actions.services import Caller, Services
from l1.actions.start_run import start_run
from l1.content.cid import Cid
from l1.events.run import RunCompleted, RunFailed
from l1.log.command import Command
from l1.log.wakeups import LOG

CALLER = Caller(name="owner", origin="cli")


def levels(count: int, width: int, *, salt: str, node: str = "noop") -> dict[str, object]:
    """Write a recipe of levels, each step of which takes every result of the level before."""
    steps = [
        {
            "id": f"l{level}s{place}",
            "type": node.upper(),
            "config": {"number": level * width + place, "salt": salt},
            "inputs": [f"l{level - 1}s{other}" for other in range(width)] if level else [],
        }
        for level in range(count)
        for place in range(width)
    ]
    return _recipe(salt, steps, f"l{count - 1}s0")


def mesh(count: int, width: int, *, salt: str) -> dict[str, object]:
    """Write a recipe of `count` steps: lanes that cross, and a sink that takes every lane."""
    steps = []
    for number in range(count - 1):
        level, lane = divmod(number, width)
        before = [f"s{(level - 1) * width + other % width}" for other in (lane, lane + 1)]
        steps.append({
            "id": f"s{number}", "type": "NOOP", "config": {"number": number, "salt": salt},
            "inputs": before if level else [],
        })  # fmt: skip
    last = [f"s{number}" for number in range(count - 1 - width, count - 1)]
    steps.append({"id": "sink", "type": "NOOP", "config": {"salt": salt}, "inputs": last})
    return _recipe(salt, steps, "sink")


def new_salt() -> str:
    """Make a word that makes all keys new, so that nothing is cached."""
    return uuid.uuid4().hex[:8]


def _recipe(name: str, steps: list[dict[str, object]], output: str) -> dict[str, object]:
    return {"name": name, "inputs": {}, "steps": steps, "output": output}


async def keep(services: Services, recipe: dict[str, object]) -> Cid:
    """Store a recipe, as an upload would."""
    identity = await services.store.put_bytes(json.dumps(recipe, separators=(",", ":")).encode())
    fact = stored(identity, source="recipe", caller=CALLER, media_type="application/yaml")
    appended = await services.log.append(Command(facts=(fact,), meta=CALLER.meta()))
    await services.views.wait_for("content", appended.last)
    return identity.cid


async def run(services: Services, recipe: Cid) -> None:
    """Start a run of a stored recipe and wait for the fact that it is complete."""
    started = await start_run(services, CALLER, recipe=recipe, inputs={})
    seen = started.position
    while True:
        for recorded in await services.reader.page(seen):
            seen = recorded.position
            match recorded.event:
                case RunCompleted(run_id=started.run_id):
                    return
                case RunFailed() as failed:
                    raise RuntimeError(failed.message)
        await asyncio.wait_for(services.wakeups.wait(LOG, 1.0), 5)
