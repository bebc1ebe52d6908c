"""Calls the kernel where Python has no function for it."""

import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def syscall(number: int, *arguments: int | ctypes.Array[ctypes.c_char] | None) -> int:
    """Make one system call; buffers are passed by address. Raises OSError when it fails."""
    words = [
        ctypes.c_long(argument) if isinstance(argument, int) else argument for argument in arguments
    ]
    answer: int = _libc.syscall(ctypes.c_long(number), *words)
    if answer < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return answer


def prctl(option: int, argument: int, pointer: int = 0) -> None:
    """Change one property of this process; raises OSError when the kernel refuses."""
    words = [ctypes.c_ulong(word) for word in (argument, pointer, 0, 0)]
    if _libc.prctl(ctypes.c_int(option), *words) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
