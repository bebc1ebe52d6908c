"""Bytes on their way into a local store: hashed as they come, kept only when complete."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from l1.content.cid import Cid
from l1.content.identity import Identity
from l1.errors import Refused
from l1.storage.disk import explained, write_all
from l1.storage.identifier import Identifier
from l1.storage.shelf import Shelf


class Incoming:
    """A file being received; leaving the context without `commit` leaves nothing behind.

    `limit` caps the bytes, `expected` is the CID that they must have. Safe to close from another
    thread than the one that writes.
    """

    def __init__(self, shelf: Shelf, *, limit: int | None, expected: Cid | None) -> None:
        self._shelf = shelf
        self._limit = limit
        self._expected = expected
        self._lock = threading.Lock()
        self._identifier = Identifier()
        with explained(shelf.root):
            self._fd, self._tmp = shelf.new_tmp()
        self._open = True
        self.was_there = False
        """After `commit`: whether the store had these bytes already."""

    def write(self, chunk: bytes) -> None:
        """Take the next bytes; `Refused` (`too_large`) beyond the limit, and all is forgotten."""
        with self._lock, self._all_or_nothing():
            check_limit(self._identifier.size + len(chunk), self._limit)
            with explained(self._shelf.root):
                write_all(self._fd, chunk)
            self._identifier.update(chunk)

    def commit(self) -> Identity:
        """Keep the bytes and name them; they are on the disk when this returns.

        Raises `Refused` (`wrong_cid`) if they are not the expected ones.
        """
        with self._lock, self._all_or_nothing():
            identity = self._identifier.finish()
            check_expected(identity, self._expected)
            with explained(self._shelf.root):
                self.was_there = not self._shelf.settle(self._tmp, self._fd, identity.cid)
            self._close()
            return identity

    def abort(self) -> None:
        """Forget everything received; after `commit` this does nothing."""
        with self._lock:
            self._discard()

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        if not self._open:
            raise Refused("This upload has ended; start a new one", code="upload_ended")
        try:
            yield
        except BaseException:
            # A write may have stopped half way, so nothing may follow it.
            self._discard()
            raise

    def _discard(self) -> None:
        if self._open:
            self._close()
            self._tmp.unlink(missing_ok=True)

    def _close(self) -> None:
        self._open = False
        os.close(self._fd)
        self._identifier.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.abort()


def check_limit(size: int, limit: int | None) -> None:
    """Refuse content above `limit` bytes."""
    if limit is not None and size > limit:
        raise Refused(
            f"The content is larger than the {limit} bytes allowed here",
            code="too_large",
            limit=limit,
        )


def check_expected(identity: Identity, expected: Cid | None) -> None:
    """Refuse content that is not what it was announced to be."""
    if expected is not None and identity.cid != expected:
        raise Refused(
            f"The bytes are {identity.cid}, but {expected} was expected; nothing was kept",
            code="wrong_cid",
            cid=identity.cid,
            expected=expected,
        )
