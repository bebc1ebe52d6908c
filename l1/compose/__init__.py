"""The only place that reads settings, scans the catalogue and builds what the rest is handed."""

import contextlib
import os
import shutil
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import asyncpg
from redis.asyncio import Redis

import l1.workers.jobs
from l1 import catalog
from l1.actions.services import Caller, Identity, Services
from l1.compose.collecting import EFFECTS as EFFECTS
from l1.compose.collecting import assets as assets
from l1.compose.collecting import effects as effects
from l1.compose.collecting import events as events
from l1.compose.collecting import nodes as nodes
from l1.compose.collecting import projections as projections
from l1.compose.collecting import providers as providers
from l1.compose.collecting import recipes as recipes
from l1.compose.confining import probe_limits, say_what_is_open, step_limits
from l1.compose.logs import set_up_logging as set_up_logging
from l1.content.canonical import digest
from l1.errors import Unavailable
from l1.events.codec import Codec
from l1.log.append import Appender
from l1.log.migrations import migrate
from l1.log.read import Reader
from l1.log.roots import Roots
from l1.log.wakeups import Wakeups
from l1.media.engine import engine_fingerprint
from l1.projections.projector import Projector
from l1.projections.views import Views
from l1.secrets.keyring import Keyring, load_master_key
from l1.settings import Settings
from l1.storage import upkeep
from l1.storage.content_store import ContentStore
from l1.storage.local import LocalStore
from l1.work.leases import Leases
from l1.work.table import Work
from l1.workers.children import Children
from l1.workers.job import Desk, Job
from l1.workers.keeping import Keeper
from l1.workers.progress import ProgressTeller
from l1.workers.threads import Threads
from l1.workers.worker import Worker, new_name

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from l1.web.endpoint import Endpoint

PROFILE = "deterministic-2"
"""The render profile: how media is encoded. Part of every cache key.

2: looks upon what others make are rendered in one pass with it.
"""


def data_folder(name: str) -> Path:
    """Find `migrations` or `templates`: beside the package in a checkout, inside it in a wheel."""
    package = Path(l1.__file__).parent
    inside = package / "_data" / name
    return inside if inside.is_dir() else package.parent / name


def endpoints() -> Sequence["Endpoint"]:
    """Collect what the server answers."""
    from l1.compose import web  # noqa: PLC0415 - workers and most commands do without the web

    return web.endpoints()


def open_web(
    settings: Settings, services: Services
) -> contextlib.AbstractAsyncContextManager["ASGIApp"]:
    """Build the web application over open services."""
    from l1.compose import web  # noqa: PLC0415 - as above

    return web.open_web(settings, services)


@contextlib.asynccontextmanager
async def open_services(
    settings: Settings, *, packages: Sequence[str] = EFFECTS, project: bool = True
) -> AsyncIterator[Services]:
    """Bring the database up to date, open everything in order, close it in reverse."""
    settings.home.mkdir(parents=True, exist_ok=True)
    await _migrate(settings.database_url)
    codec = Codec(events())
    async with contextlib.AsyncExitStack() as stack:
        pool = await stack.enter_async_context(
            asyncpg.create_pool(
                settings.database_url, min_size=1, max_size=10, command_timeout=60, reset=_as_it_is
            )
        )
        wakeups = Wakeups(settings.database_url)
        await wakeups.start()
        stack.push_async_callback(wakeups.close)
        log = Appender(settings.database_url, codec)
        await log.start()
        stack.push_async_callback(log.close)
        reader = Reader(pool, codec)
        if project:
            projector = Projector(
                settings.database_url, pool, projections(), codec=codec, wakeups=wakeups
            )
            await projector.start()
            stack.push_async_callback(projector.close)
            await projector.until_built()
        local = LocalStore(settings.content_folder)
        local.sweep()
        upkeep.sign(local.root, await reader.name())
        yield Services(
            log=log,
            reader=reader,
            roots=Roots(reader),
            codec=codec,
            views=Views(pool, wakeups),
            wakeups=wakeups,
            work=Work(pool),
            store=ContentStore(local),
            keyring=Keyring(pool, load_master_key(settings.home / "master.key")),
            nodes=nodes(packages),
            recipes=recipes(),
            assets=assets,
            identity=_identity(settings),
            profile=PROFILE,
            cluster_key=settings.cluster_key,
            upload_limit=settings.upload_limit,
            foreign=_foreign(settings),
        )


async def _as_it_is(_connection: object) -> None:
    """Return a connection to its pool: no user of it leaves anything behind in the session.

    Asking the server to forget what is not there would make two round trips of every question.
    """


async def _migrate(database_url: str) -> None:
    try:
        await migrate(database_url, data_folder("migrations"))
    except (
        OSError,
        asyncpg.PostgresConnectionError,
        asyncpg.InvalidAuthorizationSpecificationError,
    ) as error:
        raise Unavailable(
            f"the database does not answer ({error}); set DATABASE_URL, or use `artdag up`, "
            "which brings its own",
            code="no_database",
        ) from None


def _identity(settings: Settings) -> Identity:
    return Identity(
        owner=settings.owner,
        host=settings.rendered_by_host,
        public_url=settings.public_url,
        hardware=socket.gethostname(),
    )


def _foreign(settings: Settings) -> Literal["on", "off", "weak"]:
    """Tell whether effects by others may run."""
    wanted = settings.foreign_effects
    return "weak" if wanted == "on" and settings.sandbox == "weak" else wanted


@contextlib.asynccontextmanager
async def open_worker(
    settings: Settings,
    services: Services,
    *,
    slots: Mapping[str, int],
    packages: Sequence[str] = EFFECTS,
) -> AsyncIterator[Worker]:
    """Build a worker over open services: its fork server, its desk, its leases."""
    say_what_is_open()
    engine = engine_fingerprint()
    name = new_name(socket.gethostname())
    scratch = settings.content_folder / "scratch" / f"{os.getpid()}-{name}"
    _sweep_scratch(scratch.parent)
    scratch.mkdir(parents=True)
    redis = Redis.from_url(settings.redis_url, socket_timeout=1, socket_connect_timeout=1)
    progress = ProgressTeller(redis)
    children = Children((*packages, "l1.analyses"), sandbox=settings.sandbox)
    threads = Threads()
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, scratch, ignore_errors=True)
        stack.callback(threads.close)
        stack.push_async_callback(redis.aclose)
        await stack.enter_async_context(progress)
        await stack.enter_async_context(children)
        caller = Caller(name=name, origin="worker")
        keeper = Keeper(services, caller, grace_s=settings.orphan_seconds)
        await stack.enter_async_context(keeper)
        desk = Desk(
            services=services,
            caller=caller,
            children=children,
            threads=threads,
            effects=effects(packages),
            scratch=scratch,
            engine=digest(engine),
            tools=engine,
            limits=step_limits(settings),
            probe_limits=probe_limits(settings),
            tell=progress.tell,
            failpoint=settings.failpoint,
        )
        leases = Leases(services.views.pool, worker=name, ttl=settings.lease_seconds)
        jobs = catalog.values(l1.workers.jobs, Job, named=lambda job: job.kind)
        yield Worker(desk, leases, jobs, name=name, redis_url=settings.redis_url, slots=slots)


def _sweep_scratch(folder: Path) -> None:
    """Remove what workers left that are no more."""
    for old in folder.glob("*-*"):
        if not Path(f"/proc/{old.name.partition('-')[0]}").exists() and Path("/proc/self").exists():
            shutil.rmtree(old, ignore_errors=True)
