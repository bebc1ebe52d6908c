"""The newest progress of steps, heard once for all who watch."""

import asyncio
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Self

_REMEMBERED = 10_000
_AGAIN_S = 1.0

Watch = Callable[[], AsyncIterator[tuple[str, int, int]]]


class Live:
    """Hears progress while it is open. It is lossy: what is not heard is not missed."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._newest: dict[str, tuple[int, int]] = {}
        self._task: asyncio.Task[None] | None = None

    def newest(self, key: str) -> tuple[int, int] | None:
        """Tell how far a step was when last heard of: what is done, of how much."""
        return self._newest.get(key)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._hear(), name="live progress")
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

    async def _hear(self) -> None:
        while True:
            async for key, done, total in self._watch():
                self._note(key, done, total)
            await asyncio.sleep(_AGAIN_S)  # Redis is away

    def _note(self, key: str, done: int, total: int) -> None:
        if not 0 <= done <= total < 2**63:
            return
        self._newest.pop(key, None)
        self._newest[key] = (done, total)
        if len(self._newest) > _REMEMBERED:
            del self._newest[next(iter(self._newest))]
