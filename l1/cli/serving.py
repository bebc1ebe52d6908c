"""Sees to it that somebody does the work that a command waits for."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import uvloop

from l1.cli.alive import WORKERS, is_alive, known_as
from l1.cli.node import Node
from l1.compose import open_services, open_worker, set_up_logging
from l1.settings import Settings, from_environment

_LOOK_S = 1.0


def is_served(home: Path) -> bool:
    """Tell whether a worker process of this home runs."""
    return is_alive(home, WORKERS)


def work_until_stopped(slots: Mapping[str, int]) -> None:
    """Be a worker until SIGTERM or SIGINT, over the services that the settings name."""
    settings = from_environment()
    set_up_logging(settings.log_level)
    with known_as(settings.home, WORKERS):
        uvloop.run(_work(settings, slots))


async def _work(settings: Settings, slots: Mapping[str, int]) -> None:
    async with (
        open_services(settings) as services,
        open_worker(settings, services, slots=slots) as worker,
    ):
        work = asyncio.create_task(worker.run(), name="worker")
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, work.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await work


@contextlib.asynccontextmanager
async def served(node: Node) -> AsyncIterator[None]:
    """Work along inside this process, unless, and until, a worker of this home does it."""
    task = asyncio.create_task(_serve(node), name="worker")
    try:
        yield
    finally:
        task.cancel()
        # Not suppressed: an interruption that comes just now is the caller's, not the task's.
        (ended,) = await asyncio.gather(task, return_exceptions=True)
        if isinstance(ended, Exception):
            raise ended


async def _serve(node: Node) -> None:
    while is_served(node.settings.home):  # noqa: ASYNC110 - a lock tells nobody that it is free
        await asyncio.sleep(_LOOK_S)
    slots = {"cpu": os.cpu_count() or 1, "io": 2, "llm": 1}
    async with open_worker(node.settings, node.services, slots=slots) as worker:
        await worker.run()
