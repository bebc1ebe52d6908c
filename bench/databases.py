"""Databases for benchmarks: on servers of our own with fsync on, as in use."""

import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import asyncpg

from bench.benchmark import Setting
from l1.compose import data_folder
from l1.embedded.services import Addresses, services
from l1.log.migrations import migrate


@contextlib.asynccontextmanager
async def servers(setting: Setting) -> AsyncIterator[Addresses]:
    """Give a durable Postgres and Valkey with an empty, migrated database."""
    async with services(setting.home) as addresses, database(addresses, "bench") as url:
        await migrate(url, data_folder("migrations"))
        yield Addresses(database_url=url, redis_url=addresses.redis_url)


@contextlib.asynccontextmanager
async def database(addresses: Addresses, name: str) -> AsyncIterator[str]:
    """Give an empty database."""
    server = await asyncpg.connect(addresses.database_url)
    await server.execute(f"drop database if exists {name} with (force)")
    await server.execute(f"create database {name}")
    try:
        yield urlsplit(addresses.database_url)._replace(path=f"/{name}").geturl()
    finally:
        await server.execute(f"drop database {name} with (force)")
        await server.close()
