"""Builds views in several processes: over a long log it is Python that takes the time.

Each process walks the log for its own share of the views, over its own connections, and ends when
its standard input closes, so none outlives the one that started it. Only whoever holds the lock of
rebuilds has such processes: their connections carry a name, and the next holder ends those that
are left. One that connects after that finds that the lock has gone, and writes nothing.
"""

import asyncio
import os
import pickle
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

import asyncpg
import msgspec

from l1.errors import Unavailable
from l1.events.codec import Codec
from l1.log.read import Reader
from l1.projections import building
from l1.projections.projection import Projection

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

_NAME = "l1 rebuilding a share"
_PROCESSES = 3  # one view alone takes half of the time: more do not end sooner
_PATIENCE_S = 10
_PROGRAM = (
    "import sys; sys.path[:] = sys.argv[1:]; from l1.projections.sharing import share; share()"
)
_WEIGHTS = """
select kind, sum(octet_length(data))::bigint as size from event tablesample system (1) group by kind
"""
_HELD = """
select count(*) from pg_locks where locktype = 'advisory' and granted and objsubid = 1
  and (classid::bigint << 32 | objid::bigint) = $1 and pid = $2
"""
_END = """
select pg_terminate_backend(pid, $2) from pg_stat_activity
where application_name = $1 and datname = current_database()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Among how many processes a build is shared out, and from how many facts on."""

    database_url: str
    processes: int = min(os.cpu_count() or 1, _PROCESSES)
    least: int = 100_000


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where another process finds a view, and which version it has to find there."""

    module: str
    name: str
    version: int


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What one process is to build, while the backend `holder` holds the lock."""

    database_url: str
    views: tuple[Place, ...]
    suffix: str
    upto: int
    lock: int
    holder: int


async def build(
    connection: "Connection",
    projections: Sequence[Projection],
    reader: Reader,
    suffix: str,
    *,
    lock: int,
    sharing: Sharing | None,
) -> int:
    """Do what `building.build` does, in several processes where that is worth it.

    `connection` holds the advisory lock `lock`. Raises what stopped the first of them.
    """
    await connection.execute(_END, _NAME, _PATIENCE_S * 1000)
    end = await reader.head()
    places = {view.name: place for view in projections if (place := _place(view))}
    if (
        sharing is None
        or end < sharing.least
        or min(sharing.processes, len(projections)) < 2
        or len(places) < len(projections)
    ):
        return await building.build(connection, projections, reader, suffix, upto=end)
    weights = {row["kind"]: row["size"] for row in await connection.fetch(_WEIGHTS)}
    orders = [
        Order(
            database_url=sharing.database_url,
            views=tuple([places[view.name] for view in share]),
            suffix=suffix,
            upto=end,
            lock=lock,
            holder=connection.get_server_pid(),
        )
        for share in shared_out(projections, weights, sharing.processes)
    ]
    await _give_all(orders)
    return end


def shared_out(
    projections: Sequence[Projection], weights: Mapping[str, int], count: int
) -> list[list[Projection]]:
    """Split views into at most `count` shares, about as heavy as each other.

    `weights` tells how much of the log each kind of fact takes.
    """
    heavy = {
        view.name: 1 + sum([weights.get(event.kind, 0) for event in view.folds])
        for view in projections
    }
    shares: list[list[Projection]] = [[] for _ in range(min(count, len(projections)))]
    for view in sorted(projections, key=lambda view: heavy[view.name], reverse=True):
        min(shares, key=lambda share: sum([heavy[each.name] for each in share])).append(view)
    return shares


def _place(view: Projection) -> Place | None:
    """Find the module that defines a view: the one of its folds."""
    modules = {getattr(fold, "__module__", "") for fold in view.folds.values()} - {"__main__"}
    for module in modules & sys.modules.keys():
        for name, value in vars(sys.modules[module]).items():
            if value is view:
                return Place(module=module, name=name, version=view.version)
    return None


def _found(place: Place) -> Projection:
    view = getattr(import_module(place.module), place.name, None)
    if isinstance(view, Projection) and view.version == place.version:
        return view
    raise Unavailable(
        f"{place.module} has no {place.name} of version {place.version} any more: its file was "
        "changed under a running process; restart that"
    )


async def _give_all(orders: Sequence[Order]) -> None:
    tasks = [asyncio.create_task(_give(order)) for order in orders]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _give(order: Order) -> None:
    """Have a process of its own build a share; end it when cancelled."""
    # Its own session: a Ctrl-C is meant for us, and we end it.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-c", _PROGRAM, *filter(None, sys.path)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(msgspec.json.encode(order) + b"\n")
        said = await process.stdout.read()
        code = await process.wait()
    finally:
        process.stdin.close()
        await _ended(process)
    if said:
        raise pickle.loads(said)  # noqa: S301 - our own process wrote it
    if code:
        views = ", ".join([place.name for place in order.views])
        raise Unavailable(f"the process that built {views} ended with {code}", code="share_ended")


async def _ended(process: asyncio.subprocess.Process) -> None:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def share() -> None:
    """Build the share that a line of standard input orders; stop when the input closes.

    The error that stopped it goes to standard output.
    """
    line = sys.stdin.buffer.readline()
    if not line:
        return
    error = asyncio.run(_obey(msgspec.json.decode(line, type=Order)))
    if isinstance(error, asyncio.CancelledError):
        sys.exit(1)  # nobody listens any more
    if error is not None:
        sys.stdout.buffer.write(_pickled(error))
        sys.exit(1)


async def _obey(order: Order) -> BaseException | None:
    loop, task = asyncio.get_running_loop(), asyncio.create_task(_build(order))

    def stop() -> None:
        loop.remove_reader(sys.stdin)
        task.cancel()

    loop.add_reader(sys.stdin, stop)  # nothing more is ever written: it can only close
    (error,) = await asyncio.gather(task, return_exceptions=True)
    return error


async def _build(order: Order) -> None:
    views = [_found(place) for place in order.views]
    codec = Codec({event.kind: event for view in views for event in view.folds})
    async with (
        asyncpg.create_pool(
            order.database_url,
            min_size=1,
            max_size=3,
            server_settings={"application_name": _NAME},
        ) as pool,
        pool.acquire() as proxy,
    ):
        connection = cast("Connection", proxy)
        # We carry the name by now: from here on, the next holder of the lock finds us.
        if not await connection.fetchval(_HELD, order.lock, order.holder):
            raise Unavailable("another process rebuilds the views by now")
        await building.build(connection, views, Reader(pool, codec), order.suffix, upto=order.upto)


def _pickled(error: BaseException) -> bytes:
    try:
        data = pickle.dumps(error)
        pickle.loads(data)  # noqa: S301 - just written
    except (pickle.PicklingError, TypeError, AttributeError):
        return pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))
    return data
