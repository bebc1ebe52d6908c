"""The Postgres and the Redis of a node: those configured, else private ones."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from l1.embedded.postgres import Postgres
from l1.embedded.shared import Server, Shared
from l1.embedded.valkey import Valkey


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the database and Redis are."""

    database_url: str
    redis_url: str


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
    async with AsyncExitStack() as stack:
        if not database_url:
            postgres = Postgres(home, durable=durable)
            database_url = await _open(stack, postgres, home / "run" / "postgres.url")
        if not redis_url:
            valkey = Valkey(home, durable=durable)
            redis_url = await _open(stack, valkey, home / "run" / "valkey.url")
        yield Addresses(database_url=database_url, redis_url=redis_url)


async def _open(stack: AsyncExitStack, server: Server, file: Path) -> str:
    shared = Shared(server, file)
    # Registered first: when we are cancelled, the thread goes on and `close` waits for it.
    stack.push_async_callback(asyncio.to_thread, shared.close)
    return await asyncio.to_thread(shared.open)
