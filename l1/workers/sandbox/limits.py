"""Caps on what a child may use up, and privileges it gives up."""

import contextlib
import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

from l1.workers.sandbox import kernel
from l1.workers.sandbox.syscalls import number

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITY_VERSION_3 = 0x20080522
_CPU_GRACE_S = 2
_OOM_SCORE = "600"


def enforced() -> tuple[str, ...]:
    """Name the caps this platform keeps."""
    caps = ("processor time, file size and open files are capped",)
    return (*caps, "memory is capped", "no new privileges") if sys.platform == "linux" else caps


def missing() -> tuple[str, ...]:
    """Say which caps this platform ignores."""
    if sys.platform == "linux":
        return ()
    return (
        "a child can take all memory: its cap needs Linux",
        "a child keeps this user's privileges and outlives a killed worker: that needs Linux",
    )


def apply(*, memory_bytes: int, cpu_s: int, file_bytes: int, open_files: int) -> None:
    """Set every resource cap of this process. Memory counts from what is mapped already."""
    _cap(resource.RLIMIT_CORE, 0)
    _cap(resource.RLIMIT_FSIZE, file_bytes)
    _cap(resource.RLIMIT_NOFILE, open_files)
    # The soft cap sends SIGXCPU, which tells the worker the reason; the hard one kills.
    _cap(resource.RLIMIT_CPU, cpu_s, cpu_s + _CPU_GRACE_S)
    if sys.platform == "linux":
        _cap(resource.RLIMIT_AS, _mapped_bytes() + memory_bytes)
        # When the machine itself runs out, a child should go, not the worker or the database.
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE)


def give_up_privileges() -> None:
    """Drop every capability and the way back to any; matters most where the worker is root."""
    kernel.prctl(_PR_SET_NO_NEW_PRIVS, 1)
    header = ctypes.create_string_buffer(_CAPABILITY_VERSION_3.to_bytes(4, "little") + bytes(4), 8)
    nothing = ctypes.create_string_buffer(24)
    kernel.syscall(number("capset"), header, nothing)


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends, however it ends."""
    kernel.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _cap(what: int, soft: int, hard: int | None = None) -> None:
    hard = soft if hard is None else hard
    _, ceiling = resource.getrlimit(what)
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(what, (soft, hard))


def _mapped_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")
