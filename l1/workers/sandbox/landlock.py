"""Landlock: the kernel's own rule of which paths this process may open. No package needed."""

import ctypes
import errno
import functools
import os
import stat
import struct
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from l1.workers.sandbox import kernel

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_REFER, _TRUNCATE, _IOCTL_DEVICE = 1 << 13, 1 << 14, 1 << 15
_FIRST_ABI = (1 << 13) - 1
_FOR_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE
_READ = _READ_FILE | _READ_DIR
# No symlinks, sockets or devices: the worker opens what it finds here under its own rights.
_SCRATCH = (
    _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _REFER | _TRUNCATE
)
_ALL_TCP = 0b11
_ALL_SCOPES = 0b11

_GAINS = (
    (1, "files are opened by permission"),
    (3, "truncation by permission"),
    (4, "no TCP"),
    (5, "no device control"),
    (6, "no signals to others, no abstract sockets"),
)

Rule = tuple[int, int]
"""An open path and what is granted beneath it."""


@functools.cache
def abi() -> int:
    """Return the version of Landlock the kernel speaks, 0 where there is none."""
    if sys.platform != "linux":
        return 0
    try:
        return kernel.syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    except OSError as error:
        if error.errno in (errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM):
            return 0
        raise


def enforced() -> tuple[str, ...]:
    """Name what this kernel's Landlock keeps."""
    return tuple(f"{gain} (Landlock {since})" for since, gain in _GAINS if abi() >= since)


def missing() -> tuple[str, ...]:
    """Name what a newer kernel's Landlock would keep besides."""
    return tuple(f"{gain} (Landlock {since})" for since, gain in _GAINS if abi() < since)


@contextmanager
def opened(readable: Iterable[Path], scratch: Path | None) -> Iterator[Sequence[Rule]]:
    """Open the granted paths, so that what is granted is what was named, whatever moves later.

    A readable path that does not exist is left out; the scratch folder has to exist.
    """
    if not abi():
        yield ()
        return
    with ExitStack() as open_paths:
        rules = [_rule(open_paths, path, _READ) for path in readable if path.exists()]
        if scratch is not None:
            rules.append(_rule(open_paths, scratch, _SCRATCH))
        yield rules


def restrict(rules: Iterable[Rule]) -> None:
    """Forbid this process, for good, to open anything the rules do not grant."""
    handled, size = _ruleset()
    ruleset = kernel.syscall(_CREATE_RULESET, ctypes.create_string_buffer(handled, size), size, 0)
    try:
        for path, access in rules:
            attributes = struct.pack("=Qi", access & _handled_files(), path)
            buffer = ctypes.create_string_buffer(attributes, len(attributes))
            kernel.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, buffer, 0)
        kernel.syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _rule(open_paths: ExitStack, path: Path, access: int) -> Rule:
    opened_path = os.open(path, os.O_PATH | os.O_CLOEXEC)
    open_paths.callback(os.close, opened_path)
    is_folder = stat.S_ISDIR(os.fstat(opened_path).st_mode)
    if path == Path(os.devnull):
        access |= _WRITE_FILE
    return opened_path, access if is_folder else access & _FOR_FILES


def _handled_files() -> int:
    newer = ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEVICE))
    return _FIRST_ABI | sum(right for since, right in newer if abi() >= since)


def _ruleset() -> tuple[bytes, int]:
    """Pack `struct landlock_ruleset_attr` as long as this kernel knows it."""
    whole = struct.pack("=QQQ", _handled_files(), _ALL_TCP, _ALL_SCOPES)
    size = 24 if abi() >= 6 else 16 if abi() >= 4 else 8
    return whole[:size], size
