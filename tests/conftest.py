"""What every test may ask for: a real Postgres and a real Valkey, a fresh database in each."""

import asyncio
import os
import tempfile
import uuid
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import asyncpg
import pytest
import redis

from l1.embedded.postgres import Postgres
from l1.embedded.valkey import Valkey
from l1.log.migrations import migrate

ROOT = Path(__file__).parent.parent
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """The addresses of the servers that the whole session shares."""

    database_url: str
    redis_url: str


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave storms out unless they are asked for with `-m storm`."""
    if "storm" in config.option.markexpr:
        return
    for item in items:
        if "storm" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="a storm: run it with -m storm"))


@pytest.fixture(scope="session")
def services() -> Iterator[Servers]:
    """Servers for the session: those of ARTDAG_TEST_*_URL, else our own in a temporary home."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="artdag-test-")))
        database_url = os.environ.get("ARTDAG_TEST_DATABASE_URL")
        redis_url = os.environ.get("ARTDAG_TEST_REDIS_URL")
        if not database_url:
            postgres = Postgres(home, durable=False)
            stack.callback(postgres.stop)
            database_url = postgres.start()
        if not redis_url:
            valkey = Valkey(home, durable=False)
            stack.callback(valkey.stop)
            redis_url = valkey.start()
        yield Servers(database_url=database_url, redis_url=redis_url)


@pytest.fixture(scope="session")
def template_database(services: Servers) -> Iterator[str]:
    """The name of a database with all migrations applied, to be copied."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    run(lambda: on_server(services.database_url, f"CREATE DATABASE {name}"))
    url = with_database(services.database_url, name)
    run(lambda: migrate(url, ROOT / "migrations"))
    yield name
    run(lambda: on_server(services.database_url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def database_url(services: Servers, template_database: str) -> Iterator[str]:
    """The address of a migrated, empty database of this test's own."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    create = f"CREATE DATABASE {name} TEMPLATE {template_database}"
    run(lambda: on_server(services.database_url, create))
    yield with_database(services.database_url, name)
    run(lambda: on_server(services.database_url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def redis_url(services: Servers) -> str:
    """The address of an empty Redis database; tests run one after another and share it."""
    with redis.Redis.from_url(services.redis_url) as client:
        client.flushdb()
    return services.redis_url


def run(work: Callable[[], Awaitable[T]]) -> T:
    """Finish a coroutine in a thread of its own, leaving the test's event loop alone."""

    async def finish() -> T:
        return await work()

    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: asyncio.run(finish())).result()


async def on_server(url: str, statement: str) -> None:
    """Run one statement that belongs to no database in particular."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def with_database(url: str, name: str) -> str:
    """Give the address of another database on the same server."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()
