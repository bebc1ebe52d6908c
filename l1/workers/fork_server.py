"""A process that has loaded everything and opened no user byte, and forks a child per lease.

`python -m l1.workers.fork_server` is started by `ServerLink` and speaks with it over one socket.
When that socket closes, for whatever reason, it kills its children and ends.
"""

import argparse
import array
import faulthandler
import gc
import importlib
import io
import os
import selectors
import signal
import socket
import sys
import sysconfig
import threading
import traceback
from collections.abc import Iterable
from pathlib import Path

import msgspec

from l1 import catalog
from l1.analyses.analysis import Analysis
from l1.effects.effect import Effect
from l1.workers import child
from l1.workers.analysing import effects_of
from l1.workers.task import CRASHED, Exit, Order, Word

_PRELOADED = ("numpy", "av", "PIL.Image")
_SYSTEM_FOLDERS = ("/lib", "/lib64", "/usr/lib", "/usr/share/fonts", "/etc/fonts")
_ORDER_BYTES = 2**16
_FDS_PER_ORDER = 2


def main(arguments: list[str] | None = None) -> None:
    """Load the packages, say so, and serve until the worker's end of the socket closes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--control", type=int, required=True)
    parser.add_argument("--mode", choices=("strict", "weak"), required=True)
    parser.add_argument("--package", action="append", default=[])
    parser.add_argument("--readable", action="append", type=Path, default=[])
    asked = parser.parse_args(arguments)
    repertoire = _repertoire(asked.package, readable=asked.readable, mode=asked.mode)
    _check_single_threaded()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # What a child printed survives its crash.
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=asked.control) as control:
        ForkServer(control, repertoire).serve()


class ForkServer:
    """Forks, reaps and kills; holds one open lease per living child."""

    def __init__(self, control: socket.socket, repertoire: child.Repertoire) -> None:
        self._control = control
        self._repertoire = repertoire
        self._pid = os.getpid()
        self._lease_of: dict[int, int] = {}
        self._unread = b""
        self._fds: list[int] = []
        self._wake, self._woken = socket.socketpair()

    def serve(self) -> None:
        """Follow orders until the worker goes away, then take every child along."""
        self._wake.setblocking(False)
        self._woken.setblocking(False)
        signal.set_wakeup_fd(self._woken.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        try:
            self._tell(Word(ready=True))
            self._loop()
        except (BrokenPipeError, ConnectionResetError):
            pass  # The worker went away while it was being told something.
        finally:
            self._kill_all()

    def _loop(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._control, selectors.EVENT_READ)
            selector.register(self._wake, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._wake in ready:
                    self._wake.recv(4096)
                    self._reap()
                if self._control in ready and not self._hear():
                    return

    def _hear(self) -> bool:
        """Follow the orders that have arrived; tell whether the worker is still there."""
        data, fds = _receive(self._control)
        self._fds += fds
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            order = msgspec.json.decode(line, type=Order)
            if order.fork is not None:
                self._fork(order.fork)
            for pid, lease in self._lease_of.items():
                if lease == order.kill:
                    os.kill(pid, signal.SIGKILL)
        return bool(data)

    def _fork(self, lease: int) -> None:
        channel, output, *self._fds = self._fds
        try:
            pid = os.fork()
            if pid == 0:
                self._become_child(channel, output)
            self._lease_of[pid] = lease
        except OSError as error:  # No memory or no process to spare: this lease's trouble alone.
            os.write(output, f"No child could be forked: {error}".encode())
            ended = Exit(lease=lease, status=CRASHED, cpu_ms=0, peak_bytes=0)
            self._tell(Word(exited=ended))
        finally:
            os.close(channel)
            os.close(output)

    def _become_child(self, channel: int, output: int) -> None:
        """Turn this fork into a child. Never returns, or it would go on as a second server."""
        status = CRASHED
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            channel = _keep_only(channel, output)
            if os.getppid() == self._pid:
                faulthandler.enable(2)
                status = child.live(channel, self._repertoire)
        except BaseException:  # noqa: BLE001 - nothing may unwind into the server's loop
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def _reap(self) -> None:
        while self._lease_of:
            pid, status, used = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            ended = Exit(
                lease=self._lease_of.pop(pid),
                status=os.waitstatus_to_exitcode(status),
                cpu_ms=round((used.ru_utime + used.ru_stime) * 1000),
                peak_bytes=used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
            )
            self._tell(Word(exited=ended))

    def _tell(self, word: Word) -> None:
        self._control.sendall(msgspec.json.encode(word) + b"\n")

    def _kill_all(self) -> None:
        for pid in self._lease_of:
            os.kill(pid, signal.SIGKILL)
        for pid in self._lease_of:
            os.waitpid(pid, 0)


def _receive(control: socket.socket) -> tuple[bytes, list[int]]:
    """Read what has arrived, and the files handed over with it."""
    fds = array.array("i")
    room = socket.CMSG_SPACE(8 * _FDS_PER_ORDER * fds.itemsize)
    data, ancillary, _, _ = control.recvmsg(_ORDER_BYTES, room)
    for level, kind, payload in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            fds.frombytes(payload[: len(payload) - len(payload) % fds.itemsize])
    return data, list(fds)


def _keep_only(channel: int, output: int) -> int:
    """Leave open the standard streams, which lead to `output`, and the channel: 3 from now on.

    The server's own sockets go too, although their objects live on: this never unwinds to them.
    """
    above = max(channel, output, 3) + 1
    os.dup2(channel, above)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.dup2(above, 3, inheritable=False)
    os.closerange(4, os.sysconf("SC_OPEN_MAX"))
    return 3


def _repertoire(names: Iterable[str], *, readable: list[Path], mode: str) -> child.Repertoire:
    """Import what children will need, once; each effect's library is in memory from here on."""
    for name in _PRELOADED:
        importlib.import_module(name)
    packages = [importlib.import_module(name) for name in names]
    effects: dict[str, Effect] = {}
    analyses: dict[str, Analysis] = {}
    for package in packages:
        effects |= catalog.values(package, Effect, lambda effect: effect.node.name)
        analyses |= catalog.values(package, Analysis, lambda analysis: analysis.name)
    effects |= effects_of(analyses.values())
    code = [Path(folder) for package in packages for folder in package.__path__]
    return child.Repertoire(
        effects=effects,
        analyses=analyses,
        readable=tuple(dict.fromkeys([*_python_folders(), *code, *readable])),
        mode="weak" if mode == "weak" else "strict",
    )


def _python_folders() -> list[Path]:
    """Name the folders of code that may be read late: lazy imports, codecs, fonts."""
    paths = sysconfig.get_paths()
    own = Path(catalog.__file__).parent
    python = [paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")]
    library = sysconfig.get_config_var("LIBDIR")
    return [own, *(Path(folder) for folder in (*python, *_SYSTEM_FOLDERS, library) if folder)]


def _check_single_threaded() -> None:
    """Refuse to serve with a second thread: a lock it holds at a fork stays locked for ever."""
    tasks = Path("/proc/self/task")
    threads = len(list(tasks.iterdir())) if tasks.exists() else threading.active_count()
    if threads > 1:
        raise RuntimeError(f"An import started {threads - 1} threads; a fork server has one.")


if __name__ == "__main__":
    main()
