"""Effects that misbehave: by accident, or as code smuggled in by a file would on purpose."""

import ctypes
import mmap
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import av

from l1.dag.node import Node, Params
from l1.effects.effect import Effect, Job


class Target(Params):
    path: str = ""
    number: int = 0


def node(name):
    return Node(name=name, version=1, summary="for tests", params=Target, accepts=(), many=True)


def attempt(name: str, act: Callable[[Job], object]) -> Effect:
    """An effect that writes down how `act` ended: "done", or the name of the error."""

    def render(job: Job) -> None:
        try:
            act(job)
        except OSError as error:
            job.output.write_text(type(error).__name__)
        else:
            job.output.write_text("done")

    return Effect(node=node(name), render=render)


def _sleep(job: Job) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    job.note(f"pid {os.getpid()}")
    ctypes.CDLL(None).sleep(600)


def _stall(job: Job) -> None:
    for number in range(3):
        job.progress(number, 1000)
        time.sleep(0.1)
    _sleep(job)


def _steady(job: Job) -> None:
    for number in range(12):
        job.progress(number, 12)
        time.sleep(0.1)
    job.output.write_text("steady")


def _hog(job: Job) -> None:
    blocks = []
    while True:
        blocks.append(bytearray(64 * 2**20))


def _spin(job: Job) -> None:
    while True:
        pass


def _segfault(job: Job) -> None:
    ctypes.string_at(0)


def _long_file(job: Job) -> None:
    with job.output.open("wb") as file:
        for _ in range(100):
            file.write(bytes(2**20))


def _fill(job: Job) -> None:
    for number in range(8):
        (job.output.parent / f"part-{number}").write_bytes(bytes(2**20))
    _sleep(job)


def _fill_at_once(job: Job) -> None:
    for number in range(8):
        (job.output.parent / f"part-{number}").write_bytes(bytes(2**20))
    job.output.write_text("done")


def _fill_unseen(job: Job) -> None:
    kept = []
    for number in range(8):
        path = job.output.parent / f"part-{number}"
        kept.append(path.open("wb"))
        path.unlink()
        kept[-1].write(bytes(2**20))
        kept[-1].flush()
    _sleep(job)


def _litter(job: Job) -> None:
    for number in range(10_100):
        (job.output.parent / f"{number}").touch()
    _sleep(job)


def _dig(job: Job) -> None:
    (job.output.parent / "/".join("d" * 20)).mkdir(parents=True)
    _sleep(job)


def _hide(job: Job) -> None:
    (job.output.parent / "closed").mkdir(0)
    _sleep(job)


def _clear_parent_death_signal(job: Job) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(1, 0, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def _system_call(job: Job) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(job.params.number, 0, 0, 0, 0, 0) < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _replace(job: Job) -> None:
    other = job.output.parent / "other"
    other.write_text("x")
    other.replace(job.params.path)


def _map(job: Job) -> None:
    """Map a file that may be read so that writing to memory would write to it."""
    with Path(job.params.path).open("rb") as file:
        mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ | mmap.PROT_WRITE)[0] = 0


def _reopen(job: Job) -> None:
    """Open a file for writing by the name that a readable one has among the open files."""
    with Path(job.params.path).open("rb") as file:
        Path(f"/proc/self/fd/{file.fileno()}").write_text("x")


def _cut_short(job: Job) -> None:
    os.close(os.open(job.params.path, os.O_RDONLY | os.O_TRUNC))


def _spawn(job: Job) -> None:
    os.posix_spawn(sys.executable, [sys.executable, "-V"], {})


def _send(job: Job) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.sendto(b"x", ("127.0.0.1", job.params.number))


def _open_url(job: Job) -> None:
    av.open(f"tcp://127.0.0.1:{job.params.number}", timeout=5)


def _lie(job: Job) -> None:
    os.write(3, b'{"progress": "far"}\n')
    _sleep(job)


SLEEP = Effect(node=node("sleep"), render=_sleep)
STALL = Effect(node=node("stall"), render=_stall)
STEADY = Effect(node=node("steady"), render=_steady)
HOG = Effect(node=node("hog"), render=_hog)
SPIN = Effect(node=node("spin"), render=_spin)
SEGFAULT = Effect(node=node("segfault"), render=_segfault)
ABORT = Effect(node=node("abort"), render=lambda job: os.abort())
KILL_SELF = Effect(node=node("kill_self"), render=lambda job: os.kill(os.getpid(), signal.SIGKILL))
EXIT = Effect(node=node("exit"), render=lambda job: os._exit(0))
RAISE = Effect(node=node("raise"), render=lambda job: {}["missing"])
LONG_FILE = Effect(node=node("long_file"), render=_long_file)
FILL = Effect(node=node("fill"), render=_fill)
FILL_AT_ONCE = Effect(node=node("fill_at_once"), render=_fill_at_once)
FILL_UNSEEN = Effect(node=node("fill_unseen"), render=_fill_unseen)
LITTER = Effect(node=node("litter"), render=_litter)
DIG = Effect(node=node("dig"), render=_dig)
HIDE = Effect(node=node("hide"), render=_hide)
LIE = Effect(node=node("lie"), render=_lie)

OPEN_SOCKET = attempt("open_socket", lambda job: socket.socket())
CONNECT = attempt("connect", lambda job: socket.create_connection(("127.0.0.1", 9)))
UNIX = attempt("unix", lambda job: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
NETLINK = attempt("netlink", lambda job: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))
PAIR = attempt("pair", lambda job: socket.socketpair())
SEND = attempt("send", _send)
RESOLVE = attempt("resolve", lambda job: socket.getaddrinfo("example.org", 80))
OPEN_URL = attempt("open_url", _open_url)
SPAWN = attempt("spawn", _spawn)
EXECUTE = attempt("execute", lambda job: os.execv(sys.executable, [sys.executable, "-V"]))
SUBPROCESS = attempt("subprocess", lambda job: subprocess.run([sys.executable, "-V"], check=True))
FORK = attempt("fork", lambda job: os.fork() or os._exit(0))
READ = attempt("read", lambda job: Path(job.params.path).read_bytes())
LIST = attempt("list", lambda job: list(Path(job.params.path).iterdir()))
WRITE_FILE = attempt("write_file", lambda job: Path(job.params.path).write_text("x"))
DELETE = attempt("delete", lambda job: Path(job.params.path).unlink())
CHMOD = attempt("chmod", lambda job: Path(job.params.path).chmod(0o777))
TRUNCATE = attempt("truncate", lambda job: os.truncate(job.params.path, 0))
CUT_SHORT = attempt("cut_short", _cut_short)
REPLACE = attempt("replace", _replace)
RENAME = attempt("rename", lambda job: Path(job.params.path).rename(job.output.parent / "mine"))
MAP = attempt("map", _map)
REOPEN = attempt("reopen", _reopen)
AGE = attempt("age", lambda job: os.utime(job.params.path, (0, 0)))
MARK = attempt("mark", lambda job: os.setxattr(job.params.path, "user.x", b"x"))
SYMLINK = attempt("symlink", lambda job: (job.output.parent / "link").symlink_to("/etc/passwd"))
HARD_LINK = attempt("hard_link", lambda job: os.link(job.params.path, job.output.parent / "link"))
KILL_OTHER = attempt("kill_other", lambda job: os.kill(job.params.number, 0))
LIMIT_OTHER = attempt(
    "limit_other", lambda job: resource.prlimit(job.params.number, resource.RLIMIT_CPU)
)
STAY = attempt("stay", _clear_parent_death_signal)
SYSTEM_CALL = attempt("system_call", _system_call)
