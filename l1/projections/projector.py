"""The one projector of a database: folds the log into every view, rows and checkpoint together."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING

import asyncpg
import structlog

from l1.errors import Failure
from l1.events.codec import Codec
from l1.events.event import Recorded
from l1.log.lost import LOST_CONNECTION
from l1.log.read import Reader
from l1.log.wakeups import LOG, VIEWS, Wakeups
from l1.projections import rebuilding, writing
from l1.projections.projection import Projection, Rows
from l1.projections.sharing import Sharing
from l1.projections.takeover import Vigil, beat

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]

_LOCK = 7164210947
_PAGE = 2000
_PACE_S = 0.01  # what comes in a burst is folded together: a page costs as much for one as for ten
_POISON = (
    Failure,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
)
"""What a fold, or Postgres over its rows, may say of a fact that it cannot take."""
_log = structlog.get_logger("l1.projections")


class Projector:
    """Runs in every process that opens the services; an advisory lock lets one of them work.

    Who holds the lock and is silent for `silence_s` seconds loses it to another.
    """

    def __init__(
        self,
        dsn: str,
        pool: "Pool",
        projections: Mapping[str, Projection],
        *,
        codec: Codec,
        wakeups: Wakeups,
        silence_s: float = 10.0,
    ) -> None:
        self._dsn = dsn
        self._pool = pool
        self._reader = Reader(pool, codec)
        self._projections = projections
        self._wakeups = wakeups
        self._silence_s = silence_s
        self._vigil = Vigil(_LOCK, silence_s=silence_s)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to compete for the lock, and to project once it is won."""
        self._task = asyncio.create_task(self._compete(), name="projector")

    async def until_built(self) -> None:
        """Wait until every view exists in our version, whoever built it; raises what stops us."""
        assert self._task is not None
        while not await self._are_built():
            if self._task.done():
                self._task.result()
            await self._wakeups.wait(VIEWS, 0.05)

    async def _are_built(self) -> bool:
        if await self._pool.fetchval("select to_regclass('projection')") is None:
            return False
        rows = await self._pool.fetch("select name, version from projection")
        built = {(row["name"], row["version"]) for row in rows}
        return built >= {(each.name, each.version) for each in self._projections.values()}

    async def close(self) -> None:
        """Stop; another process takes over."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _compete(self) -> None:
        while True:
            try:
                await self._serve()
            except (*LOST_CONNECTION, asyncpg.PostgresError) as error:
                _log.warning("projector_lost_database", error=str(error))
            except (Failure, ValueError) as error:
                # A newer release has written a fact: its projector takes over when we let go.
                _log.error("projector_cannot_read_log", error=str(error))
            await asyncio.sleep(0.5)

    async def _serve(self) -> None:
        connection = await asyncpg.connect(self._dsn, timeout=5)
        try:
            if not await connection.fetchval("select pg_try_advisory_lock($1)", _LOCK):
                if pid := await self._vigil.end_silent(connection):
                    _log.warning("silent_projector_ended", pid=pid)
                return
            async with _beating(self._pool, silence_s=self._silence_s):
                await self._project(connection)
        finally:
            with contextlib.suppress(OSError, asyncpg.InterfaceError, asyncpg.PostgresError):
                await connection.close(timeout=2)

    async def _project(self, connection: "Connection") -> None:
        shared = Sharing(database_url=self._dsn)
        await rebuilding.ensure(connection, self._projections.values(), self._reader, shared)
        # A lost checkpoint rolls back with its rows, so this need not wait for the disk.
        await connection.execute("set synchronous_commit = off")
        while True:
            appended = self._wakeups.next(LOG)
            if await self.step(connection):
                await asyncio.sleep(_PACE_S)
            else:
                await self._wakeups.wait(LOG, 1.0, next=appended)

    async def step(self, connection: "Connection") -> bool:
        """Fold one page into the views that are furthest behind; answers whether there was one."""
        positions = await rebuilding.positions(connection)
        behind = {n: p for n, p in positions.items() if n in self._projections}
        if not behind:
            return False
        after = min(behind.values())
        page = await self._reader.page(after, _PAGE)
        if not page:
            return False
        views = [self._projections[name] for name, at in behind.items() if at == after]
        await self._advance(connection, views, after, page)
        await connection.execute("select pg_notify($1, $2)", VIEWS, str(page[-1].position))
        return True

    async def _advance(
        self,
        connection: "Connection",
        views: Sequence[Projection],
        after: int,
        page: Sequence[Recorded],
    ) -> bool:
        """Move views over a page, all in one transaction; answers whether they got to the end.

        What cannot be folded is looked for view by view, then half by half of the page, until the
        fact is found that stops its view, loudly, right before it, and no other view.
        """
        try:
            gathered = [(view, _folded(view, page)) for view in views]
            async with connection.transaction():
                # The fence comes first: a rebuild that swaps in between makes this fail whole.
                names = [view.name for view in views]
                await rebuilding.advance(connection, names, after, page[-1].position)
                for view, rows in gathered:
                    await writing.merge(connection, view, view.schema, rows)
            return True
        except rebuilding.Moved:
            if len(views) == 1:
                return False
        except _POISON as error:
            if len(views) == len(page) == 1:
                await _stop(connection, views[0], page[0], error)
                return False
        if len(views) > 1:
            return all([await self._advance(connection, (v,), after, page) for v in views])
        first, second = page[: len(page) // 2], page[len(page) // 2 :]
        return await self._advance(connection, views, after, first) and await self._advance(
            connection, views, first[-1].position, second
        )


@contextlib.asynccontextmanager
async def _beating(pool: "Pool", *, silence_s: float) -> AsyncIterator[None]:
    """Let the others know that the holder of the lock lives."""
    task = asyncio.create_task(beat(pool, silence_s=silence_s), name="projector beat")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _folded(view: Projection, page: Sequence[Recorded]) -> Rows:
    rows = Rows()
    for recorded in page:
        view.fold(rows, recorded)
    return rows


async def _stop(
    connection: "Connection", view: Projection, recorded: Recorded, error: Exception
) -> None:
    what = f"position {recorded.position} ({recorded.event.kind})"
    _log.error("view_stopped", view=view.name, at=what, exc_info=error)
    await rebuilding.stop(connection, view.name, f"{what}: {type(error).__name__}: {error}")
