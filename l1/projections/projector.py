"""The one projector of a database: folds the log into every view, rows and checkpoint together."""

import asyncio
import contextlib
from collections.abc import Mapping
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
    """Runs in every process that opens the services; an advisory lock lets one of them work."""

    def __init__(
        self,
        dsn: str,
        pool: "Pool",
        projections: Mapping[str, Projection],
        *,
        codec: Codec,
        wakeups: Wakeups,
    ) -> None:
        self._dsn = dsn
        self._pool = pool
        self._reader = Reader(pool, codec)
        self._projections = projections
        self._wakeups = wakeups
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
                return
            await rebuilding.ensure(connection, self._projections.values(), self._reader)
            # A lost checkpoint rolls back with its rows, so this need not wait for the disk.
            await connection.execute("set synchronous_commit = off")
            while True:
                appended = self._wakeups.next(LOG)
                if await self.step(connection):
                    await asyncio.sleep(_PACE_S)
                else:
                    await self._wakeups.wait(LOG, 1.0, next=appended)
        finally:
            with contextlib.suppress(OSError, asyncpg.InterfaceError, asyncpg.PostgresError):
                await connection.close(timeout=2)

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
        for name in [name for name, position in behind.items() if position == after]:
            await self._advance(connection, self._projections[name], after, page)
        await connection.execute("select pg_notify($1, $2)", VIEWS, str(page[-1].position))
        return True

    async def _advance(
        self, connection: "Connection", projection: Projection, after: int, page: list[Recorded]
    ) -> bool:
        """Move one view over a page; answers whether it got to the end.

        A page that cannot be folded is halved until the fact is found that stops this view, loudly,
        right before it, and no other view.
        """
        rows = Rows()
        try:
            for recorded in page:
                projection.fold(rows, recorded)
            async with connection.transaction():
                # The fence comes first: a rebuild that swaps in between makes this fail whole.
                await rebuilding.advance(connection, projection.name, after, page[-1].position)
                await writing.merge(connection, projection, projection.schema, rows)
            return True
        except rebuilding.Moved:
            return False
        except _POISON as error:
            if len(page) == 1:
                what = f"position {page[0].position} ({page[0].event.kind})"
                _log.exception("view_stopped", view=projection.name, at=what)
                problem = f"{what}: {type(error).__name__}: {error}"
                await rebuilding.stop(connection, projection.name, problem)
                return False
        first, second = page[: len(page) // 2], page[len(page) // 2 :]
        return await self._advance(connection, projection, after, first) and await self._advance(
            connection, projection, first[-1].position, second
        )
