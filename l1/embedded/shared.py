"""One server for all processes of a home: the first to come starts it, the others join."""

import os
import threading
import time
from pathlib import Path
from typing import Protocol

from l1.embedded.child import try_lock
from l1.errors import Unavailable


class Server(Protocol):
    """A server that can be shared."""

    def start(self) -> str:
        """Start it and give its address."""
        ...

    def stop(self) -> None:
        """Stop it; returns when it is gone."""
        ...

    def answers(self, url: str) -> bool:
        """Tell whether it answers at that address."""
        ...


class Shared:
    """A server started here, or joined because another process of this home runs it.

    `file` holds the address and is locked by the process that started the server for as long as
    it lives, so that what a killed process left behind is never taken for a running server.
    """

    def __init__(self, server: Server, file: Path) -> None:
        self._server = server
        self._file = file
        self._guard = threading.Lock()
        self._descriptor: int | None = None

    @property
    def started(self) -> bool:
        """Whether it runs here, and not only joined."""
        return self._descriptor is not None

    def open(self, *, timeout: float = 90.0) -> str:
        """Join or start the server and give its address; blocks.

        Raises Unavailable when another process holds it but it does not answer for `timeout`
        seconds.
        """
        with self._guard:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                return self._join_or_start(descriptor, timeout)
            finally:
                if self._descriptor is None:
                    os.close(descriptor)

    def close(self) -> None:
        """Stop the server if it was started here; waits for an `open` under way."""
        with self._guard:
            if self._descriptor is not None:
                os.truncate(self._descriptor, 0)
                self._server.stop()
                os.close(self._descriptor)
                self._descriptor = None

    def _join_or_start(self, descriptor: int, timeout: float) -> str:
        deadline = time.monotonic() + timeout
        while not try_lock(descriptor):
            url = self._file.read_text()
            if url.endswith("\n") and self._server.answers(url.strip()):
                return url.strip()
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"Another process holds {self._file} but its server does not answer: stop that "
                    "process (`artdag up`, `artdag worker`) and try again."
                )
            time.sleep(0.05)
        os.truncate(descriptor, 0)
        url = self._server.start()
        os.pwrite(descriptor, f"{url}\n".encode(), 0)
        self._descriptor = descriptor
        return url
