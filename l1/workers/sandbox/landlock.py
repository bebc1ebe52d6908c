"""Landlock: the kernel's own rule of which paths this process may open. No package needed."""

import ctypes
import errno
import functools
import os
import stat
import struct
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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
    (1, "5.13", "files are opened by permission", "a child can open any file that this user can"),
    (3, "6.2", "truncation by permission", "a child can cut short a source that is not read-only"),
    (4, "6.7", "no TCP", "only seccomp keeps a child off the network"),
    (5, "6.10", "no device control", "a child can control the devices that it may read"),
    (6, "6.12", "no signals, no abstract sockets", "only seccomp keeps a child from signalling"),
)
"""Since which version, with which Linux that came, what is kept, what is open without it."""


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


def enforced(version: int) -> tuple[str, ...]:
    """Name what a version of Landlock keeps."""
    return tuple(f"{kept} (Landlock {since})" for since, _, kept, _ in _GAINS if version >= since)


def missing(version: int) -> tuple[str, ...]:
    """Say what a version of Landlock leaves open."""
    return tuple(
        f"{left}: that needs Landlock {since} (Linux {linux})"
        for since, linux, _, left in _GAINS
        if version < since
    )


@contextmanager
def ruleset(readable: Iterable[Path], scratch: Path | None) -> Iterator[int]:
    """Give the open rules that grant these paths: what is named now, whatever moves later.

    A readable path that does not exist is left out; the scratch folder has to exist. Where the
    kernel has no Landlock it is -1, which cannot be restricted to.
    """
    if not abi():
        yield -1
        return
    handled, size = _handled()
    rules = kernel.syscall(_CREATE_RULESET, ctypes.create_string_buffer(handled, size), size, 0)
    try:
        for path in readable:
            if path.exists():
                _grant(rules, path, _READ)
        if scratch is not None:
            _grant(rules, scratch, _SCRATCH)
        yield rules
    finally:
        os.close(rules)


def restrict(rules: int) -> None:
    """Forbid this process, for good, to open anything the rules do not grant."""
    kernel.syscall(_RESTRICT_SELF, rules, 0)


def _grant(rules: int, path: Path, access: int) -> None:
    # Not held open any longer: a step may have more inputs than a process may have open files.
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(opened).st_mode):
            access &= _FOR_FILES
        if path == Path(os.devnull):
            access |= _WRITE_FILE
        attributes = struct.pack("=Qi", access & _handled_files(), opened)
        buffer = ctypes.create_string_buffer(attributes, len(attributes))
        kernel.syscall(_ADD_RULE, rules, _PATH_BENEATH, buffer, 0)
    finally:
        os.close(opened)


def _handled_files() -> int:
    newer = ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEVICE))
    return _FIRST_ABI | sum(right for since, right in newer if abi() >= since)


def _handled() -> tuple[bytes, int]:
    """Pack `struct landlock_ruleset_attr` as long as this kernel knows it."""
    whole = struct.pack("=QQQ", _handled_files(), _ALL_TCP, _ALL_SCOPES)
    size = 24 if abi() >= 6 else 16 if abi() >= 4 else 8
    return whole[:size], size
