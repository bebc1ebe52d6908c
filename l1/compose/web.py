"""Builds the web application over open services."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from functools import partial
from urllib.parse import urlsplit

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.types import ASGIApp

import l1.web.routes
from l1 import catalog
from l1.access.hosts import Hosts
from l1.access.owner import owner_token
from l1.access.sessions import Sessions
from l1.actions.services import Services
from l1.compose import data_folder, projections
from l1.log.lost import LOST_CONNECTION
from l1.settings import Settings
from l1.web.app import create_app
from l1.web.endpoint import Endpoint
from l1.web.live import Live
from l1.web.metrics import Metrics
from l1.web.pages import Pages, Script
from l1.web.web import Access, Health, Web
from l1.workers.watching import progress

_OUTAGES = (
    *LOST_CONNECTION,
    RedisError,
    asyncpg.TooManyConnectionsError,
    asyncpg.DiskFullError,
)
"""How libraries say that the database, Redis or the disk is away."""


def endpoints() -> Sequence[Endpoint]:
    """Collect what the server answers."""
    found = catalog.values(l1.web.routes, Endpoint, named=lambda endpoint: endpoint.name)
    return tuple(found[name] for name in sorted(found))


@contextlib.asynccontextmanager
async def open_web(settings: Settings, services: Services) -> AsyncIterator[ASGIApp]:
    """Open what is the web's own, and build the application."""
    redis = Redis.from_url(settings.redis_url, socket_timeout=1, socket_connect_timeout=1)
    async with (
        contextlib.aclosing(redis),
        Live(partial(progress, settings.redis_url)) as live,
    ):
        yield create_app(
            Web(
                services=services,
                access=_access(settings, services),
                pages=_pages(settings),
                live=live,
                metrics=Metrics(),
                health=Health(
                    ping_redis=redis.ping,
                    folder=settings.content_folder,
                    views=tuple(projections()),
                ),
                endpoints=endpoints(),
                public_url=settings.public_url.rstrip("/"),
                import_folders=settings.import_folders,
                outages=_OUTAGES,
            )
        )


def _access(settings: Settings, services: Services) -> Access:
    return Access(
        owner=settings.owner,
        token=owner_token(settings.home),
        sessions=Sessions(services.views.pool),
        hosts=Hosts(
            public=urlsplit(settings.public_url).hostname or "",
            addresses=settings.allow_remote_owner,
        ),
    )


def _pages(settings: Settings) -> Pages:
    scripts = (
        Script(url=settings.htmx_url, integrity=settings.htmx_integrity),
        Script(url=settings.htmx_sse_url, integrity=settings.htmx_sse_integrity),
    )
    return Pages(
        data_folder("templates"),
        scripts=scripts,
        player=Script(url=settings.hls_url, integrity=settings.hls_integrity),
        known={"version": l1.__version__},
    )
