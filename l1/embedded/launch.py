"""Becomes another program that cannot outlive its parent; run as a script, by its path.

A separate step instead of `preexec_fn`, because Python code between fork and exec may deadlock in
a process with threads. Standard library only: it runs with `-I -S`, before any environment.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
from types import FrameType

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
NOBODY = 65534


def main() -> None:
    """Change identity, tie this process to its parent, then become the command."""
    how = json.loads(sys.argv[1])
    command = sys.argv[2:]
    if how["namespace"]:
        _enter_namespace()
    elif how["uid"] is not None:
        os.setgroups([])
        os.setgid(how["gid"])
        os.setuid(how["uid"])
    if how["pipe"] is not None:
        sys.exit(_watch(command, pipe=how["pipe"], death=how["death"], keep=how["keep"]))
    _die_with_parent(how["parent"], how["death"])
    try:
        os.execvp(command[0], command)  # noqa: S606 - the caller chose the command
    except OSError as failure:
        sys.exit(f"{command[0]}: {failure.strerror}")


def _enter_namespace() -> None:
    """Stay the same user outside, be `nobody` inside: servers that refuse root accept this."""
    uid, gid = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        sys.exit(f"unshare: {os.strerror(ctypes.get_errno())}")
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{NOBODY} {uid} 1"),
        ("gid_map", f"{NOBODY} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123 - no pathlib: start fast
            file.write(line)


def _die_with_parent(parent: int, death: int) -> None:
    """Ask the kernel for a signal at the parent's death; after setuid, which would undo it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        sys.exit("the parent is gone")


def _watch(command: list[str], *, pipe: int, death: int, keep: list[int]) -> int:
    """Where the kernel gives no such signal: stay, and end the command when the pipe closes."""
    child = subprocess.Popen(command, pass_fds=keep)  # noqa: S603 - the caller chose the command

    def forward(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    def end_with_parent() -> None:
        os.read(pipe, 1)  # nothing is ever written: this returns when the other end is closed
        child.send_signal(death)
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
        os.killpg(0, signal.SIGKILL)  # what the command left behind, and this watcher

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, forward)
    for descriptor in keep:
        os.close(descriptor)
    threading.Thread(target=end_with_parent, daemon=True).start()
    code = child.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    main()
