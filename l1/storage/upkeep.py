"""What a folder of content remembers about its keeping: which logs use it, when it was swept."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def sign(root: Path, log: str) -> None:
    """Note for ever that this log may hold content of the folder."""
    folder = root / "logs"
    folder.mkdir(exist_ok=True)
    (folder / log).touch()


def signed(root: Path) -> frozenset[str]:
    """Name the logs that may hold content of the folder."""
    folder = root / "logs"
    return frozenset(path.name for path in folder.iterdir()) if folder.is_dir() else frozenset()


@contextmanager
def turn(root: Path, *, every_s: float) -> Iterator[bool]:
    """Give whoever asks first the turn, again after `every_s` seconds; the others get False.

    A turn that ends in an error counts as none.
    """
    fd = os.open(root / "swept", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        mine = _locked(fd) and (not _written(fd) or time.time() - os.fstat(fd).st_mtime >= every_s)
        yield mine
        if mine:
            os.pwrite(fd, b"swept\n", 0)
            os.utime(fd)
    finally:
        os.close(fd)


def _written(fd: int) -> bool:
    return os.fstat(fd).st_size > 0


def _locked(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
