"""Runs calls that may never return, each in a thread of its own."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeVar

from l1.errors import Unavailable

T = TypeVar("T")
_Inbox = SimpleQueue[Callable[[], None] | None]


class Threads:
    """As many threads as there are calls at once; one whose call has ended takes a later one.

    Not the loop's own pool: a few calls that wait for a model would keep the store from working.
    """

    def __init__(self) -> None:
        self._idle: list[_Inbox] = []

    async def run(self, work: Callable[[], T], *, timeout_s: float) -> T:
        """Wait for `work` in a thread; `Unavailable` (`timeout`) when it takes longer.

        A thread cannot be killed; one that is given up ends with the process at the latest.
        """
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[T] = loop.create_future()
        inbox = self._idle.pop() if self._idle else _new_thread()

        def tell(say: Callable[[], None]) -> None:
            self._idle.append(inbox)
            with contextlib.suppress(RuntimeError):  # the loop is gone, and so is who waited
                loop.call_soon_threadsafe(lambda: None if ended.done() else say())

        def body() -> None:
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001 - handed on to who waits
                failure = error
                tell(lambda: ended.set_exception(failure))
            else:
                tell(lambda: ended.set_result(result))

        inbox.put(body)
        try:
            async with asyncio.timeout(timeout_s):
                return await ended
        except TimeoutError:
            message = f"it took longer than {timeout_s:g} seconds"
            raise Unavailable(message, code="timeout") from None

    def close(self) -> None:
        """End the threads that have nothing to do."""
        while self._idle:
            self._idle.pop().put(None)


def _new_thread() -> _Inbox:
    inbox: _Inbox = SimpleQueue()
    threading.Thread(target=_serve, args=(inbox,), name="worker node", daemon=True).start()
    return inbox


def _serve(inbox: _Inbox) -> None:
    while (body := inbox.get()) is not None:
        body()
