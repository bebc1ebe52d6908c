"""Who uses the private services of a home, so that nobody stops them under another's feet."""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import AsyncIterator
from pathlib import Path

from l1.cli.alive import open_lock
from l1.cli.telling import note

_LOOK_S = 0.05
_PATIENCE_S = 2.0


class Users:
    """The commands that use a home's services; this process is one of them."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    async def wait_until_alone(self) -> None:
        """Wait for the others to end, and keep new ones out; being interrupted ends the wait."""
        looked = 0.0
        while not self._try(fcntl.LOCK_EX):
            await asyncio.sleep(_LOOK_S)
            looked += _LOOK_S
            if abs(looked - _PATIENCE_S) < _LOOK_S / 2:
                note("other commands use the services started here: waiting (Ctrl-C: do not)")

    async def join(self) -> None:
        """Become a user, when those who are stopping the services are done."""
        while not self._try(fcntl.LOCK_SH):  # noqa: ASYNC110 - a lock tells nobody that it is free
            await asyncio.sleep(_LOOK_S)

    def _try(self, how: int) -> bool:
        try:
            fcntl.flock(self._descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextlib.asynccontextmanager
async def using(home: Path) -> AsyncIterator[Users]:
    """Be a user of the home's services."""
    descriptor = open_lock(home, "users")
    try:
        users = Users(descriptor)
        await users.join()
        yield users
    finally:
        os.close(descriptor)
