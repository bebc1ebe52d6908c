"""Computes both names of content in one pass over its bytes."""

import hashlib
import threading
from queue import Queue
from types import TracebackType
from typing import Self

from l1.content.cid import ContentHash
from l1.content.identity import Identity
from l1.content.unixfs import UNIXFS_V1_2025, UnixFs

# SHA3 is three times slower than SHA-256, so it gets a thread of its own; for less than this a
# thread costs more than it saves.
_ALONE_UP_TO = 256 << 10
# Small pieces are handed over together, since each handover makes the threads wait for each
# other.
_TOGETHER = 1 << 20
# Handovers that may wait: enough to ride out a hiccup, few enough to hold little memory.
_WAITING = 4


class Identifier:
    """Takes bytes and tells their `Identity`.

    A context manager: leaving it ends the second thread, finished or not. One thread at a time
    may call it.
    """

    def __init__(self) -> None:
        self._unixfs = UnixFs(UNIXFS_V1_2025)
        self._sha3 = hashlib.sha3_256()
        self._gathered: list[bytes] = []
        self._gathered_size = 0
        self._queue: Queue[list[bytes]] = Queue(_WAITING)
        self._thread: threading.Thread | None = None

    @property
    def size(self) -> int:
        """The number of bytes taken so far."""
        return self._unixfs.size

    def update(self, data: bytes) -> None:
        """Take the next bytes, waiting if the second thread is behind."""
        if self._thread is None and self.size + len(data) > _ALONE_UP_TO:
            self._thread = threading.Thread(target=self._hash_pieces, name="sha3", daemon=True)
            self._thread.start()
        if self._thread is None:
            self._sha3.update(data)
        else:
            self._gather(data)
        self._unixfs.update(data)

    def finish(self) -> Identity:
        """Name everything taken; nothing may follow."""
        self.close()
        return Identity(
            cid=self._unixfs.cid(),
            content_hash=ContentHash(self._sha3.hexdigest()),
            size=self.size,
        )

    def close(self) -> None:
        """End the second thread once it has hashed what it was given."""
        if self._thread is not None:
            self._hand_over()
            self._queue.put([])
            self._thread.join()
            self._thread = None

    def _gather(self, data: bytes) -> None:
        self._gathered.append(data)
        self._gathered_size += len(data)
        if self._gathered_size >= _TOGETHER:
            self._hand_over()

    def _hand_over(self) -> None:
        if self._gathered:
            self._queue.put(self._gathered)
            self._gathered, self._gathered_size = [], 0

    def _hash_pieces(self) -> None:
        while pieces := self._queue.get():
            for piece in pieces:
                self._sha3.update(piece)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()
