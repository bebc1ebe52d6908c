"""A node in one process tree: databases, server, workers, kept running until it is told to stop."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence

from l1.access.owner import check_bind, new_login_code
from l1.cli import address
from l1.cli.alive import only_node
from l1.cli.telling import note, tell
from l1.compose import open_services, set_up_logging
from l1.embedded.child import Program
from l1.embedded.services import services as embedded
from l1.embedded.supervisor import Supervisor
from l1.errors import Conflict
from l1.settings import Settings, from_environment

_GRACE_S = 15.0
_START_S = 60.0


def run_whole_node(
    environment: Mapping[str, str], *, workers: int, concurrency: int | None, as_json: bool
) -> None:
    """Run it until SIGTERM or SIGINT; `Conflict` when it runs, or the port is taken."""
    settings = from_environment(environment)
    set_up_logging("warning" if not environment.get("ARTDAG_LOG_LEVEL") else settings.log_level)
    check_bind(settings)
    each = [] if concurrency is None else ["--concurrency", str(concurrency)]
    commands = [["serve"], *([["worker", *each]] * workers)]
    with only_node(settings.home), contextlib.suppress(KeyboardInterrupt):
        # Suppressed until everything runs; from then on it is a signal.
        _check_port(settings)
        asyncio.run(_run({**environment}, commands, as_json=as_json))


async def _run(
    environment: dict[str, str], commands: Sequence[Sequence[str]], *, as_json: bool
) -> None:
    home = from_environment(environment).home
    async with embedded(
        home,
        database_url=environment.get("DATABASE_URL"),
        redis_url=environment.get("REDIS_URL"),
    ) as addresses:
        environment |= {
            "ARTDAG_HOME": str(home),
            "DATABASE_URL": addresses.database_url,
            "REDIS_URL": addresses.redis_url,
            "ARTDAG_LOG_LEVEL": environment.get("ARTDAG_LOG_LEVEL") or "warning",
        }
        environment.setdefault("L1_PUBLIC_URL", address.local(from_environment(environment)))
        settings = from_environment(environment)
        async with open_services(settings, project=False) as services:
            code = await new_login_code(services.views.pool)
        supervisor = Supervisor([[_program(command, environment) for command in commands]])
        telling = asyncio.create_task(_tell(settings, code, as_json=as_json), name="telling")
        try:
            await supervisor.run()
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)


def _program(command: Sequence[str], environment: Mapping[str, str]) -> Program:
    return Program(
        name=command[0],
        argv=[sys.executable, "-I", "-m", "l1.cli", *command],
        env=environment,
        stop_signal=signal.SIGTERM,
        grace=_GRACE_S,
    )


async def _tell(settings: Settings, code: str, *, as_json: bool) -> None:
    """Say where it is once it answers."""
    deadline = asyncio.get_running_loop().time() + _START_S
    while not await _answers(settings):
        if asyncio.get_running_loop().time() > deadline:
            note("the server does not answer yet; its messages are above")
            return
        await asyncio.sleep(0.1)
    link = f"{settings.public_url}/auth?auth_token={code}"
    if as_json:
        tell({"address": settings.public_url, "login_link": link, "pid": os.getpid()}, as_json=True)
    else:
        tell({"address": settings.public_url, "log in, once": link}, as_json=False)
        note("Ctrl-C ends it; `artdag login-link` prints another link")


async def _answers(settings: Settings) -> bool:
    try:
        _, writer = await asyncio.open_connection(address.reachable(settings.host), settings.port)
    except OSError:
        return False
    writer.close()
    return True


def _check_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Conflict(
                f"{settings.host}:{settings.port} cannot be listened on ({error.strerror}): end "
                "what uses it, or set PORT to another"
            ) from None
