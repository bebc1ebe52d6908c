"""Takes from a process what decoding does not need: the network, other files, new processes."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from l1.workers.sandbox import landlock, limits, seccomp

Mode = Literal["strict", "weak"]
"""`strict` refuses to decode on a platform that cannot confine; `weak` confines what it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a child may do.

    `readable` are files and folders it may read, `scratch` is the one folder it may write.
    """

    readable: tuple[Path, ...]
    scratch: Path | None
    memory_bytes: int
    cpu_s: int
    file_bytes: int
    open_files: int = 256


def enforced() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Say what this platform enforces and what it leaves open, for a start-up line."""
    version = landlock.abi()
    has = (*limits.enforced(), *landlock.enforced(version), *seccomp.enforced())
    return has, (*limits.missing(), *landlock.missing(version), *seccomp.missing())


def essentials_missing() -> tuple[str, ...]:
    """Name what a strict sandbox needs and this platform lacks; empty where decoding is safe."""
    lacks: list[str] = []
    if not landlock.abi():
        lacks.append("Landlock (Linux 5.13 or later, not switched off)")
    if not seccomp.available():
        lacks.append("a seccomp filter (Linux on x86_64 or aarch64)")
    return tuple(lacks)


def confine(policy: Policy, *, mode: Mode) -> None:
    """Give up, for good, everything `policy` does not grant; raise OSError if that fails.

    Call it in a fresh child with one thread, before any user byte is read.
    """
    with landlock.ruleset((*policy.readable, *_devices()), policy.scratch) as rules:
        limits.apply(
            memory_bytes=policy.memory_bytes,
            cpu_s=policy.cpu_s,
            file_bytes=policy.file_bytes,
            open_files=policy.open_files,
        )
        if sys.platform != "linux":
            return
        limits.give_up_privileges()
        if mode == "strict" or landlock.abi():
            landlock.restrict(rules)
    limits.die_with_parent()
    if mode == "strict" or seccomp.available():
        seccomp.install()


def _devices() -> Iterable[Path]:
    """Name the devices and system facts that libraries expect to be able to read."""
    return (Path("/dev/null"), Path("/dev/urandom"), Path("/sys/devices/system/cpu"))
