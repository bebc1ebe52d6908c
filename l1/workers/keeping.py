"""Keeps the store tidy in the background, slowly: one worker process of a store at a time."""

import asyncio
from types import TracebackType
from typing import Self

import structlog

from l1.actions.services import Caller, Services
from l1.actions.sweep_storage import sweep_storage
from l1.errors import Failure
from l1.storage.upkeep import turn
from l1.workers.attempts import AWAY

_log = structlog.get_logger("l1.workers")
_LOOK_S = 60.0
_EVERY_S = 3600.0
_PAUSE_S = 0.05
"""Between two folders, of which there are a thousand at most: a sweep is no load for a disk."""


class Keeper:
    """Sweeps the store now and then while it is open. `grace_s` is how old an orphan has to be."""

    def __init__(self, services: Services, caller: Caller, *, grace_s: float) -> None:
        self._services = services
        self._caller = caller
        self._grace_s = grace_s
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep(), name="keeper")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def sweep(self) -> None:
        """Sweep, unless another process does or one tried to within the last hour."""
        try:
            with turn(self._services.store.root, every_s=_EVERY_S) as mine:
                if mine:
                    await self._sweep()
        except OSError as error:
            _log.warning("sweep_failed", error=str(error))

    async def _sweep(self) -> None:
        try:
            swept = await sweep_storage(
                self._services, self._caller, grace_s=self._grace_s, pause_s=_PAUSE_S
            )
        except (*AWAY, Failure) as error:
            # What stays in the way would make a fact of each try: the next one is in an hour.
            _log.warning("sweep_failed", error=str(error))
            return
        if swept.orphans or swept.unfinished:
            size = sum(orphan.size for orphan in swept.orphans)
            _log.info("store_swept", orphans=len(swept.orphans), bytes=size)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_S)  # first of all: a command that works for a moment is none
            await self.sweep()
