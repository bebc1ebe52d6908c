"""Uvicorn over the application, until it is told to stop."""

import asyncio
import contextlib
import signal
from collections.abc import Iterator

import uvicorn
import uvloop

from l1.access.owner import check_bind
from l1.cli import address
from l1.cli.alive import SERVER, known_as, say_address
from l1.compose import open_services, open_web, set_up_logging
from l1.settings import Settings, from_environment

_GRACE_S = 5  # event streams end only when their clients go


def serve() -> None:
    """Serve as the settings say; `Refused` for an address that owner mode must not bind."""
    settings = from_environment()
    set_up_logging(settings.log_level)
    check_bind(settings)
    with known_as(settings.home, SERVER):
        say_address(settings.home, address.public(settings))
        uvloop.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    async with open_services(settings) as services, open_web(settings, services) as app:
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_S,
            lifespan="off",
        )
        server = _Server(config)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, server.stop)
        await server.serve()


class _Server(uvicorn.Server):
    """A server that leaves signals to us: its own way ends the process before all is closed."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    def stop(self) -> None:
        """Finish what is being answered; asked a second time, do not."""
        self.force_exit = self.should_exit
        self.should_exit = True
