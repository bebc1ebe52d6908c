"""One worker process with one slot, as `bench.steps` starts it: python -m bench.step_worker."""

import asyncio
import signal

import uvloop

from l1.compose import open_services, open_worker, set_up_logging
from l1.settings import from_environment

PACKAGES = ("l1.effects", "bench.nodes")


async def main() -> None:
    """Work until told to stop."""
    set_up_logging("warning")
    settings = from_environment()
    async with (
        open_services(settings, packages=PACKAGES) as services,
        open_worker(settings, services, slots={"io": 1}, packages=PACKAGES) as worker,
    ):
        working = asyncio.create_task(worker.run())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, working.cancel)
        print("ready", flush=True)
        await asyncio.gather(working, return_exceptions=True)


if __name__ == "__main__":
    uvloop.run(main())
