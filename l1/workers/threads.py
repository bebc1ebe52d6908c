"""Runs one call in a thread of its own."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

from l1.errors import Unavailable

T = TypeVar("T")


async def in_thread(work: Callable[[], T], *, timeout_s: float) -> T:
    """Wait for `work` in a thread; `Unavailable` (`timeout`) when it takes longer.

    Not in the loop's own pool: a few calls that wait for a model would keep the store from
    working. A thread cannot be killed; one that is given up ends with the process at the latest.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[T] = loop.create_future()

    def tell(say: Callable[[], None]) -> None:
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

    threading.Thread(target=body, name="worker node", daemon=True).start()
    try:
        async with asyncio.timeout(timeout_s):
            return await ended
    except TimeoutError:
        message = f"it took longer than {timeout_s:g} seconds"
        raise Unavailable(message, code="timeout") from None
