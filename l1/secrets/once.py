"""Secrets in files that are made once, whoever comes first."""

import contextlib
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

_MAKING_S = 3600


def made_once(file: Path, make: Callable[[], bytes]) -> bytes:
    """Read a file that only its owner can read, making it the first time.

    It appears whole or not at all, so nobody reads half of it and a kill leaves none that is
    empty. Of several who make it at once, all are given what the first has made.
    """
    _clear(file)
    with contextlib.suppress(FileNotFoundError):
        return file.read_bytes()
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as writing:
            writing.write(make())
            writing.flush()
            os.fsync(writing.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(name, file)  # unlike a rename, it never takes the place of another's
    finally:
        Path(name).unlink(missing_ok=True)
    _settle(file.parent)
    return file.read_bytes()


def _clear(file: Path) -> None:
    """Remove what killed makers left; they need milliseconds, so whatever is older is theirs."""
    for unfinished in file.parent.glob(f".{file.name}.*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - unfinished.stat().st_mtime > _MAKING_S:
                unfinished.unlink()


def _settle(folder: Path) -> None:
    """Make the folder's new entry survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
