"""What a store asks of a disk: files that survive a crash, and errors that say what to do."""

import errno
import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from l1.errors import Unavailable

PIECE = 1 << 20
"""How much is read from a file at a time, in bytes."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@contextmanager
def explained(root: Path) -> Iterator[None]:
    """Turn the system's errors while writing below `root` into `Unavailable`.

    Its code is `disk_full` or `storage_failed`.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise Unavailable(
                f"The disk that holds {root} is full: free some space or raise its quota, "
                "then try again",
                code="disk_full",
                root=str(root),
            ) from error
        raise Unavailable(
            f"The store at {root} cannot be used: {error.strerror or error}",
            code="storage_failed",
            root=str(root),
        ) from error


def sync_data(fd: int) -> None:
    """Wait until the bytes of an open file are on the disk."""
    if sys.platform == "darwin":
        fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
    else:
        os.fdatasync(fd)


def sync_folder(folder: Path) -> None:
    """Wait until the names in `folder` are on the disk."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep every other process that asks for the same folder waiting."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def write_all(fd: int, data: bytes) -> None:
    """Write every byte; the system may take fewer at a time."""
    done = os.write(fd, data)
    if done < len(data):
        rest = memoryview(data)
        while done < len(data):
            done += os.write(fd, rest[done:])


def pieces(fd: int) -> Iterator[bytes]:
    """Read an open file from its start."""
    at = 0
    while data := os.pread(fd, PIECE, at):
        at += len(data)
        yield data


def claim(fd: int) -> None:
    """Mark an open file as in use by a living process; the mark dies with the process."""
    fcntl.flock(fd, fcntl.LOCK_SH)


def is_claimed(fd: int) -> bool:
    """Tell whether another holder of the file is alive."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        # Held by another, or a network filesystem that cannot tell.
        return True
    return False
