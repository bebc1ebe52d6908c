"""A worker as a process of its own: `python -m tests.running.process`, settings as in production."""

import asyncio
import json
import os
import signal

import uvloop

from l1.compose import open_services, open_worker, set_up_logging
from l1.settings import from_environment

PACKAGES = ("l1.effects", "tests.nodes")
SLOTS = {"cpu": 2, "io": 2}


async def main() -> None:
    settings = from_environment()
    set_up_logging(settings.log_level)
    slots = json.loads(os.environ.get("TEST_SLOTS", json.dumps(SLOTS)))
    async with (
        open_services(settings, packages=PACKAGES) as services,
        open_worker(settings, services, slots=slots, packages=PACKAGES) as worker,
    ):
        task = asyncio.create_task(worker.run())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        await asyncio.gather(task, return_exceptions=True)
        if not task.cancelled():
            task.result()


if __name__ == "__main__":
    uvloop.run(main())
