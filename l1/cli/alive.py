"""Which long-lived processes of a home are there: each holds a lock for as long as it lives."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from l1.errors import Conflict, Refused

SERVER, WORKERS, NODE = "server", "workers", "up"


@contextlib.contextmanager
def known_as(home: Path, what: str) -> Iterator[None]:
    """Let commands of this home know that a process of this kind runs; there may be several."""
    with _lock_file(home, what) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield


@contextlib.contextmanager
def only_node(home: Path) -> Iterator[None]:
    """Be the one `up` of a home; `Conflict` names the address of the one that is there."""
    with _lock_file(home, NODE) as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            where = address(home)
            raise Conflict(
                f"`artdag up` runs in {home} already{f', at {where}' if where else ''}: end it, or "
                "set ARTDAG_HOME to another folder"
            ) from None
        _address_file(home).unlink(missing_ok=True)
        yield


def is_alive(home: Path, what: str) -> bool:
    """Tell whether a process of this kind runs in this home."""
    with _lock_file(home, what) as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def say_address(home: Path, text: str) -> None:
    """Write down where this home's server is."""
    _address_file(home).write_text(text)


def address(home: Path) -> str:
    """Read where this home's server is, or was last; empty when there was none."""
    try:
        return _address_file(home).read_text()
    except FileNotFoundError:
        return ""


def _address_file(home: Path) -> Path:
    return home / "run" / "address"


def open_lock(home: Path, what: str) -> int:
    """Open a lock of this home; `Refused` when the home cannot be used."""
    folder = home / "run"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o711)
        return os.open(folder / f"{what}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Refused(
            f"ARTDAG_HOME={home} cannot be used ({error.strerror}): set it to a folder that you "
            "may write to, or that can be made",
            code="bad_setting",
        ) from None


@contextlib.contextmanager
def _lock_file(home: Path, what: str) -> Iterator[int]:
    descriptor = open_lock(home, what)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
