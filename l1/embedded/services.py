"""The Postgres and the Redis of a node: those configured, else private ones."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from l1.embedded.postgres import Postgres
from l1.embedded.shared import Shared
from l1.embedded.valkey import Valkey


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the database and Redis are; `started` tells whether one of them was started here."""

    database_url: str
    redis_url: str
    started: bool = field(default=False, compare=False)


@asynccontextmanager
async def services(
    home: Path,
    *,
    database_url: str | None = None,
    redis_url: str | None = None,
    durable: bool = True,
) -> AsyncIterator[Addresses]:
    """Give both addresses, starting (or joining) a private server for each one not given.

    Who started a server stops it on leaving; who joined leaves it running. Raises Unavailable
    that names what to install when there is no server program.
    """
    started = False
    async with AsyncExitStack() as stack:
        if not database_url:
            postgres = Postgres(home, durable=durable)
            shared = Shared(postgres, home / "run" / "postgres.url")
            database_url = await _open(stack, shared)
            started = shared.started
        if not redis_url:
            valkey = Valkey(home, durable=durable)
            shared = Shared(valkey, home / "run" / "valkey.url")
            redis_url = await _open(stack, shared)
            started = started or shared.started
        yield Addresses(database_url=database_url, redis_url=redis_url, started=started)


async def _open(stack: AsyncExitStack, shared: Shared) -> str:
    # Registered first: when we are cancelled, the thread goes on and `close` waits for it.
    stack.push_async_callback(asyncio.to_thread, shared.close)
    return await asyncio.to_thread(shared.open)
