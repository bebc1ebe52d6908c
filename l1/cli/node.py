"""Opens this machine's node for one command: its services, started or joined, and its actions."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from l1.actions.services import Caller, Services
from l1.cli.users import using
from l1.compose import open_services, set_up_logging
from l1.embedded.services import services as embedded
from l1.errors import Unavailable
from l1.log.lost import LOST_CONNECTION
from l1.projections.deletions import READS
from l1.settings import Settings, from_environment

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An open node, and who is asking it."""

    settings: Settings
    services: Services
    caller: Caller


def settings_of(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings and write log lines, but only errors unless ARTDAG_LOG_LEVEL says more."""
    given = os.environ if environment is None else environment
    settings = from_environment(given)
    set_up_logging(settings.log_level if given.get("ARTDAG_LOG_LEVEL") else "error")
    return settings


@contextlib.asynccontextmanager
async def open_node() -> AsyncIterator[Node]:
    """Open the node in ARTDAG_HOME, with its own Postgres and Redis where no URL is set."""
    environment = dict(os.environ)
    settings = settings_of(environment)
    async with (
        using(settings.home) as users,
        embedded(
            settings.home,
            database_url=environment.get("DATABASE_URL"),
            redis_url=environment.get("REDIS_URL"),
        ) as addresses,
    ):
        environment |= {
            "DATABASE_URL": addresses.database_url,
            "REDIS_URL": addresses.redis_url,
        }
        settings = from_environment(environment)
        async with open_services(settings) as services:
            await _catch_up(services)
            caller = Caller(name=settings.owner, origin="cli")
            yield Node(settings=settings, services=services, caller=caller)
        if addresses.started:
            await users.wait_until_alone()


async def _catch_up(services: Services) -> None:
    """Let the views see what the command before this one did: it may have left before they did."""
    head = await services.reader.head()
    for view in READS:
        await services.views.wait_for(view, head, seconds=10)


def on_node(work: Callable[[Node], Awaitable[T]]) -> T:
    """Open the node, do the work, close the node."""

    async def session() -> T:
        async with open_node() as node:
            return await work(node)

    try:
        return asyncio.run(session())
    except LOST_CONNECTION as error:
        raise Unavailable(
            f"a service went away ({type(error).__name__}: {error}); try again", code="away"
        ) from error
