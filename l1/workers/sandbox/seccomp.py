"""A filter in the kernel over the system calls a child may make, assembled here from nothing.

The program is classic BPF: it looks at the call's number and, for a few calls, at an argument,
and allows, refuses with an error, or kills.
"""

import ctypes
import errno
import os
import platform
import struct
import sys

from l1.workers.sandbox import kernel
from l1.workers.sandbox.syscalls import ALWAYS_DENIED, number

_AUDIT_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_GET_ACTION_AVAILABLE = 2
_PR_SET_PDEATHSIG = 1
_CLONE_THREAD = 0x00010000

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_AT_NUMBER, _AT_ARCHITECTURE, _AT_FIRST_ARGUMENT = 0, 4, 16
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000

Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false, constant."""


def available() -> bool:
    """Tell whether this platform can run the filter."""
    if sys.platform != "linux" or platform.machine() not in _AUDIT_ARCHITECTURES:
        return False
    action = ctypes.create_string_buffer(struct.pack("=I", _KILL), 4)
    try:
        kernel.syscall(number("seccomp"), _GET_ACTION_AVAILABLE, 0, action)
    except OSError:
        return False
    return True


def enforced() -> tuple[str, ...]:
    """Name what the filter keeps."""
    text = "no network, no new process, no program, no debugging, no mounting (seccomp)"
    return (text,) if available() else ()


def missing() -> tuple[str, ...]:
    """Say what is open without the filter."""
    text = "a child can use the network and start programs: that needs seccomp"
    return () if available() else (text,)


def install() -> None:
    """Put the filter on this process, for good. Needs no privilege after no_new_privs."""
    program = assemble(_AUDIT_ARCHITECTURES[platform.machine()], own_pid=os.getpid())
    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    held = ctypes.create_string_buffer(code, len(code))
    head = struct.pack("@HP", len(program), ctypes.addressof(held))
    pointer = ctypes.create_string_buffer(head, len(head))
    kernel.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(pointer))


def assemble(architecture: int, *, own_pid: int) -> list[Instruction]:
    """Write the program for one architecture; calls of any other architecture kill."""
    program = [
        (_LOAD, 0, 0, _AT_ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _AT_NUMBER),
    ]
    if architecture == _AUDIT_ARCHITECTURES["x86_64"]:
        # The x32 calls of the same processor have other numbers: a way around the list.
        program += [(_JUMP_AT_LEAST, 0, 1, _X32_BIT), (_RETURN, 0, 0, _KILL)]
    machine = next(name for name, code in _AUDIT_ARCHITECTURES.items() if code == architecture)
    # Told that there is no clone3, libc starts its threads by clone, whose flags can be seen.
    program += _when(number("clone3", machine), _refuse(errno.ENOSYS))
    for name in ALWAYS_DENIED:
        program += _when(number(name, machine), _refuse(errno.EPERM))
    program += _when(number("clone", machine), _if_argument(_JUMP_ANY_BIT, _CLONE_THREAD))
    for name in ("kill", "tgkill"):
        program += _when(number(name, machine), _if_argument(_JUMP_EQUAL, own_pid))
    program += _when(number("prlimit64", machine), _if_argument(_JUMP_EQUAL, 0))
    program += _when(number("prctl", machine), _unless_argument(_PR_SET_PDEATHSIG))
    return [*program, (_RETURN, 0, 0, _ALLOW)]


def _when(call: int, then: list[Instruction]) -> list[Instruction]:
    """Run `then`, which always returns, for one call; -1 is a call this machine does not have."""
    return [] if call < 0 else [(_JUMP_EQUAL, 0, len(then), call), *then]


def _refuse(code: int) -> list[Instruction]:
    return [(_RETURN, 0, 0, _ERROR | code)]


def _if_argument(comparison: int, value: int) -> list[Instruction]:
    """Allow when the first argument compares true, else refuse."""
    return [
        (_LOAD, 0, 0, _AT_FIRST_ARGUMENT),
        (comparison, 1, 0, value),
        *_refuse(errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _unless_argument(value: int) -> list[Instruction]:
    """Refuse when the first argument has this value, else allow."""
    return [
        (_LOAD, 0, 0, _AT_FIRST_ARGUMENT),
        (_JUMP_EQUAL, 0, 1, value),
        *_refuse(errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
